// Lines of edges or events, however the format lays them out, as a dataset: what the edge list and its relatives share.
#pragma once

#include <cstdint>
#include <string_view>

#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/input_file.hpp>

namespace adjoin::detail {

/// A graph, or events if the dialect has times. Releases the file. BudgetExceeded before memory is taken. Stage:
/// "read".
DatasetFile read_edge_lines(RunContext& context, InputFile& file, const EdgeListDialect& dialect,
                            const ReadOptions& read, const BuildOptions& build);

/// Peak bytes of read_edge_lines and of the graph made of events.
std::uint64_t estimate_edge_lines(std::string_view text, const EdgeListDialect& dialect, const ReadOptions& read,
                                  const BuildOptions& build);

}  // namespace adjoin::detail
