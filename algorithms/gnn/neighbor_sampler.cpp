#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/distinct_draws.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

namespace adjoin::gnn {
namespace {

constexpr std::size_t rows_per_chunk = 128;

struct Entry {
  NodeId source;
  float value;
};

bool earlier(const Edge& a, const Edge& b) {
  return std::pair(a.source, a.target) < std::pair(b.source, b.target);
}

std::size_t times_at_most(std::size_t a, std::size_t b, std::size_t most) {
  return b != 0 && a > most / b ? most : std::min(most, a * b);
}

void require_node(std::string_view what, NodeId node, std::size_t node_count) {
  if (index(node) < node_count) return;
  throw InvalidOption(
      fmt::format("{} names node {} of a graph of {} nodes; give numbers below that", what, index(node), node_count));
}

/// The first rows of a sample as a matrix of their own.
Csr block_of(const std::vector<std::size_t>& offsets, const std::vector<Entry>& entries, std::size_t rows,
             std::size_t columns, bool valued) {
  Csr block;
  block.column_count = columns;
  block.offsets = Array<EdgeOffset>(rows + 1);
  for (std::size_t row = 0; row <= rows; ++row) block.offsets[row] = edge_offset(offsets[row]);
  block.targets = Array<NodeId>(offsets[rows]);
  for (std::size_t e = 0; e < offsets[rows]; ++e) block.targets[e] = entries[e].source;
  if (!valued) return block;
  block.weights = Array<float>(offsets[rows]);
  for (std::size_t e = 0; e < offsets[rows]; ++e) block.weights[e] = entries[e].value;
  return block;
}

}  // namespace

/// A sample while it is drawn. What it changes of the sampler it puts back when it goes.
class NeighborSampler::Batch {
 public:
  Batch(RunContext& context, NeighborSampler& sampler, std::uint64_t step) noexcept
      : context_(&context), sampler_(&sampler), step_(step) {}
  ~Batch() {
    for (const NodeId node : nodes) sampler_->places_[index(node)] = no_node;
    for (const Entry& change : sums_before_) sampler_->sums_[index(change.source)] = change.value;
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void leave_out(std::span<const Edge> edges) {
    const CsrView& a = sampler_->adjacency_;
    for (const Edge& edge : edges) {
      for (const NodeId node : {edge.source, edge.target}) require_node("an edge to leave out", node, a.row_count());
      left_out_.push_back(edge);
      left_out_.push_back({edge.target, edge.source});
    }
    std::ranges::sort(left_out_, earlier);
    const auto [first, last] = std::ranges::unique(
        left_out_, [](const Edge& x, const Edge& y) { return x.source == y.source && x.target == y.target; });
    left_out_.erase(first, last);
    for (auto edge = left_out_.begin(); edge != left_out_.end();) {
      const auto end = std::find_if(edge, left_out_.end(), [&](const Edge& e) { return e.source != edge->source; });
      change_sum(std::span(edge, end));
      edge = end;
    }
  }

  void add_targets(std::span<const NodeId> targets) {
    for (const NodeId node : targets) {
      require_node("a target", node, sampler_->places_.size());
      if (sampler_->places_[index(node)] != no_node) {
        throw InvalidOption(fmt::format("node {} is a target twice; give each once", index(node)));
      }
      meet(node);
    }
  }

  /// Draws the neighbours of every node whose neighbours are not drawn yet.
  void add_hop(std::size_t fan_out) {
    const std::size_t begin = offsets.size() - 1;
    const std::size_t end = nodes.size();
    for (std::size_t row = begin; row < end; ++row) {
      const Population population = population_of(nodes[row]);
      offsets.push_back(offsets.back() + std::min(fan_out, population.size()) + (loops() ? 1 : 0));
    }
    entries.resize(offsets.back());
    context_->for_chunks(end - begin, rows_per_chunk, [&](Chunk chunk) {
      DistinctDraws draws;
      for (std::size_t row = begin + chunk.begin; row < begin + chunk.end; ++row) draw_row(draws, row, fan_out);
    });
    // In the order of rows, and so the same for any number of threads.
    for (std::size_t e = offsets[begin]; e < entries.size(); ++e) {
      if (sampler_->places_[index(entries[e].source)] == no_node) meet(entries[e].source);
    }
    context_->for_chunks(end - begin, rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t row = begin + chunk.begin; row < begin + chunk.end; ++row) {
        const auto of_row = std::span(entries).subspan(offsets[row], offsets[row + 1] - offsets[row]);
        for (Entry& entry : of_row) entry.source = sampler_->places_[index(entry.source)];
        std::ranges::sort(of_row, {}, &Entry::source);
      }
    });
  }

  std::vector<NodeId> nodes;
  std::vector<std::size_t> offsets{0};
  std::vector<Entry> entries;

 private:
  /// Those among whom the neighbours of a node are drawn: its row but for some places.
  struct Population {
    std::size_t row_size;
    std::vector<std::size_t> missing;  // places in the row, increasing

    std::size_t size() const noexcept { return row_size - missing.size(); }
  };

  /// Adds up what is left of a row: the difference of two sums would be rounding where little is.
  void change_sum(std::span<const Edge> edges) {
    const CsrView& a = sampler_->adjacency_;
    const std::size_t row = index(edges.front().source);
    double left = sampler_->form_ == MessageForm::symmetric_with_loops ? 1 : 0;
    bool loses = false;
    auto edge = edges.begin();
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      while (edge != edges.end() && edge->target < a.targets[e]) ++edge;
      const bool gone = edge != edges.end() && edge->target == a.targets[e];
      loses |= gone;
      if (!gone) left += a.weighted() ? static_cast<double>(a.weights[e]) : 1;
    }
    if (!loses) return;
    float& sum = sampler_->sums_[row];
    sums_before_.push_back({edges.front().source, sum});
    sum = static_cast<float>(left);
  }

  bool loops() const noexcept {
    return sampler_->form_ == MessageForm::symmetric_with_loops || sampler_->form_ == MessageForm::with_loops;
  }

  void meet(NodeId node) {
    sampler_->places_[index(node)] = node_id(nodes.size());
    nodes.push_back(node);
  }

  Population population_of(NodeId node) const {
    const auto row = sampler_->adjacency_.row_targets(index(node));
    Population result = {row.size(), {}};
    if (!sampler_->has_own_loops_ && left_out_.empty()) return result;
    const auto miss = [&](NodeId target) {
      const auto at = std::ranges::lower_bound(row, target);
      if (at != row.end() && *at == target) result.missing.push_back(static_cast<std::size_t>(at - row.begin()));
    };
    if (loops() && sampler_->has_own_loops_) miss(node);
    const auto begin = std::ranges::lower_bound(left_out_, Edge{node, NodeId{0}}, earlier);
    for (auto edge = begin; edge != left_out_.end() && edge->source == node; ++edge) miss(edge->target);
    std::ranges::sort(result.missing);
    const auto [first, last] = std::ranges::unique(result.missing);
    result.missing.erase(first, last);
    return result;
  }

  /// As the form has it in the whole graph.
  float value_of(NodeId node, NodeId source, float weight) const {
    const auto root = [](float sum) { return sum > 0 ? 1 / std::sqrt(sum) : 0.0F; };
    const float sum = sampler_->sums_[index(node)];
    switch (sampler_->form_) {
      case MessageForm::symmetric_with_loops:
      case MessageForm::symmetric:
        return root(sum) * weight * root(sampler_->sums_[index(source)]);
      case MessageForm::mean:
        return sum > 0 ? 1 / sum * weight : 0.0F;
      case MessageForm::sum:
      case MessageForm::with_loops:
        break;
    }
    return weight;
  }

  void draw_row(DistinctDraws& draws, std::size_t row, std::size_t fan_out) {
    const CsrView& a = sampler_->adjacency_;
    const NodeId node = nodes[row];
    const Population population = population_of(node);
    const std::size_t count = std::min(fan_out, population.size());
    const float stands_for = count == 0 ? 1 : static_cast<float>(population.size()) / static_cast<float>(count);
    const std::uint64_t key = step_ << 32 | index(node);
    Entry* to = entries.data() + offsets[row];
    auto missing = population.missing.begin();
    std::size_t passed = 0;  // of the missing
    for (const std::size_t drawn :
         draws.draw({context_->seed(), RandomStream::neighbor_sample, key}, count, population.size())) {
      for (; missing != population.missing.end() && *missing <= drawn + passed; ++missing) ++passed;
      const std::size_t e = a.row_begin(index(node)) + drawn + passed;
      const NodeId source = a.targets[e];
      *to++ = {source, stands_for * value_of(node, source, a.weighted() ? a.weights[e] : 1)};
    }
    if (loops()) *to = {node, value_of(node, node, loop_weight(node))};
  }

  float loop_weight(NodeId node) const {
    if (!sampler_->has_own_loops_) return 1;
    const CsrView& a = sampler_->adjacency_;
    const auto row = a.row_targets(index(node));
    const auto at = std::ranges::lower_bound(row, node);
    const bool own =
        at != row.end() && *at == node && !std::ranges::binary_search(left_out_, Edge{node, node}, earlier);
    if (!own) return 1;
    return 1 + (a.weighted() ? a.weights[a.row_begin(index(node)) + static_cast<std::size_t>(at - row.begin())] : 1);
  }

  RunContext* context_;
  NeighborSampler* sampler_;
  std::uint64_t step_;
  std::vector<Edge> left_out_;      // both ways, in order
  std::vector<Entry> sums_before_;  // of rows that lost an edge
};

NeighborSampler::NeighborSampler(RunContext& context, const CsrView& adjacency, MessageForm form,
                                 std::vector<std::size_t> fan_outs)
    : adjacency_(adjacency), form_(form), fan_outs_(std::move(fan_outs)) {
  if (fan_outs_.empty()) throw InvalidOption("there is no fan-out; give one for each hop of the network");
  if (std::ranges::find(fan_outs_, std::size_t{0}) != fan_outs_.end()) {
    throw InvalidOption("a fan-out is 0; give 1 neighbour at least, or fewer hops");
  }
  context.require_memory(resident_bytes() + bytes(adjacency.row_count()), "use a smaller graph");
  places_ = Array<NodeId>(adjacency.row_count(), no_node);
  sums_ = Array<float>(adjacency.row_count());
  row_sums(context, adjacency, sums_.span());
  if (form_ == MessageForm::symmetric_with_loops) {
    for (float& sum : sums_) sum += 1;
  }
  for (std::size_t row = 0; row < adjacency.row_count() && !has_own_loops_; ++row) {
    has_own_loops_ = std::ranges::binary_search(adjacency.row_targets(row), node_id(row));
  }
}

NeighborSample NeighborSampler::sample(RunContext& context, std::span<const NodeId> targets, std::uint64_t step,
                                       std::span<const Edge> left_out) {
  context.require_memory(resident_bytes() + sample_bytes(targets.size()), "use smaller batches or a smaller fan-out");
  Batch batch(context, *this, step);
  batch.leave_out(left_out);
  batch.add_targets(targets);
  std::vector<std::size_t> met = {targets.size()};  // nodes at the end of each hop
  for (const std::size_t fan_out : fan_outs_) {
    batch.add_hop(fan_out);
    met.push_back(batch.nodes.size());
  }
  NeighborSample result;
  result.blocks.reserve(hops());
  for (std::size_t hop = hops(); hop-- > 0;) {
    result.blocks.emplace_back(
        context, block_of(batch.offsets, batch.entries, met[hop], met[hop + 1], form_ != MessageForm::with_loops));
  }
  result.nodes = batch.nodes;
  return result;
}

std::size_t NeighborSampler::most_nodes(std::size_t targets) const noexcept {
  const std::size_t all = adjacency_.row_count();
  std::size_t nodes = std::min(targets, all);
  std::size_t frontier = nodes;
  for (const std::size_t fan_out : fan_outs_) {
    frontier = std::min(times_at_most(frontier, fan_out, adjacency_.nonzero_count()), all);
    nodes = std::min(all, nodes + frontier);
  }
  return nodes;
}

std::uint64_t NeighborSampler::sample_bytes(std::size_t targets) const noexcept {
  const std::size_t all = adjacency_.row_count();
  const std::size_t most_entries = adjacency_.nonzero_count() + all;
  std::size_t rows = 0;  // of the block so far
  std::size_t frontier = std::min(targets, all);
  std::size_t entries = 0;
  std::uint64_t blocks = 0;
  for (const std::size_t fan_out : fan_outs_) {
    const std::size_t drawn = times_at_most(frontier, fan_out, adjacency_.nonzero_count());
    rows = std::min(all, rows + frontier);
    entries = std::min(most_entries, entries + drawn + frontier);
    frontier = std::min(drawn, all);
    const std::size_t columns = std::min(all, rows + frontier);
    blocks += 2 * entries * (sizeof(NodeId) + sizeof(float)) + entries * sizeof(EdgeOffset) +
              (rows + columns + 2) * sizeof(EdgeOffset);
  }
  // What is drawn grows in steps of twice as much, so for a moment it stands there thrice.
  return blocks + 3 * entries * sizeof(Entry) + 3 * (rows + frontier) * (sizeof(NodeId) + sizeof(std::size_t));
}

std::uint64_t NeighborSampler::bytes(std::size_t node_count) noexcept {
  return node_count * (sizeof(float) + sizeof(NodeId));
}

}  // namespace adjoin::gnn
