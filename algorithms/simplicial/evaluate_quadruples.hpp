// How well scores tell the open tetrahedra that close from those that do not: evaluate_triples for four nodes.
//
// Source.  The protocol of Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link
//          prediction, PNAS 2018, section 4, carried over to four nodes. Candidates are all sets of four nodes of which
//          every two have a tie, and no simplex has all four; or only those of which, besides, every three are in a
//          simplex. Positives are those of which a later simplex has all four.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/simplicial/group_scores.hpp>
#include <adjoin/algorithms/simplicial/incidence.hpp>
#include <adjoin/algorithms/simplicial/method_result.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_record.hpp>

namespace adjoin {

struct QuadrupleEvaluationOptions {
  double train = 0.8;
  double until = 1;
  bool closed_faces = false;
  int max_size = default_max_simplex_size;
  int resamples = 1000;

  static constexpr auto fields() {
    using O = QuadrupleEvaluationOptions;
    return std::tuple{
        option_field("train", &O::train, {0.0, 1.0}, "share of the simplices, the first ones, that scores are made of"),
        option_field("until", &O::until, {0.0, 1.0},
                     "share of the simplices that are looked at; those after the training ones say what closes"),
        option_field("closed-faces", &O::closed_faces, "only four nodes of which every three are in a simplex"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out"),
        option_field("resamples", &O::resamples, {0, 1'000'000},
                     "draws of the tetrahedra that close whose middle 95 % is each figure's interval; 0 for none")};
  }
};

struct QuadrupleEvaluation {
  Time train_until = 0;
  Time test_until = 0;
  std::uint64_t train_simplices = 0;
  std::uint64_t test_simplices = 0;
  std::uint64_t nodes = 0;
  std::uint64_t edges = 0;
  std::uint64_t closed_tetrahedra = 0;
  std::uint64_t open_tetrahedra = 0;  // the candidates
  std::uint64_t positives = 0;
  double positive_rate = 0;
  std::vector<GroupMethodResult> methods;
  RunRecord record;
};

/// Cost.    Three visits of all sets of four nodes with six edges, which may be many more than the triangles; scores of
///          each open one, once. Memory as evaluate_triples.
/// Errors.  As evaluate_triples.
/// Repeat.  The same bits for any number of threads.
QuadrupleEvaluation evaluate_quadruples(RunContext& context, const SimplexView& simplices,
                                        std::shared_ptr<const NodeIndex> nodes, std::span<const GroupMethod> methods,
                                        const QuadrupleEvaluationOptions& options = {});

/// Bytes that the process holds at the peak of it. As estimate_triple_evaluation_memory.
std::uint64_t estimate_quadruple_evaluation_memory(RunContext& context, const SimplexView& simplices,
                                                   std::shared_ptr<const NodeIndex> nodes, std::size_t score_count,
                                                   const QuadrupleEvaluationOptions& options = {});

struct ScoredQuadruple {
  NodeQuadruple quadruple;  // by rising id
  double score = 0;
};

struct BestQuadruples {
  std::vector<std::vector<ScoredQuadruple>> best;  // of each score, the highest first; equal ones by their nodes' ids
  std::uint64_t open_tetrahedra = 0;
  std::uint64_t closed_tetrahedra = 0;
};

/// The `count` open tetrahedra of the highest scores, by each score. As best_open_triangles.
BestQuadruples best_open_tetrahedra(RunContext& context, const Projection& projection, const QuadrupleScoring& scoring,
                                    std::size_t count, bool closed_faces = false);

/// Bytes that it takes beyond the projection, on so many threads.
std::uint64_t estimate_best_quadruples_memory(const Projection& projection, std::size_t score_count, std::size_t count,
                                              int threads) noexcept;

}  // namespace adjoin
