// FastRP as `adjoin embed` runs it: what it may be given beside the graph, and the state that lets a later run change
// it.
#pragma once

#include <string>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/fastrp_typed.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {

struct FastRPRunOptions {
  std::string features;
  UnknownNodes unknown_nodes = UnknownNodes::add;
  std::string start;
  std::string keep_state;
  std::string update;
  std::string regions;
  int block = 0;

  static constexpr auto fields() {
    using O = FastRPRunOptions;
    return std::tuple{
        option_field(
            "features", &O::features,
            "features of nodes, for --property-ratio: a matrix in .npy, .npz or .mtx with a row for each node, "
            "named by NAME.names.txt beside it, else by the numbers from 0; a store brings its own"),
        option_field("unknown-nodes", &O::unknown_nodes,
                     "nodes that have features and no edges: add them, drop them, or refuse the file"),
        option_field("start", &O::start,
                     "vectors to propagate instead of random ones: an embedding file that names every node"),
        option_field("keep-state", &O::keep_state,
                     "a store (.adjoin) to write the hops to, so that --update can change the embedding later"),
        option_field("update", &O::update,
                     "the state of an earlier run: only what differs between its graph and GRAPH is computed again"),
        option_field("regions", &O::regions,
                     "columns for each type of edge, with --type-column: follows=64,likes=32:0.5 gives 64 to follows "
                     "and 32, times 0.5, to likes; without it all types share --dim equally"),
        option_field("block", &O::block, {0, 65'536},
                     "columns to compute at a time, a multiple of 16, so that memory goes by them and not by --dim; 0 "
                     "computes all at once; needs .npy output and takes up to twice the time")};
  }
};

/// What is embedded, and the result. `graph` outlives both.
struct FastRPRunInput {
  Graph graph;
  std::vector<EdgeType> edge_types;
  std::vector<FastRPRegion> regions;  // of the types; empty where edges have none
  ReadReport read;
  BuildReport build;
  Csr features;
  Matrix start;
};

/// Refuses what excludes one another or cannot be written, before anything is read.
void check_fastrp_run(const FastRPRunOptions& run, const FastRPOptions& options, const ReadOptions& read,
                      const std::string& output, EmbeddingFormat format);

/// Reads GRAPH and what goes with it, and tells how.
FastRPRunInput read_fastrp_input(Session& session, const std::string& path, const ReadOptions& read,
                                 const BuildOptions& build, const FastRPRunOptions& run, const FastRPOptions& options);

/// The peak of run_fastrp beyond what is read.
std::uint64_t estimate_fastrp_run(const FastRPRunInput& input, const FastRPRunOptions& run,
                                  const FastRPOptions& options);

/// As a whole, or from an earlier state; writes the new state if that is asked for. With --update the options become
/// those of the state: InvalidOption if others were asked for.
FastRPResult run_fastrp(Session& session, FastRPRunInput& input, const FastRPRunOptions& run, FastRPOptions& options);

/// In blocks of columns, each written before the next is made.
RunRecord write_fastrp_in_blocks(Session& session, const FastRPRunInput& input, const FastRPRunOptions& run,
                                 const FastRPOptions& options, const std::string& output, EmbeddingFormat format);

}  // namespace adjoin::cli
