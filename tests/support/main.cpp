// The main of every test program. Tests ask for up to eight threads on machines with two cores; oneTBB makes no more
// workers than cores unless the program (never the library) says otherwise.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>
#include <exception>

#include <doctest/doctest.h>
#include <tbb/global_control.h>

#include <adjoin/engine/runtime/cpu_features.hpp>

#include "sanitized.hpp"

int main(int argc, char** argv) try {
  const tbb::global_control eight_threads(tbb::global_control::max_allowed_parallelism, 8);
  adjoin::select_cpu_level();
  doctest::Context context(argc, argv);
  // These look at the numbers that come out, for minutes under a sanitizer; smaller cases run the same code.
  if (!adjoin::test::memory_is_as_asked) context.addFilter("test-suite-exclude", "accuracy");
  return context.run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

#ifdef __SANITIZE_THREAD__
/// hnswlib has a lock a row and takes two of them in either order, which matters only to builds by several threads;
/// ours are by one. Reports of that, thousands a build, would hide the races that are looked for here.
extern "C" const char* __tsan_default_options();  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __tsan_default_options() {
  return "detect_deadlocks=0";
}
#endif
