#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <hwy/highway.h>

#include <adjoin/engine/runtime/cpu_features.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

struct Level {
  const char* name;
  std::int64_t target;  // the best Highway target that belongs to this level
};

// Highway numbers its targets so that a better one has a lower bit; a level bounds how good a target may be. The last
// level is the one this file is compiled for, which every machine that can run it has.
constexpr std::array levels{
#if HWY_ARCH_X86
    Level{"avx512", HWY_AVX3}, Level{"avx2", HWY_AVX2}, Level{"sse4", HWY_SSE4},
#endif
    Level{"baseline", HWY_STATIC_TARGET}};

/// What the machine can run, read before any level is switched off.
std::int64_t machine_targets() {
  static const std::int64_t targets = hwy::SupportedTargets();
  return targets;
}

bool machine_has(const Level& level) {
  return level.target == HWY_STATIC_TARGET || (machine_targets() & level.target) != 0;
}

std::string choose_level() {
  const char* const wish = std::getenv("ADJOIN_CPU");
  if (wish == nullptr || *wish == '\0') return available_cpu_levels().front();
  for (const Level& level : levels) {
    if (level.name != std::string_view(wish)) continue;
    if (!machine_has(level)) {
      throw InvalidOption(fmt::format("ADJOIN_CPU={} asks for instructions that this machine lacks; it has {}", wish,
                                      fmt::join(available_cpu_levels(), ", ")));
    }
    hwy::DisableTargets(level.target - 1);  // every better target
    return level.name;
  }
  throw InvalidOption(fmt::format("ADJOIN_CPU={} is not an instruction level; use one of {}", quote_for_message(wish),
                                  fmt::join(available_cpu_levels(), ", ")));
}

}  // namespace

std::vector<std::string> available_cpu_levels() {
  std::vector<std::string> names;
  for (const Level& level : levels) {
    if (machine_has(level)) names.emplace_back(level.name);
  }
  return names;
}

std::string cpu_level() {
  static const std::string chosen = choose_level();
  return chosen;
}

void select_cpu_level() {
  cpu_level();
}

}  // namespace adjoin
