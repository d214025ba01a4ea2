// How `adjoin predict` finds its links: which pairs are candidates, and whether anything may be missed by it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/algorithms/linkpred/link_candidates.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/predict_links.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {
namespace cli {

enum class CandidateChoice : std::uint8_t { automatic, two_hop, push, nearest, all };

}  // namespace cli

template <>
struct EnumNames<cli::CandidateChoice> {
  static constexpr std::array<std::pair<cli::CandidateChoice, std::string_view>, 5> names{
      {{cli::CandidateChoice::automatic, "auto"},
       {cli::CandidateChoice::two_hop, "two-hop"},
       {cli::CandidateChoice::push, "push"},
       {cli::CandidateChoice::nearest, "nearest"},
       {cli::CandidateChoice::all, "all"}}};
};

namespace cli {

struct CandidateSettings {
  CandidateChoice candidates = CandidateChoice::automatic;
  bool exact = false;
  int per_node = 100;

  static constexpr auto fields() {
    using O = CandidateSettings;
    return std::tuple{
        option_field("candidates", &O::candidates,
                     "pairs that are scored: two-hop, those that share a neighbour; push, those that walks of "
                     "PageRank reach; nearest, those whose vectors are near; all; auto takes what misses nothing where "
                     "that is quick"),
        option_field("exact", &O::exact, "miss nothing: search by bounds where the method has some, else all pairs"),
        option_field("per-node", &O::per_node, {1, 100'000'000},
                     "push and nearest: candidates of each node, or as many as --top if that is more")};
  }
};

/// More pairs than these are not all scored, even if that is asked for.
inline constexpr std::uint64_t most_pairs_of_all = 200'000'000;

/// What is asked for.
struct PredictQuestion {
  GraphView graph;
  std::string method;
  LinkScoreOptions scores;
  std::vector<NodeId> sources = {};  // whose links; all nodes for those of the graph
  bool of_each_source = false;
  std::size_t top = 0;
  float at_least = -std::numeric_limits<float>::infinity();
};

/// Whether a link from x to y may score otherwise than one from y to x: is_one_way_score, or that of combined's
/// columns.
bool goes_one_way(const PredictQuestion& question);

struct PredictPlan {
  bool by_bounds = false;  // best_links_by: no list of candidates at all
  CandidateChoice kind = CandidateChoice::all;
  bool exact = true;
  std::uint64_t possible = 0;  // pairs without an edge that could have been scored
  std::size_t per_node = 0;
};

/// InvalidOption, with the numbers and what to do, for what is too much, and for candidates that a method has no use
/// for.
PredictPlan plan_prediction(RunContext& context, const PredictQuestion& question, const CandidateSettings& settings);

struct Prediction {
  std::vector<ScoredPair> pairs;
  std::uint64_t scored = 0;  // 0 where bounds left nothing to count
  bool exact = true;
  std::string reason;  // why it is exact, or what may be missing: the end of a sentence
};

/// data: as prepare_link_method. method: prepared, but for a plan by bounds.
Prediction predict(RunContext& context, const PredictQuestion& question, const PredictPlan& plan,
                   const PreparedMethod& method, const LinkLearningOptions& learning, const MethodData& data);

/// Bytes beyond the graph at the peak, the method's own among them.
std::uint64_t estimate_prediction_memory(RunContext& context, const PredictQuestion& question, const PredictPlan& plan,
                                         const LinkLearningOptions& learning);

}  // namespace cli
}  // namespace adjoin
