#include <doctest/doctest.h>

#include <adjoin/bindings/cli/progress_bar.hpp>

using namespace adjoin;
using namespace adjoin::cli;

TEST_CASE("the progress line tells stage, share, rate and what is left") {
  CHECK(progress_line({"propagate", "rows", 0, 1000}, 0, 100) == "propagate   [------------------------]   0%");
  CHECK(progress_line({"propagate", "rows", 500'000, 1'000'000}, 2, 100) ==
        "propagate   [############------------]  50%  250 k rows/s  2.00 s left");
  CHECK(progress_line({"read", "bytes", 1 << 20, 1 << 20}, 1, 100) ==
        "read        [########################] 100%  1.00 MiB/s");
  CHECK(progress_line({"write", "rows", 1, 0}, 1, 100).starts_with("write       [########################] 100%"));
}

TEST_CASE("what is told of a stage stands at the end of its line") {
  CHECK(progress_line({"train", "epochs", 0, 10}, 0, 100, "loss 0.5") ==
        "train       [------------------------]   0%  loss 0.5");
}

TEST_CASE("the progress line never grows past the terminal") {
  CHECK(progress_line({"propagate", "rows", 500'000, 1'000'000}, 2, 20) == "propagate   [#######");
}
