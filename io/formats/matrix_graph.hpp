// A square matrix as a graph, its rows being nodes: what the formats for matrices share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/input_file.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {

/// What is known of a matrix before its names.
struct MatrixEntries {
  std::size_t rows = 0;
  std::size_t columns = 0;
  Array<Edge> edges;  // rows and columns from 0
  Array<float> weights;
  bool symmetric = false;  // each entry off the diagonal stands for its twin too
};

/// ParseError for one that is not, saying that it may be features.
void require_square(const std::filesystem::path& path, const MatrixEntries& entries);

/// Matrices of any shape. Entries are as they stand in the file; weights are empty for a pattern, or (npz) if all
/// are 1.
MatrixEntries read_matrix_market_entries(RunContext& context, InputFile& file);
MatrixEntries read_npz_entries(RunContext& context, InputFile& file);

/// Names of rows come from the file of names beside `path`, else they are numbers from `first`. A symmetric matrix is
/// an undirected graph; so is one that holds every entry's twin, unless a directed graph is asked for; any other is a
/// directed graph. Fills the parts of the report that are about the graph.
DatasetFile matrix_graph(RunContext& context, const std::filesystem::path& path, MatrixEntries entries,
                         std::uint64_t first, const BuildOptions& build);

/// Peak bytes of matrix_graph beyond the entries.
std::uint64_t estimate_matrix_graph(std::uint64_t rows, std::uint64_t entries, bool weighted, bool symmetric);

/// The file, and the file of names beside it unless the names are numbers from `first`, written.
std::vector<OutputFile> matrix_output(const std::filesystem::path& path, const NodeIndex& nodes, std::uint64_t first);

}  // namespace adjoin::detail
