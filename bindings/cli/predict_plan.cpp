#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>
#include <adjoin/bindings/cli/predict_plan.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

/// What is quick enough that nobody asks for less.
constexpr std::uint64_t quick_pairs = 4'000'000;
/// Methods that walk from both ends of a pair: every node of the graph would be walked from.
constexpr std::uint64_t quick_walks = 20'000;
constexpr float beyond_rounding = 1e-5F;  // of a similarity, as the search and as the score has it
constexpr std::uint64_t quick_two_hop_pairs = 50'000'000;

bool walks_from_both_ends(std::string_view method) {
  return method == "rooted-pagerank" || method == "combined";
}

/// The score counts shared neighbours, so that pairs without one score 0.
bool needs_shared_neighbor(std::string_view method) {
  const auto score = find_neighborhood_score(method);
  return score && *score != NeighborhoodScore::preferential_attachment;
}

TwoHops hops_for(const PredictQuestion& question) {
  return goes_one_way(question) ? TwoHops::onward : TwoHops::shared;
}

PageRankOptions walk_options(const PredictQuestion& question) {
  PageRankOptions options = pagerank_options(question.scores);
  // Only the method itself has a use for its finest walks.
  if (question.method != "personalized-pagerank") options.epsilon = std::max(options.epsilon, 1e-6);
  return options;
}

std::uint64_t two_hop_pairs(RunContext& context, const PredictQuestion& question) {
  const LinkCandidates candidates =
      two_hop_candidates(context, question.graph, question.scores.direction, hops_for(question));
  std::uint64_t pairs = 0;
  for (const NodeId source : question.sources) pairs += candidates.most(source);
  return pairs;
}

/// A candidate list of all takes n entries a source.
std::uint64_t pairs_of_all(const PredictQuestion& question) {
  const std::uint64_t n = question.graph.node_count();
  if (question.of_each_source) return question.sources.size() * n;
  return goes_one_way(question) ? n * n : n * n / 2;
}

CandidateChoice automatic(RunContext& context, const PredictQuestion& question) {
  if (needs_shared_neighbor(question.method)) return CandidateChoice::two_hop;
  if (question.method == "personalized-pagerank") return CandidateChoice::push;
  const bool quick = !walks_from_both_ends(question.method) || question.graph.node_count() <= quick_walks;
  if (quick && pairs_of_all(question) <= quick_pairs) return CandidateChoice::all;
  if (score_by_vectors_alone(question.method)) return CandidateChoice::nearest;
  const std::uint64_t most = quick ? quick_two_hop_pairs : quick_walks;
  return two_hop_pairs(context, question) <= most ? CandidateChoice::two_hop : CandidateChoice::push;
}

bool is_exact(const PredictQuestion& question, CandidateChoice kind) {
  if (kind == CandidateChoice::all) return true;
  if (kind == CandidateChoice::two_hop) return needs_shared_neighbor(question.method);
  return kind == CandidateChoice::push && question.method == "personalized-pagerank";
}

void refuse_too_many(const PredictQuestion& question, bool by_exact) {
  const std::uint64_t pairs = pairs_of_all(question);
  if (pairs <= most_pairs_of_all) return;
  const auto vectors = score_by_vectors_alone(question.method);
  throw InvalidOption(fmt::format(
      "{} by {} would score {} pairs, and at most {} are scored; {}", by_exact ? "--exact" : "--candidates all",
      question.method, format_count(pairs), format_count(most_pairs_of_all),
      question.of_each_source ? "name fewer nodes, or leave it out"
      : vectors               ? "take --candidates nearest, or name nodes with --for"
                : "leave it out, name nodes with --for, or take adamic-adar, which misses nothing anyway"));
}

/// The nearest rows of each source, and how near the last of them was.
struct NearestLists {
  NearestLists(RunContext& context, MatrixView<const float> vectors, Similarity similarity, std::size_t most)
      : search(context, vectors, similarity),
        last(vectors.rows(), -std::numeric_limits<float>::infinity()),
        length(std::min(most, std::max<std::size_t>(vectors.rows(), 1) - 1)),
        whole(length + 1 >= vectors.rows()) {}

  std::vector<std::vector<NodeId>> find(RunContext& context, std::span<const NodeId> sources) {
    const NeighborLists lists = search.nearest(context, sources, length);
    std::vector<std::vector<NodeId>> nodes(lists.size());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const Neighbor& neighbor : lists[i]) nodes[i].push_back(neighbor.node);
      if (!whole && !lists[i].empty()) last[index(sources[i])] = lists[i].back().similarity;
    }
    return nodes;
  }

  ExactSearch search;
  std::vector<float> last;
  std::size_t length;
  bool whole;
};

/// Whether no node's list ended above what was taken, so that nothing better can have been left out.
bool nothing_nearer_left(const PredictQuestion& question, const NearestLists& lists,
                         const std::vector<ScoredPair>& pairs) {
  if (lists.whole) return true;
  const std::size_t wanted = question.top;
  std::vector<float> worst(question.graph.node_count(), -std::numeric_limits<float>::infinity());
  if (question.of_each_source) {
    std::vector<std::size_t> found(question.graph.node_count(), 0);
    std::vector<float> least(question.graph.node_count(), 0);
    for (const ScoredPair& pair : pairs) {
      ++found[index(pair.source)];
      least[index(pair.source)] = pair.score;
    }
    for (std::size_t v = 0; v < worst.size(); ++v) {
      worst[v] = found[v] == wanted ? least[v] : question.at_least;
    }
  } else {
    std::ranges::fill(worst, pairs.size() == wanted ? pairs.back().score : question.at_least);
  }
  const auto may_hide = [&](NodeId source) {
    const float last = lists.last[index(source)];
    return last + beyond_rounding * std::abs(last) >= worst[index(source)];
  };
  // A pair that was left out is missing from the lists of both of its ends.
  const auto hiding = std::ranges::count_if(question.sources, may_hide);
  return hiding <= (question.of_each_source ? 0 : 1);
}

PredictLinksOptions links_options(const PredictQuestion& question) {
  constexpr std::size_t pairs_of_many_columns = std::size_t{1} << 17;
  PredictLinksOptions options;
  options.top = question.top;
  options.at_least = question.at_least;
  if (is_zero_without_evidence(question.method)) options.above = 0;
  options.of_each_source = question.of_each_source;
  options.ordered = goes_one_way(question);
  if (question.method == "combined") options.block_pairs = pairs_of_many_columns;
  return options;
}

std::string reason_of(const PredictQuestion& question, const PredictPlan& plan, bool exact) {
  switch (plan.kind) {
    case CandidateChoice::two_hop:
      return exact ? "every other pair scores 0" : "only pairs that share a neighbour were tried; --exact tries all";
    case CandidateChoice::push:
      return exact ? fmt::format(
                         "to an epsilon of {}, every other node of a source is behind those that its walk puts first",
                         question.scores.epsilon)
                   : fmt::format(
                         "only the {} likeliest of each node by personalised PageRank were tried; --exact tries all",
                         format_count(plan.per_node));
    case CandidateChoice::nearest:
      return exact ? "every other pair's vectors are less alike"
                   : fmt::format("only the {} nearest of each node were tried; raise --per-node, or --exact tries all",
                                 format_count(plan.per_node));
    default:
      return "every pair without an edge was scored";
  }
}

}  // namespace

bool goes_one_way(const PredictQuestion& question) {
  const bool of_columns = question.method == "combined" && question.graph.directed() &&
                          question.scores.direction != NeighborDirection::both;
  return of_columns || is_one_way_score(question.graph, question.method, question.scores);
}

PredictPlan plan_prediction(RunContext& context, const PredictQuestion& question, const CandidateSettings& settings) {
  validate(settings);
  if (settings.exact && settings.candidates != CandidateChoice::automatic &&
      settings.candidates != CandidateChoice::all) {
    throw InvalidOption(fmt::format("--exact and --candidates {} exclude one another; leave out one of them",
                                    detail::value_text(settings.candidates)));
  }
  PredictPlan plan;
  plan.possible = count_unlinked(context, question.graph, question.sources);
  const bool either_way = !goes_one_way(question);
  if (!question.of_each_source && either_way) plan.possible /= 2;
  plan.per_node = std::max(static_cast<std::size_t>(settings.per_node), question.top);
  plan.kind = settings.candidates;
  if (plan.kind == CandidateChoice::automatic) {
    plan.by_bounds = !question.of_each_source && has_best_links(question.method);
    if (plan.by_bounds) return plan;
    plan.kind = automatic(context, question);
    if (settings.exact && !is_exact(question, plan.kind)) plan.kind = CandidateChoice::all;
  }
  if (plan.kind == CandidateChoice::all) refuse_too_many(question, settings.exact);
  plan.exact = is_exact(question, plan.kind);
  return plan;
}

Prediction predict(RunContext& context, const PredictQuestion& question, const PredictPlan& plan,
                   const PreparedMethod& method, const LinkLearningOptions& learning, const MethodData& data) {
  const GraphView graph = question.graph;
  if (plan.by_bounds) {
    Prediction found{best_links_by(context, graph, question.method, question.top, question.scores), 0, true,
                     "bounds leave out only pairs that cannot be among the best"};
    std::erase_if(found.pairs, [&](const ScoredPair& pair) { return pair.score < question.at_least; });
    return found;
  }
  const PredictLinksOptions options = links_options(question);
  Matrix vectors;
  std::shared_ptr<NearestLists> nearest;
  LinkCandidates candidates;
  const auto similarity = score_by_vectors_alone(question.method);
  switch (plan.kind) {
    case CandidateChoice::two_hop:
      candidates = two_hop_candidates(context, graph, question.scores.direction, hops_for(question));
      break;
    case CandidateChoice::push:
      candidates = push_candidates(context, graph, walk_options(question), plan.per_node);
      break;
    case CandidateChoice::nearest: {
      MatrixView<const float> rows = method.vectors.rows() > 0 ? method.vectors : data.vectors;
      if (rows.rows() == 0) {
        vectors = usual_vectors(context, graph, learning.dim);
        rows = vectors.view();
      }
      nearest = std::make_shared<NearestLists>(
          context, rows, similarity == EmbeddingScore::dot ? Similarity::dot : Similarity::cosine, plan.per_node);
      candidates.find = [nearest](RunContext& run, std::span<const NodeId> sources) {
        return nearest->find(run, sources);
      };
      candidates.most = [length = nearest->length](NodeId) { return std::uint64_t{length}; };
      break;
    }
    default:
      candidates = all_candidates(graph);
  }
  PredictedLinks links = predict_links(context, graph, question.sources, candidates, method.score, options);
  const bool exact = plan.exact || (nearest && similarity && nothing_nearer_left(question, *nearest, links.pairs));
  return {std::move(links.pairs), links.scored, exact, reason_of(question, plan, exact)};
}

std::uint64_t estimate_prediction_memory(RunContext& context, const PredictQuestion& question, const PredictPlan& plan,
                                         const LinkLearningOptions& learning) {
  const int threads = context.threads().count();
  const GraphView graph = question.graph;
  const std::uint64_t n = graph.node_count();
  if (plan.by_bounds) {
    return estimate_best_links_by_memory(graph, question.method, question.top, question.scores, threads);
  }
  const PredictLinksOptions options = links_options(question);
  const std::uint64_t block =
      std::max<std::uint64_t>(n, std::min<std::uint64_t>(options.block_pairs, question.sources.size() * n));
  const std::uint64_t method =
      estimate_link_methods_memory(context, graph, block, std::array{question.method}, question.scores, learning, {});
  std::uint64_t candidates = 0;
  if (plan.kind == CandidateChoice::two_hop) {
    candidates =
        estimate_neighbors_memory(graph, question.scores.direction, true) + static_cast<std::uint64_t>(threads) * n / 4;
  } else if (plan.kind == CandidateChoice::push) {
    candidates = detail::estimate_transitions_memory(graph, question.scores.direction) +
                 static_cast<std::uint64_t>(threads) * detail::PushWalk::bytes(n);
  } else if (plan.kind == CandidateChoice::nearest) {
    const auto columns = static_cast<std::uint64_t>(learning.dim);
    candidates =
        estimate_usual_vectors_memory(graph, learning.dim) + n * sizeof(float) +
        estimate_exact_search_memory(n, columns, block / std::max<std::size_t>(plan.per_node, 1), plan.per_node) +
        block * sizeof(Neighbor);
  }
  return method + candidates + estimate_predict_links_memory(graph, question.sources.size(), options);
}

}  // namespace adjoin::cli
