// Pairs of nodes with numbers, as text: what `adjoin split` and `adjoin score` write and pair tables are read from.
#pragma once

#include <span>
#include <string>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin {

/// A header, source, target and the names of the columns, then a line a pair with tabs between; floats in the fewest
/// digits that read back the same. values: pairs x columns. InvalidData for a node's name that such a line cannot hold:
/// an empty one, or one with a control character. IoError(while_running).
void write_pairs(RunContext& context, OutputFile& file, const NodeIndex& nodes, std::span<const Edge> pairs,
                 std::span<const std::string> columns, MatrixView<const float> values);

/// InvalidData for a node's name that a line of text cannot hold.
void check_names_fit_lines(const OutputFile& file, const NodeIndex& nodes, std::span<const Edge> pairs);

}  // namespace adjoin
