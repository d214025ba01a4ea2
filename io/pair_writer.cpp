#include <algorithm>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/line_writer.hpp>
#include <adjoin/io/pair_writer.hpp>

namespace adjoin {

void check_names_fit_lines(const OutputFile& file, const NodeIndex& nodes, std::span<const Edge> pairs) {
  if (nodes.name_offsets().empty()) return;  // numbers
  for (const Edge& pair : pairs) {
    for (const NodeId node : {pair.source, pair.target}) {
      const std::string name = nodes.name(node);
      if (!name.empty() && !has_control_character(name)) continue;
      throw InvalidData(fmt::format("{}: the node name {} cannot stand in a line of text", file.target().string(),
                                    quote_for_message(name)));
    }
  }
}

void write_pairs(RunContext& context, OutputFile& file, const NodeIndex& nodes, std::span<const Edge> pairs,
                 std::span<const std::string> columns, MatrixView<const float> values) {
  check_names_fit_lines(file, nodes, pairs);
  std::string header = "source\ttarget";
  for (const std::string& column : columns) header += '\t' + column;
  file.write(header + '\n');
  detail::write_lines(context, file, pairs.size(), [&](std::size_t i, std::string& text) {
    text += nodes.name(pairs[i].source);
    text += '\t';
    text += nodes.name(pairs[i].target);
    for (const float value : values.row(i)) {
      text += '\t';
      text += format_number(value);
    }
    text += '\n';
  });
}

}  // namespace adjoin
