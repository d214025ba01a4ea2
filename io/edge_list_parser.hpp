// The lines of a text edge list, parsed on all threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/io/edge_list_dialect.hpp>

namespace adjoin::detail {

using ParsedEdges =
    std::variant<Array<NamedEdge<std::uint32_t>>, Array<NamedEdge<std::uint64_t>>, Array<NamedEdge<std::string_view>>>;

struct EdgeListContent {
  ParsedEdges edges;     // names of the narrowest kind that all names fit; text points into the bytes parsed
  Array<float> weights;  // one an edge, or empty
  std::uint64_t lines = 0;
  std::uint64_t comment_lines = 0;
  std::uint64_t blank_lines = 0;
};

/// Bytes that one task parses. The result does not depend on it; tests make it small to cross many borders.
inline constexpr std::size_t parse_chunk_bytes = 1 << 20;

/// Parses `text`, the whole file. ParseError for the first line, in the order of the file, that is not an edge.
EdgeListContent parse_edge_list(RunContext& context, const std::filesystem::path& path, std::string_view text,
                                const EdgeListDialect& dialect, std::size_t chunk_bytes = parse_chunk_bytes);

}  // namespace adjoin::detail
