// The text edge list, with every option that changes how it is read; and its parser, whose result may not depend on
// where the text is cut.
#include <algorithm>
#include <array>
#include <bit>

#include <adjoin/io/formats/edge_list_parser.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

template <class Value>
bool same_bits(const Array<Value>& a, const Array<Value>& b) {
  const auto bytes = [](const Array<Value>& values) { return std::as_bytes(values.span()); };
  return std::ranges::equal(bytes(a), bytes(b));
}

bool same_edges(const detail::ParsedEdges& a, const detail::ParsedEdges& b) {
  return a.index() == b.index() && std::visit(
                                       [&](const auto& edges) {
                                         const auto& others = std::get<std::decay_t<decltype(edges)>>(b);
                                         return std::ranges::equal(edges, others, [](const auto& x, const auto& y) {
                                           return x.source == y.source && x.target == y.target;
                                         });
                                       },
                                       a);
}

struct Parsed {
  detail::EdgeListContent content;
  std::string error;
};

Parsed parse(std::string_view text, const detail::EdgeListDialect& dialect, std::size_t chunk_bytes) {
  Parsed parsed;
  try {
    parsed.content = detail::parse_edge_list(fuzz::context(), "input.txt", text, dialect, chunk_bytes);
  } catch (const Error& error) {
    parsed.error = error.what();
  }
  return parsed;
}

void check_chunks(std::string_view text, const ReadOptions& read) {
  const detail::EdgeListDialect dialect = detail::sniff_edge_list("input.txt", text, read);
  const Parsed whole = parse(text, dialect, detail::parse_chunk_bytes);
  const Parsed cut = parse(text, dialect, 7);
  fuzz::require(whole.error == cut.error,
                "an error that depends on where the text is cut: " + whole.error + " and " + cut.error);
  if (!whole.error.empty()) return;
  const auto& [a, b] =
      std::pair<const detail::EdgeListContent&, const detail::EdgeListContent&>(whole.content, cut.content);
  fuzz::require(same_edges(a.edges, b.edges) && same_bits(a.weights, b.weights) && same_bits(a.times, b.times) &&
                    std::ranges::equal(a.types, b.types),
                "edges that depend on where the text is cut");
  fuzz::require(a.time_decimals == b.time_decimals && a.lines == b.lines && a.comment_lines == b.comment_lines &&
                    a.blank_lines == b.blank_lines,
                "counts that depend on where the text is cut");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  constexpr std::array columns{"auto", "3", "none"};
  ReadOptions read;
  read.header = std::array{Header::automatic, Header::yes, Header::no}[input.choose(3)];
  read.time_column = columns[input.choose(3)];
  read.weight_column = columns[input.choose(3)];
  read.bipartite = input.choose(2) == 1;
  const BuildOptions build = fuzz::build_options(input.choose(4));
  if (input.choose(2) == 1) read.type_column = "3";
  fuzz::accepted([&] {
    detail::InputFile file = fuzz::in_memory("input.txt", input.bytes);
    check_chunks(file.bytes(), read);
    detail::edge_list_format.estimate("input.txt", file.bytes(), read, build);
    const std::size_t bytes = file.bytes().size();
    const DatasetFile result = detail::edge_list_format.read(fuzz::context(), file, read, build);
    fuzz::check_everything(result.data);
    fuzz::require(result.data.graph.has_value() != result.data.events.has_value(), "neither a graph nor events");
    fuzz::require(
        result.read.lines >= result.read.comment_lines + result.read.blank_lines && result.read.lines <= bytes,
        "a wrong number of lines");
    fuzz::require(!result.read.sentence().empty(), "a report without words");
  });
  return 0;
}
