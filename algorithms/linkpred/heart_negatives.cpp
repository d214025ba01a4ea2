#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/heart_negatives.hpp>
#include <adjoin/algorithms/linkpred/heart_scores.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

using detail::LevelRanks;
using detail::PairEnds;
using detail::SourceGroups;

/// `count` of the items from their beginning on, drawn without putting back.
void draw_first(std::span<NodeId> items, std::size_t count, RandomSequence& random) {
  for (std::size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random.next_below(items.size() - i)]);
}

/// The partners of one end after another.
class PartnerChooser {
 public:
  PartnerChooser(const detail::HeartSource& source, HeartMode mode)
      : mode_(mode),
        has_features_(source.features.row_count() > 0),
        scores_(source),
        masked_(source.neighbors.row_count(), 0),
        merged_(source.neighbors.row_count(), 0) {}

  static std::uint64_t bytes(std::size_t nodes) noexcept {
    return detail::HeartScores::bytes(nodes) + nodes * (sizeof(std::uint8_t) + 3 * sizeof(std::uint32_t));
  }

  detail::HeartScores& scores() noexcept { return scores_; }
  /// As often as it is masked, a node is to be unmasked.
  void mask(NodeId node) noexcept { ++masked_[index(node)]; }
  void unmask(NodeId node) noexcept { --masked_[index(node)]; }

  /// How many nodes are not masked.
  std::size_t choices() const { return static_cast<std::size_t>(std::ranges::count(masked_, 0)); }

  /// Fills `chosen`, of which there are choices. Returns how many were drawn among nodes that no score knows.
  std::size_t choose(std::span<NodeId> chosen, RandomSequence random) {
    merge_ranks();
    const std::size_t scored = choices() - unscored_.size();
    if (scored >= chosen.size()) {
      take_first_ranks(chosen, random);
      return 0;
    }
    const std::span<NodeId> rest = chosen.subspan(scored);
    if (mode_ == HeartMode::released) {
      take_first_ranks(chosen.first(scored), random);
      for (NodeId& node : rest) node = unscored_[random.next_below(unscored_.size())];
    } else {
      take_scored(chosen.first(scored));
      draw_first(unscored_, rest.size(), random);
      std::copy_n(unscored_.begin(), rest.size(), rest.begin());
    }
    return rest.size();
  }

 private:
  /// The smallest rank of each node that is not masked, and which of them have no score at all.
  void merge_ranks() {
    scores_.resources.rank(masked_, resource_ranks_);
    scores_.pagerank.rank(masked_, pagerank_ranks_);
    scores_.cosine.rank(masked_, cosine_ranks_);
    unscored_.clear();
    last_rank_ = 0;
    for (std::size_t v = 0; v < masked_.size(); ++v) {
      if (masked_[v] != 0) continue;
      const std::uint32_t a = scores_.resources.level(node_id(v));
      const std::uint32_t b = scores_.pagerank.level(node_id(v));
      const std::uint32_t c = scores_.cosine.level(node_id(v));
      if (a + b + c == 0) unscored_.push_back(node_id(v));
      merged_[v] = std::min({resource_ranks_.of_level[a], pagerank_ranks_.of_level[b], rank_of_cosine(c)});
      last_rank_ = std::max(last_rank_, merged_[v]);
    }
    if (mode_ == HeartMode::released && has_features_) scores_.cosine.become(masked_, cosine_ranks_);
  }

  std::uint32_t rank_of_cosine(std::uint32_t level) const noexcept {
    return has_features_ ? cosine_ranks_.of_level[level] : std::numeric_limits<std::uint32_t>::max();
  }

  void take_first_ranks(std::span<NodeId> chosen, RandomSequence& random) {
    if (chosen.empty()) return;
    counts_.assign(std::size_t{last_rank_} + 1, 0);
    for (std::size_t v = 0; v < masked_.size(); ++v) {
      if (masked_[v] == 0) ++counts_[merged_[v]];
    }
    std::size_t before = 0;  // nodes of ranks before the one in which the last place falls
    std::uint32_t last = 0;
    while (before + counts_[last] < chosen.size()) before += counts_[last++];
    tied_.clear();
    std::size_t at = 0;
    for (std::size_t v = 0; v < masked_.size(); ++v) {
      if (masked_[v] != 0 || merged_[v] > last) continue;
      if (merged_[v] < last) {
        chosen[at++] = node_id(v);
      } else {
        tied_.push_back(node_id(v));
      }
    }
    draw_first(tied_, chosen.size() - before, random);
    std::copy_n(tied_.begin(), chosen.size() - before, chosen.begin() + static_cast<std::ptrdiff_t>(before));
  }

  void take_scored(std::span<NodeId> chosen) {
    std::size_t at = 0;
    for (std::size_t v = 0, next = 0; v < masked_.size(); ++v) {
      if (masked_[v] != 0) continue;
      if (next < unscored_.size() && index(unscored_[next]) == v) {
        ++next;
      } else {
        chosen[at++] = node_id(v);
      }
    }
  }

  HeartMode mode_;
  bool has_features_;
  detail::HeartScores scores_;
  std::vector<std::uint8_t> masked_;
  std::vector<std::uint32_t> merged_;
  std::uint32_t last_rank_ = 0;
  LevelRanks resource_ranks_;
  LevelRanks pagerank_ranks_;
  LevelRanks cosine_ranks_;
  std::vector<std::size_t> counts_;
  std::vector<NodeId> tied_;
  std::vector<NodeId> unscored_;
};

class HeartDrawer {
 public:
  HeartDrawer(RunContext& context, const EdgeSplit& split, const CsrView& features, const HeartOptions& options)
      : context_(context),
        training_(split.training.view()),
        held_out_(split.validation),
        validation_(split.validation.size()),
        half_(static_cast<std::size_t>(options.negatives_per_positive) / 2),
        mode_(options.mode),
        source_(context, training_, features, pagerank_options(options)) {
    held_out_.insert(held_out_.end(), split.test.begin(), split.test.end());
  }

  HeartNegatives run() {
    const SourceGroups groups(context_, training_, held_out_, PairEnds::both);
    negatives_.resize(held_out_.size() * 2 * half_);
    Array<std::uint64_t> without_score(groups.count(), 0);
    detail::ScratchPool<PartnerChooser> pool;
    context_.begin_stage("negatives", "nodes", groups.count());
    context_.for_tasks(groups.count(), [&](std::size_t group) {
      pool.borrow([&] { return PartnerChooser(source_, mode_); },
                  [&](PartnerChooser& chooser) { without_score[group] = choose_for(groups, group, chooser); });
    });
    context_.end_stage();
    HeartNegatives result;
    const auto middle = negatives_.begin() + static_cast<std::ptrdiff_t>(validation_ * 2 * half_);
    result.validation.assign(negatives_.begin(), middle);
    result.test.assign(middle, negatives_.end());
    for (const std::uint64_t count : without_score) result.without_score += count;
    return result;
  }

 private:
  static PageRankOptions pagerank_options(const HeartOptions& options) {
    PageRankOptions pagerank;
    pagerank.alpha = options.alpha;
    pagerank.epsilon = options.epsilon;
    pagerank.use_weights = false;
    return pagerank;
  }

  bool is_test(std::size_t question) const noexcept { return question / 2 >= validation_; }

  /// All edges of one node. Its edges of validation are among them, and come first.
  std::size_t choose_for(const SourceGroups& groups, std::size_t group, PartnerChooser& chooser) {
    const NodeId node = groups.source(group);
    chooser.scores().score(context_, node);
    std::vector<NodeId> known(1, node);
    const auto neighbors = training_.out().row_targets(index(node));
    known.insert(known.end(), neighbors.begin(), neighbors.end());
    for (const NodeId other : known) chooser.mask(other);
    bool validation_masked = false;
    std::size_t without_score = 0;
    groups.for_questions(group, [&](std::size_t question, NodeId other) {
      if (is_test(question) && !validation_masked) {
        groups.for_questions(group, [&](std::size_t earlier, NodeId in_validation) {
          if (is_test(earlier)) return;
          chooser.mask(in_validation);
          known.push_back(in_validation);
        });
        validation_masked = true;
      }
      chooser.mask(other);
      without_score += choose_partners(question, node, other, chooser);
      chooser.unmask(other);
    });
    for (const NodeId other : known) chooser.unmask(other);
    return without_score;
  }

  std::size_t choose_partners(std::size_t question, NodeId node, NodeId other, PartnerChooser& chooser) {
    if (const std::size_t choices = chooser.choices(); choices < half_) {
      throw InvalidData(fmt::format("the node {} can be paired with only {}, and {} are wanted as negatives",
                                    quote_for_message(training_.nodes().name(node)),
                                    counted(choices, "other node", "other nodes"), format_count(half_)));
    }
    const std::array<std::uint64_t, 2> names{training_.nodes().name_hash(node), training_.nodes().name_hash(other)};
    std::vector<NodeId> partners(half_);
    const std::size_t without_score = chooser.choose(
        partners, {context_.seed(), RandomStream::negatives, hash_bytes(std::as_bytes(std::span(names)))});
    for (std::size_t i = 0; i < half_; ++i) negatives_[question * half_ + i] = {node, partners[i]};
    return without_score;
  }

  RunContext& context_;
  GraphView training_;
  std::vector<Edge> held_out_;
  std::size_t validation_;
  std::size_t half_;
  HeartMode mode_;
  detail::HeartSource source_;
  std::vector<Edge> negatives_;
};

void check(const EdgeSplit& split, const CsrView& features, const HeartOptions& options) {
  validate(options);
  const GraphView training = split.training.view();
  if (options.negatives_per_positive % 2 != 0) {
    throw InvalidOption(fmt::format("negatives-per-positive = {} is odd, and each end has half of them; take {}",
                                    options.negatives_per_positive, options.negatives_per_positive + 1));
  }
  if (training.directed()) throw InvalidOption("HeaRT's negatives are of undirected graphs; leave out --directed");
  if (features.row_count() == 0 || features.row_count() == training.node_count()) return;
  throw InvalidData(fmt::format("there are features of {}, and the graph has {}",
                                counted(features.row_count(), "node", "nodes"), format_count(training.node_count())));
}

}  // namespace

HeartNegatives heart_negatives(RunContext& context, const EdgeSplit& split, const CsrView& features,
                               const HeartOptions& options) {
  check(split, features, options);
  context.require_memory(
      resident_bytes() + estimate_heart_memory(split.training, split.validation.size() + split.test.size(), features,
                                               options, context.threads().count()),
      "give fewer --threads or negatives, or raise --memory");
  return HeartDrawer(context, split, features, options).run();
}

std::uint64_t estimate_heart_memory(GraphView training, std::size_t held_out, const CsrView& features,
                                    const HeartOptions& options, int threads) {
  const std::uint64_t negatives = std::uint64_t{held_out} * static_cast<std::uint64_t>(options.negatives_per_positive);
  return 2 * negatives * sizeof(Edge) + SourceGroups::bytes(held_out, PairEnds::both) +
         detail::HeartSource::bytes(training, features) +
         static_cast<std::uint64_t>(threads) * PartnerChooser::bytes(training.node_count());
}

}  // namespace adjoin
