#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/predict_links.hpp>

namespace adjoin {
namespace {

constexpr std::size_t lists_per_chunk = 16;
constexpr std::size_t most_sources_of_a_block = std::size_t{1} << 16;

std::uint64_t key_of(const ScoredPair& pair) {
  return std::uint64_t{index(pair.source)} << 32U | index(pair.target);
}

class Prediction {
 public:
  Prediction(RunContext& context, GraphView graph, const LinkCandidates& candidates, const PairScorer& score,
             const PredictLinksOptions& options)
      : context_(context), graph_(graph), candidates_(candidates), score_(score), options_(options) {}

  void add_block(std::span<const NodeId> sources) {
    context_.begin_stage("candidates", "source nodes", sources.size());
    std::vector<std::size_t> begins;
    const std::vector<Edge> pairs = pairs_of(sources, begins);
    result_.scored += pairs.size();
    if (pairs.empty()) return;
    const Array<float> scores = score_(context_, pairs);
    context_.begin_stage("choose", "pairs", pairs.size());
    if (options_.of_each_source) {
      for (std::size_t i = 0; i < sources.size(); ++i) take_best_of_source(pairs, scores, begins[i], begins[i + 1]);
    } else {
      take_best(pairs, scores);
    }
    context_.advance(pairs.size());
  }

  PredictedLinks result() {
    context_.end_stage();
    return std::move(result_);
  }

 private:
  /// begins: where each source's pairs begin, and their end.
  std::vector<Edge> pairs_of(std::span<const NodeId> sources, std::vector<std::size_t>& begins) {
    std::vector<std::vector<NodeId>> lists = candidates_.find(context_, sources);
    const bool once = candidates_.mutual && !options_.of_each_source && !options_.ordered;
    context_.threads().for_chunks(lists.size(), lists_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        const NodeId x = sources[i];
        std::erase_if(lists[i],
                      [&](NodeId y) { return y == x || (once && y < x) || detail::linked(graph_.out(), x, y); });
        std::ranges::sort(lists[i]);
      }
    });
    begins.assign(1, 0);
    for (const auto& list : lists) begins.push_back(begins.back() + list.size());
    std::vector<Edge> pairs;
    pairs.reserve(begins.back());
    const bool turn = !options_.of_each_source && !options_.ordered;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const NodeId y : lists[i]) {
        pairs.push_back(turn && y < sources[i] ? Edge{y, sources[i]} : Edge{sources[i], y});
      }
      std::vector<NodeId>().swap(lists[i]);
    }
    return pairs;
  }

  bool is_wanted(float score) const { return score > options_.above && score >= options_.at_least; }

  void take_best_of_source(std::span<const Edge> pairs, const Array<float>& scores, std::size_t begin,
                           std::size_t end) {
    std::vector<ScoredPair> found;
    for (std::size_t i = begin; i < end; ++i) {
      if (is_wanted(scores[i])) found.push_back({pairs[i].source, pairs[i].target, scores[i]});
    }
    const std::size_t kept = std::min(options_.top, found.size());
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept), detail::is_better);
    result_.pairs.insert(result_.pairs.end(), found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept));
  }

  void take_best(std::span<const Edge> pairs, const Array<float>& scores) {
    std::vector<ScoredPair>& best = result_.pairs;
    const bool full = best.size() == options_.top;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (!is_wanted(scores[i]) || (full && scores[i] < worst_)) continue;
      best.push_back({pairs[i].source, pairs[i].target, scores[i]});
    }
    std::ranges::sort(best, detail::is_better);
    std::unordered_set<std::uint64_t> kept;  // a pair may have been found from both of its ends
    std::erase_if(
        best, [&](const ScoredPair& pair) { return kept.size() == options_.top || !kept.insert(key_of(pair)).second; });
    if (best.size() == options_.top) worst_ = best.back().score;
  }

  RunContext& context_;
  GraphView graph_;
  const LinkCandidates& candidates_;
  const PairScorer& score_;
  const PredictLinksOptions& options_;
  PredictedLinks result_;
  float worst_ = 0;
};

}  // namespace

PredictedLinks predict_links(RunContext& context, GraphView graph, std::span<const NodeId> sources,
                             const LinkCandidates& candidates, const PairScorer& score,
                             const PredictLinksOptions& options) {
  Prediction prediction(context, graph, candidates, score, options);
  if (options.top == 0) return {};
  for (std::size_t begin = 0; begin < sources.size();) {
    std::size_t end = begin;
    for (std::uint64_t pairs = 0; end < sources.size() && end - begin < most_sources_of_a_block; ++end) {
      pairs += candidates.most(sources[end]);
      if (end > begin && pairs > options.block_pairs) break;
    }
    prediction.add_block(sources.subspan(begin, end - begin));
    begin = end;
  }
  return prediction.result();
}

std::uint64_t estimate_predict_links_memory(GraphView graph, std::size_t sources, const PredictLinksOptions& options) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t block = std::max<std::uint64_t>(std::min<std::uint64_t>(options.block_pairs, sources * n), n);
  const std::uint64_t kept = options.of_each_source ? sources * std::min<std::uint64_t>(options.top, n) : options.top;
  // Lists, pairs, their scores, and at first all of them as found; then a set of those kept.
  return block * (sizeof(NodeId) + sizeof(Edge) + sizeof(float) + sizeof(ScoredPair)) +
         kept * (sizeof(ScoredPair) * 2 + (options.of_each_source ? 0 : 4 * sizeof(void*)));
}

}  // namespace adjoin
