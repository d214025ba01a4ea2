// The nearest rows of every row as a file, written block by block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {

/// InvalidOption if the suffix is none of .tsv, .txt and .npy, perhaps packed; "-" is standard output and gets text.
void check_neighbor_output(const std::filesystem::path& path);

/// The lists of some rows, in their order, each as long as the others.
using FindNeighbors = std::function<NeighborLists(std::span<const NodeId>)>;

/// Text: lines "node<TAB>neighbour<TAB>similarity", nearest first. .npy: an int64 array of shape (lines, 2), the
/// numbers of the two rows. Rows are asked for in blocks, so that memory does not grow with them. The file is complete,
/// but not committed, when this returns.
OutputFile write_neighbors(RunContext& context, const std::filesystem::path& path,
                           const std::vector<std::string>& names, std::size_t list_size, const FindNeighbors& find);

/// Rows that are asked for at a time.
inline constexpr std::size_t rows_per_neighbor_block = 8192;

}  // namespace adjoin::cli
