#include <cmath>

#include <fmt/format.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {
namespace {

Array<Edge> draw_edges(RunContext& context, std::uint64_t nodes, std::uint64_t count,
                       FunctionRef<Edge(std::uint64_t)> edge_number) {
  context.require_memory(resident_bytes() + estimate_generate_memory(nodes, count),
                         "ask for fewer nodes or edges, or raise --memory");
  context.begin_stage("draw", "edges", count);
  Array<Edge> edges(count);
  constexpr std::size_t edges_per_chunk = 1 << 14;
  context.for_chunks(count, edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) edges[e] = edge_number(e);
  });
  return edges;
}

BuiltGraph build(RunContext& context, Array<Edge> edges, std::uint64_t nodes) {
  return build_graph(context, std::move(edges), {}, NodeIndex::range(nodes), {});
}

}  // namespace

std::uint64_t drawn_edges(const RmatOptions& options) {
  return static_cast<std::uint64_t>(std::llround(options.edge_factor * std::ldexp(1.0, options.scale)));
}
std::uint64_t drawn_edges(const ErdosRenyiOptions& options) {
  return options.edges;
}
std::uint64_t drawn_edges(const BarabasiAlbertOptions& options) {
  return options.nodes * options.attach;
}

std::uint64_t estimate_generate_memory(std::uint64_t nodes, std::uint64_t drawn) {
  return estimate_build_memory(nodes, drawn, false, false);
}

BuiltGraph generate_rmat(RunContext& context, const RmatOptions& options) {
  validate(options);
  if (options.a + options.b + options.c > 1) {
    throw InvalidOption(fmt::format("a + b + c = {} is more than 1", options.a + options.b + options.c));
  }
  // One word a level chooses the quarter: below the first bound a, below the second b, below the third c, else d.
  const auto bound = [](double share) {
    return static_cast<std::uint64_t>(std::llround(std::min(share, 1.0) * 0x1.0p32));
  };
  const std::uint64_t end_a = bound(options.a);
  const std::uint64_t end_b = bound(options.a + options.b);
  const std::uint64_t end_c = bound(options.a + options.b + options.c);
  const std::uint64_t nodes = std::uint64_t{1} << options.scale;
  Array<Edge> edges = draw_edges(context, nodes, drawn_edges(options), [&](std::uint64_t e) {
    RandomSequence random(context.seed(), RandomStream::generator, e);
    std::uint32_t source = 0;
    std::uint32_t target = 0;
    for (int level = 0; level < options.scale; ++level) {
      const std::uint64_t word = random.next_word();
      source = source << 1 | (word >= end_b ? 1U : 0U);
      target = target << 1 | ((word >= end_a && word < end_b) || word >= end_c ? 1U : 0U);
    }
    return Edge{NodeId{source}, NodeId{target}};
  });
  return build(context, std::move(edges), nodes);
}

BuiltGraph generate_erdos_renyi(RunContext& context, const ErdosRenyiOptions& options) {
  validate(options);
  Array<Edge> edges = draw_edges(context, options.nodes, options.edges, [&](std::uint64_t e) {
    RandomSequence random(context.seed(), RandomStream::generator, e);
    const NodeId source = node_id(random.next_below(options.nodes));
    return Edge{source, node_id(random.next_below(options.nodes))};
  });
  return build(context, std::move(edges), options.nodes);
}

BuiltGraph generate_barabasi_albert(RunContext& context, const BarabasiAlbertOptions& options) {
  validate(options);
  // Write the ends of all edges in a row: edge e's source at place 2e, its target at 2e+1. A target is a copy of a
  // uniformly drawn earlier place, which is a draw by degree. An odd place is itself a copy, so it is followed back to
  // an even one, whose node is known without having drawn anything. The first node's edges end in the node itself and
  // are dropped.
  const auto target_of = [&](std::uint64_t e) {
    std::uint64_t place = 2 * e + 1;
    while (place % 2 == 1) {
      RandomSequence random(context.seed(), RandomStream::generator, place);
      place = random.next_below(place);
    }
    return node_id(place / 2 / options.attach);
  };
  Array<Edge> edges = draw_edges(context, options.nodes, drawn_edges(options),
                                 [&](std::uint64_t e) { return Edge{node_id(e / options.attach), target_of(e)}; });
  return build(context, std::move(edges), options.nodes);
}

}  // namespace adjoin
