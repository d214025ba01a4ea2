// Which instruction level the vector kernels run at. Chosen once, at first use: the best the machine has, or the one
// that the environment variable ADJOIN_CPU names.
#pragma once

#include <string>
#include <vector>

namespace adjoin {

/// Levels this machine and this build can run, best first, by the names ADJOIN_CPU takes ("avx512", "avx2",
/// "baseline").
std::vector<std::string> available_cpu_levels();

/// The level in use. InvalidOption if ADJOIN_CPU names one that is unknown or that this machine lacks.
std::string cpu_level();

/// Makes the choice that ADJOIN_CPU asks for; every RunContext calls it, so no kernel runs before it. Idempotent.
void select_cpu_level();

}  // namespace adjoin
