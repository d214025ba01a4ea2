// The lines of a text edge list, parsed on all threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>

namespace adjoin::detail {

using ParsedEdges =
    std::variant<Array<NamedEdge<std::uint32_t>>, Array<NamedEdge<std::uint64_t>>, Array<NamedEdge<std::string_view>>>;

struct EdgeListContent {
  ParsedEdges edges;  // names of the narrowest kind that all names fit; text points into the bytes parsed
  // Each one an edge, or empty.
  Array<float> weights;
  Array<Time> times;
  Array<std::int32_t> labels;
  Array<std::string_view> types;  // they point into the bytes parsed
  Array<float> features;          // rows of as many as the dialect has columns from first_feature_column on
  int time_decimals = 0;
  std::uint64_t lines = 0;
  std::uint64_t comment_lines = 0;
  std::uint64_t blank_lines = 0;
};

/// The columns of features that each line has.
inline std::size_t feature_columns(const EdgeListDialect& dialect) {
  return dialect.first_feature_column == 0 ? 0 : dialect.columns + 1 - dialect.first_feature_column;
}

/// Bytes that one task parses. The result does not depend on it; tests make it small to cross many borders.
inline constexpr std::size_t parse_chunk_bytes = 1 << 20;

/// Parses `text`, the whole file. ParseError for the first line, in the order of the file, that is not an edge.
EdgeListContent parse_edge_list(RunContext& context, const std::filesystem::path& path, std::string_view text,
                                const EdgeListDialect& dialect, std::size_t chunk_bytes = parse_chunk_bytes);

}  // namespace adjoin::detail
