// Random graphs: seeded, parallel, of any size. Each edge is a function of (seed, its number), so a graph does not
// depend on the number of threads. Nodes are named "0" .. "n-1"; self-loops are dropped and duplicates merged, so edge
// counts are a little below what was drawn, as the report of the build says.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

/// Recursive matrix graph (Chakrabarti, Zhan, Faloutsos, SDM 2004) with the Graph500 parameters by default:
/// 2^scale nodes, edge_factor * 2^scale draws, undirected.
struct RmatOptions {
  int scale = 16;
  double edge_factor = 16;
  double a = 0.57;
  double b = 0.19;
  double c = 0.19;
  static constexpr auto fields() {
    return std::tuple{
        option_field("scale", &RmatOptions::scale, {1, 31}, "the graph has 2^scale nodes"),
        option_field("edge-factor", &RmatOptions::edge_factor, {0.0, 4096.0}, "edges drawn for each node", "Graph500"),
        option_field("a", &RmatOptions::a, {0.0, 1.0}, "share of edges in the upper left quarter", "Graph500"),
        option_field("b", &RmatOptions::b, {0.0, 1.0}, "share in the upper right quarter", "Graph500"),
        option_field("c", &RmatOptions::c, {0.0, 1.0}, "share in the lower left quarter; a + b + c <= 1", "Graph500")};
  }
};
BuiltGraph generate_rmat(RunContext& context, const RmatOptions& options);

/// G(n, m): `edges` pairs drawn uniformly (Erdos, Renyi 1959), undirected.
struct ErdosRenyiOptions {
  std::uint64_t nodes = 1000;
  std::uint64_t edges = 5000;
  static constexpr auto fields() {
    return std::tuple{option_field("nodes", &ErdosRenyiOptions::nodes, {1, max_node_count}, "number of nodes"),
                      option_field("edges", &ErdosRenyiOptions::edges, {0, std::uint64_t{1} << 40}, "pairs drawn")};
  }
};
BuiltGraph generate_erdos_renyi(RunContext& context, const ErdosRenyiOptions& options);

/// Preferential attachment: each new node draws `attach` earlier nodes with probability proportional to their degree
/// (Barabasi, Albert, Science 1999), by resolving each edge's draw independently (Sanders, Schulz 2016, the
/// communication-free form of Batagelj, Brandes 2005).
struct BarabasiAlbertOptions {
  std::uint64_t nodes = 1000;
  std::uint64_t attach = 4;
  static constexpr auto fields() {
    return std::tuple{
        option_field("nodes", &BarabasiAlbertOptions::nodes, {1, max_node_count}, "number of nodes"),
        option_field("attach", &BarabasiAlbertOptions::attach, {1, 65536}, "edges that each new node brings")};
  }
};
BuiltGraph generate_barabasi_albert(RunContext& context, const BarabasiAlbertOptions& options);

/// Stochastic block model with equal blocks (Holland, Laskey, Leinhardt 1983): a pair inside a block is an edge with
/// probability `inside`, a pair across blocks with probability `across`. Node v is in block floor(v * blocks / nodes).
struct BlockModelOptions {
  std::uint64_t nodes = 1000;
  std::uint64_t blocks = 4;
  double inside = 0.05;
  double across = 0.005;
  static constexpr auto fields() {
    return std::tuple{
        option_field("nodes", &BlockModelOptions::nodes, {1, max_node_count}, "number of nodes"),
        option_field("blocks", &BlockModelOptions::blocks, {1, max_node_count}, "number of equal blocks"),
        option_field("inside", &BlockModelOptions::inside, {0.0, 1.0}, "probability of an edge inside a block"),
        option_field("across", &BlockModelOptions::across, {0.0, 1.0}, "probability of an edge between two blocks")};
  }
};
BuiltGraph generate_block_model(RunContext& context, const BlockModelOptions& options);

/// Peak bytes that generating and building a graph of this many nodes and drawn edges takes.
std::uint64_t estimate_generate_memory(std::uint64_t nodes, std::uint64_t drawn_edges);

/// How many edges a run of the options draws (for the block model: expects), for the estimate above.
std::uint64_t drawn_edges(const RmatOptions& options);
std::uint64_t drawn_edges(const ErdosRenyiOptions& options);
std::uint64_t drawn_edges(const BarabasiAlbertOptions& options);
std::uint64_t drawn_edges(const BlockModelOptions& options);

}  // namespace adjoin
