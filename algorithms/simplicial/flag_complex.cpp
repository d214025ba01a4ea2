#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include <adjoin/algorithms/simplicial/flag_complex.hpp>
#include <adjoin/algorithms/simplicial/simplices_above.hpp>
#include <adjoin/engine/runtime/bits.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

using detail::BitRows;
using detail::NeighborsAbove;

/// Visits the cliques of at most max_size nodes whose lowest is one of a task. Visit has one(clique), and
/// extended(clique, bits), which is called for the bits that extend a clique to max_size nodes, and says whether it
/// needs these one by one.
template <class Visit>
class CliqueSearch {
 public:
  CliqueSearch(RunContext& context, const NeighborsAbove& ranked, std::size_t max_size, Visit& visit)
      : context_(context), ranked_(ranked), above_(ranked.above.view()), max_size_(max_size), visit_(visit) {}

  void run(std::size_t task, std::size_t tasks) {
    Array<std::uint32_t> places(above_.row_count(), 0U);
    for (std::size_t rank = task; rank < above_.row_count(); rank += tasks) {
      const NodeId u = ranked_.nodes[rank];
      row_ = above_.row_targets(index(u));
      clique_.assign(1, u);
      visit_.one(clique_);
      if (max_size_ < 2 || row_.empty()) continue;
      const detail::PlacesAbove placed(places, row_);
      joined_.reset(row_.size());
      for (std::size_t i = 0; i < row_.size(); ++i) {
        for (const NodeId neighbor : above_.row_targets(index(row_[i]))) {
          if (places[index(neighbor)] > 0) joined_.set(i, places[index(neighbor)] - 1);
        }
      }
      const std::size_t words = joined_.words_per_row();
      if (candidates_.size() < words) candidates_.resize(words);
      std::fill_n(candidates_.begin(), words, ~std::uint64_t{0});
      if (row_.size() % 64 != 0) candidates_[words - 1] = (std::uint64_t{1} << (row_.size() % 64)) - 1;
      extend();
      context_.check_cancelled();
    }
  }

 private:
  /// The clique by each of its candidates. Rows of joined_ have higher places only, so each clique comes once.
  void extend() {
    const std::size_t words = joined_.words_per_row();
    const std::size_t mine = (clique_.size() - 1) * words;
    const std::size_t next = mine + words;
    if (clique_.size() + 1 == max_size_ && !visit_.extended(clique_, {candidates_.data() + mine, words})) return;
    if (candidates_.size() < next + words) candidates_.resize(next + words);
    for (std::size_t word = 0; word < words; ++word) {
      for (std::uint64_t bits = candidates_[mine + word]; bits != 0; bits &= bits - 1) {
        const std::size_t i = 64 * word + static_cast<std::size_t>(std::countr_zero(bits));
        clique_.push_back(row_[i]);
        visit_.one(clique_);
        if (clique_.size() < max_size_) {
          std::uint64_t any = 0;
          for (std::size_t w = 0; w < words; ++w) {
            candidates_[next + w] = candidates_[mine + w] & joined_.row(i)[w];
            any |= candidates_[next + w];
          }
          if (any != 0) extend();
        }
        clique_.pop_back();
      }
    }
  }

  RunContext& context_;
  const NeighborsAbove& ranked_;
  CsrView above_;
  std::size_t max_size_;
  Visit& visit_;
  std::span<const NodeId> row_;  // the nodes above the clique's lowest
  BitRows joined_;               // pairs of them with an edge, in the row of the lower one
  std::vector<NodeId> clique_;
  std::vector<std::uint64_t> candidates_;  // of the first 1, 2, ... nodes of the clique: who is joined to all of them
};

struct Counting {
  CliqueCounts& counts;

  void one(const std::vector<NodeId>& clique) {
    if (counts.size() < clique.size()) counts.resize(clique.size(), 0);
    ++counts[clique.size() - 1];
  }
  bool extended(const std::vector<NodeId>& clique, std::span<const std::uint64_t> candidates) {
    std::uint64_t count = 0;
    for (const std::uint64_t word : candidates) count += count_bits(word);
    if (count == 0) return false;
    if (counts.size() <= clique.size()) counts.resize(clique.size() + 1, 0);
    counts[clique.size()] += count;
    return false;
  }
};

/// Writes cliques of k nodes from place next[k - 1] on.
struct Storing {
  std::span<NodeId> nodes;
  std::vector<std::size_t> next;

  void one(const std::vector<NodeId>& clique) {
    NodeId* const begin = nodes.data() + next[clique.size() - 1];
    std::sort(begin, std::ranges::copy(clique, begin).out);
    next[clique.size() - 1] += clique.size();
  }
  static bool extended(const std::vector<NodeId>& /*clique*/, std::span<const std::uint64_t> /*candidates*/) {
    return true;
  }
};

void require_undirected(GraphView graph) {
  if (graph.directed()) {
    throw InvalidData("cliques are of undirected graphs, and this one is directed; read it as undirected");
  }
}

std::vector<CliqueCounts> count_by_task(RunContext& context, const NeighborsAbove& ranked, std::size_t max_size) {
  const std::size_t tasks = detail::clique_task_count(ranked.above.view());
  std::vector<CliqueCounts> counts(tasks);
  context.begin_stage("cliques", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    Counting counting{counts[task]};
    CliqueSearch(context, ranked, max_size, counting).run(task, tasks);
  });
  context.end_stage();
  return counts;
}

CliqueCounts sum_of(const std::vector<CliqueCounts>& parts) {
  CliqueCounts sum;
  for (const CliqueCounts& part : parts) {
    if (sum.size() < part.size()) sum.resize(part.size(), 0);
    for (std::size_t k = 0; k < part.size(); ++k) sum[k] += part[k];
  }
  return sum;
}

NeighborsAbove ranked_for(RunContext& context, GraphView graph, const FlagComplexOptions& options) {
  validate(options);
  require_undirected(graph);
  context.require_memory(resident_bytes() + estimate_count_cliques_memory(graph, context.threads().count()),
                         "lower --threads or raise --memory");
  return {context, graph};
}

}  // namespace

CliqueCounts count_cliques(RunContext& context, GraphView graph, const FlagComplexOptions& options) {
  const NeighborsAbove ranked = ranked_for(context, graph, options);
  return sum_of(count_by_task(context, ranked, static_cast<std::size_t>(options.max_size)));
}

FlagComplex flag_complex(RunContext& context, GraphView graph, const FlagComplexOptions& options) {
  const auto max_size = static_cast<std::size_t>(options.max_size);
  const NeighborsAbove ranked = ranked_for(context, graph, options);
  const std::vector<CliqueCounts> parts = count_by_task(context, ranked, max_size);
  FlagComplex complex;
  complex.counts = sum_of(parts);
  context.require_memory(resident_bytes() + flag_complex_bytes(complex.counts), "lower --max-size or raise --memory");
  std::size_t cliques = 0;
  std::size_t members = 0;
  std::vector<std::size_t> begins;  // of each size among the nodes of all cliques
  for (std::size_t k = 0; k < complex.counts.size(); ++k) {
    begins.push_back(members);
    cliques += complex.counts[k];
    members += (k + 1) * complex.counts[k];
  }
  SimplexArrays arrays{Array<EdgeOffset>(cliques + 1), Array<NodeId>(members), {}, 0};
  std::size_t at = 0;
  arrays.offsets[0] = EdgeOffset{0};
  for (std::size_t k = 0; k < complex.counts.size(); ++k) {
    for (std::uint64_t clique = 0; clique < complex.counts[k]; ++clique, ++at) {
      arrays.offsets[at + 1] = edge_offset(index(arrays.offsets[at]) + k + 1);
    }
  }
  std::vector<std::vector<std::size_t>> begins_of(parts.size());
  for (std::size_t task = 0; task < parts.size(); ++task) {
    begins_of[task] = begins;
    for (std::size_t k = 0; k < parts[task].size(); ++k) begins[k] += (k + 1) * parts[task][k];
  }
  context.begin_stage("store cliques", "tasks", parts.size());
  context.for_tasks(parts.size(), [&](std::size_t task) {
    Storing storing{arrays.nodes.span(), begins_of[task]};
    CliqueSearch(context, ranked, max_size, storing).run(task, parts.size());
  });
  context.end_stage();
  complex.simplices = SimplexLog(context, graph.node_count(), std::move(arrays));
  complex.record = context.record("flag complex", option_values(options));
  return complex;
}

std::uint64_t estimate_count_cliques_memory(GraphView graph, int threads) noexcept {
  return detail::estimate_ranked_visit_memory(graph.node_count(), graph.edge_count(), 0, 1, threads);
}

std::uint64_t flag_complex_bytes(const CliqueCounts& counts) noexcept {
  std::uint64_t bytes = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    bytes += counts[k] * (sizeof(EdgeOffset) + sizeof(Time) + (k + 1) * sizeof(NodeId));
  }
  return bytes;
}

}  // namespace adjoin
