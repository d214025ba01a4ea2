// The stochastic block model without looking at every pair: gaps between edges are geometric (Batagelj, Brandes 2005),
// and the pairs are cut into stretches that each have a random sequence of their own.
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {
namespace {

/// Pairs (u, v), u < v, in the order of u, are numbered within "u's row": v = u+1 .. n-1. A row splits into the rest of
/// u's block and all blocks behind it.
struct Blocks {
  std::uint64_t nodes;
  std::uint64_t blocks;

  std::uint64_t block_of(std::uint64_t v) const { return v * blocks / nodes; }
  /// The first node past v's block.
  std::uint64_t block_end(std::uint64_t v) const { return ((block_of(v) + 1) * nodes + blocks - 1) / blocks; }
};

double pairs(double n) {
  return n * (n - 1) / 2;
}

double expected_edges(const BlockModelOptions& options) {
  const auto n = static_cast<double>(options.nodes);
  const double inside = static_cast<double>(options.blocks) * pairs(n / static_cast<double>(options.blocks));
  return std::max(0.0, inside) * options.inside + std::max(0.0, pairs(n) - inside) * options.across;
}

/// Appends (u, v) for each v in [begin, end) with probability p.
void draw_run(RandomSequence& random, double p, std::uint64_t u, std::uint64_t begin, std::uint64_t end,
              std::vector<Edge>& edges) {
  if (p <= 0) return;
  const double log_miss = std::log1p(-p);  // -infinity for p = 1: every gap is 0
  for (std::uint64_t v = begin; v < end; ++v) {
    const double gap = std::floor(std::log1p(-random.next_uniform()) / log_miss);
    if (!(gap < static_cast<double>(end - v))) return;
    v += static_cast<std::uint64_t>(gap);
    edges.push_back({node_id(u), node_id(v)});
  }
}

}  // namespace

std::uint64_t drawn_edges(const BlockModelOptions& options) {
  return static_cast<std::uint64_t>(std::llround(expected_edges(options)));
}

BuiltGraph generate_block_model(RunContext& context, const BlockModelOptions& options) {
  validate(options);
  if (options.blocks > options.nodes) {
    throw InvalidOption(fmt::format("blocks = {} is more than nodes = {}", options.blocks, options.nodes));
  }
  const std::uint64_t expected = drawn_edges(options);
  context.require_memory(resident_bytes() + expected * sizeof(Edge) + estimate_generate_memory(options.nodes, expected),
                         "ask for fewer nodes or lower probabilities, or raise --memory");
  context.begin_stage("draw", "nodes", options.nodes);
  const Blocks blocks{options.nodes, options.blocks};
  constexpr std::size_t nodes_per_chunk = 256;
  std::vector<std::vector<Edge>> drawn(chunk_count(options.nodes, nodes_per_chunk));
  context.for_chunks(options.nodes, nodes_per_chunk, [&](Chunk chunk) {
    for (std::uint64_t u = chunk.begin; u < chunk.end; ++u) {
      RandomSequence random(context.seed(), RandomStream::generator, u);
      const std::uint64_t own_end = blocks.block_end(u);
      draw_run(random, options.inside, u, u + 1, own_end, drawn[chunk.index]);
      draw_run(random, options.across, u, own_end, options.nodes, drawn[chunk.index]);
    }
  });
  std::vector<std::size_t> begin(drawn.size() + 1, 0);
  for (std::size_t c = 0; c < drawn.size(); ++c) begin[c + 1] = begin[c] + drawn[c].size();
  Array<Edge> edges(begin.back());
  context.threads().for_tasks(drawn.size(), [&](std::size_t c) {
    std::copy(drawn[c].begin(), drawn[c].end(), edges.begin() + begin[c]);
    drawn[c] = {};
  });
  return build_graph(context, std::move(edges), {}, NodeIndex::range(options.nodes), {});
}

}  // namespace adjoin
