// Scores of three nodes learned from which open triangles closed before.
//
// logistic-regression
//   Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS,
//            2018, section 4 (supervised): on the published features of the simplices of the first six eighths of the
//            training, with what closes in the other two, C = 1, columns not scaled, the intercept penalised.
//   Method.  exact_logistic, so that the figures are those of an optimum. The authors' solver, LIBLINEAR, stops before
//            it is there, at a point that the order of the rows decides: on contacts its figures are up to 8 % higher.
//
// combined
//   Source.  Ours.
//   Method.  The recent features at three times of the training, a half, five and six eighths of it, each with what
//            closes in the next quarter; all rows at once, every column brought to mean 0 and variance 1, C 0.003.
//            What is learned, L, is joined with a score that needs no learning, T, the mean of the logarithms of the
//            geometric means of the ties and of the fading ties: a L / sd(L) + (1 - a) T / sd(T). As all of it is
//            linear in the features, so is the result. a is 0, 1/4, 1/2, 3/4 or 1, whichever has the highest average
//            precision when the same is learned at two, three and four eighths and judged by what closes in the last
//            two eighths of the training.
#pragma once

#include <tuple>

#include <adjoin/algorithms/simplicial/triple_training.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

struct TripleLearningOptions {
  int max_examples = 300'000;

  static constexpr auto fields() {
    return std::tuple{option_field("max-examples", &TripleLearningOptions::max_examples, {100, 1'000'000'000},
                                   "most open triangles that a method learns from; of more, a sample")};
  }
};

/// Its InvalidData: no open triangle closed in time to learn from, or all did. Cost: the projection of each time, its
/// triangles visited twice, features of the examples (prepare_triple_features), exact_logistic. Memory: the features of
/// all edges, of the whole training in the end; 4 bytes a feature and example, for combined of five times.
TripleScoringMaker logistic_triple_maker(const TripleLearningOptions& options = {});
TripleScoringMaker combined_triple_maker(const TripleLearningOptions& options = {});

}  // namespace adjoin
