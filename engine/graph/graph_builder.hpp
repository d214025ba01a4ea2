// From a list of edges to a Graph: parallel, with an explicit policy for everything that a graph may not hold twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

enum class SelfLoops : std::uint8_t { drop, keep, refuse };
enum class Duplicates : std::uint8_t { sum, max, min, refuse };

template <>
struct EnumNames<SelfLoops> {
  static constexpr std::array<std::pair<SelfLoops, std::string_view>, 3> names{
      {{SelfLoops::drop, "drop"}, {SelfLoops::keep, "keep"}, {SelfLoops::refuse, "refuse"}}};
};
template <>
struct EnumNames<Duplicates> {
  static constexpr std::array<std::pair<Duplicates, std::string_view>, 4> names{
      {{Duplicates::sum, "sum"}, {Duplicates::max, "max"}, {Duplicates::min, "min"}, {Duplicates::refuse, "refuse"}}};
};

/// How edges become a graph. An edge given again (in an undirected graph also the other way round) is a duplicate.
struct BuildOptions {
  bool directed = false;
  SelfLoops self_loops = SelfLoops::drop;
  Duplicates duplicates = Duplicates::sum;

  static constexpr auto fields() {
    return std::tuple{
        option_field("directed", &BuildOptions::directed,
                     "an edge goes from the first node to the second, not both ways"),
        option_field("self-loops", &BuildOptions::self_loops, "edges from a node to itself: drop, keep or refuse them"),
        option_field("duplicates", &BuildOptions::duplicates,
                     "the weight of an edge that is given several times: their sum, max or min, or refuse the input; "
                     "an unweighted edge stays one edge")};
  }
};

/// What building did to the edges it was given.
struct BuildReport {
  std::uint64_t edges_given = 0;
  std::uint64_t self_loops_dropped = 0;
  std::uint64_t duplicates_merged = 0;
  std::uint64_t isolated_nodes = 0;  // nodes left without any neighbour

  /// The non-zero counts, as remarks for a run record.
  std::vector<Remark> remarks() const;
};

struct BuiltGraph {
  Graph graph;
  BuildReport report;
};

/// weights: empty, or one a edge, finite and >= 0 (InvalidData with the edge's number otherwise). edges name ids of
/// `nodes`. The result does not depend on the order of edges (the weights of duplicates are joined in increasing order)
/// nor on the number of threads. InvalidData when a `refuse` policy meets its case, naming the nodes.
BuiltGraph build_graph(RunContext& context, Array<Edge> edges, Array<float> weights, NodeIndex nodes,
                       const BuildOptions& options);
/// The same over names that others keep too.
BuiltGraph build_graph(RunContext& context, Array<Edge> edges, Array<float> weights,
                       std::shared_ptr<const NodeIndex> nodes, const BuildOptions& options);

/// Peak bytes of build_graph, with the edges and weights it is given and the graph it makes.
std::uint64_t estimate_build_memory(std::size_t node_count, std::size_t edge_count, bool weighted, bool directed);

/// Edges by name, one at a time: for programs that make their graph themselves.
class GraphBuilder {
 public:
  explicit GraphBuilder(BuildOptions options = {}) : options_(options) {}
  void add_node(std::string_view name);
  void add_edge(std::string_view source, std::string_view target);
  /// weight: finite and >= 0. Edges added without one have weight 1.
  void add_edge(std::string_view source, std::string_view target, float weight);
  BuiltGraph build(RunContext& context) const;

 private:
  BuildOptions options_;
  std::vector<std::string> names_;
  std::vector<std::pair<std::size_t, std::size_t>> edges_;  // positions in names_
  std::vector<float> weights_;
  bool weighted_ = false;
};

}  // namespace adjoin
