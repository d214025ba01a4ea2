// How well one score foretells which groups of nodes close.
#pragma once

#include <string>

#include <adjoin/algorithms/evaluate/streamed_ranking.hpp>

namespace adjoin {

struct GroupMethodResult {
  std::string name;
  double average_precision = 0;
  double improvement = 0;  // that, over the share of positives: 1 is random
  Interval interval;       // of the improvement; both 0 without resamples
  std::string note;        // how the score was made, if there is something to say of it
  std::string refusal;     // why the training does not do for it; then there is nothing else
};

}  // namespace adjoin
