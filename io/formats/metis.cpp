// METIS graph files (Karypis, Kumar: METIS manual, section 4.1.1): line i lists the neighbours of node i, from 1; every
// edge stands on two lines.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/formats/matrix_graph.hpp>
#include <adjoin/io/formats/registry.hpp>

namespace adjoin::detail {
namespace {

constexpr std::uint64_t first_node = 1;

struct MetisHeader {
  std::uint64_t nodes = 0;
  std::uint64_t edges = 0;
  bool node_sizes = false;
  std::uint64_t node_weights = 0;  // how many each node has
  bool edge_weights = false;
};

/// The lines that are no comments, one after the other, and the numbers on them.
class MetisLines {
 public:
  MetisLines(const std::filesystem::path& path, std::string_view text) : path_(path), text_(text) {}

  /// False at the end of the file.
  bool next_line() {
    while (next_ < text_.size()) {
      line_ = line_at(text_, next_, next_);
      ++number_;
      at_ = 0;
      if (line_.empty() || line_.front() != '%') return true;
    }
    return false;
  }

  bool at_end_of_line() {
    at_ = std::min(line_.find_first_not_of(" \t", at_), line_.size());
    return at_ == line_.size();
  }

  std::uint64_t next_number(const char* expected) {
    if (at_end_of_line()) refuse("the end of the line", expected);
    std::uint64_t number = 0;
    const char* const begin = line_.data() + at_;
    const char* const end = line_.data() + line_.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc{} || (stop != end && *stop != ' ' && *stop != '\t')) {
      const std::string_view rest = line_.substr(at_);
      refuse(quote_for_message(rest.substr(0, rest.find_first_of(" \t"))), expected);
    }
    at_ += static_cast<std::size_t>(stop - begin);
    return number;
  }

  [[noreturn]] void refuse(const std::string& found, const std::string& expected, const std::string& hint = {}) const {
    throw ParseError({path_, number_, at_ + 1}, found, expected, hint);
  }

  std::uint64_t lines() const { return number_; }

 private:
  const std::filesystem::path& path_;
  std::string_view text_;
  std::size_t next_ = 0;
  std::string_view line_;
  std::size_t number_ = 0;
  std::size_t at_ = 0;
};

MetisHeader read_header(MetisLines& lines) {
  MetisHeader header;
  if (!lines.next_line()) lines.refuse("an empty file", "a line with the numbers of nodes and edges");
  header.nodes = lines.next_number("the number of nodes");
  header.edges = lines.next_number("the number of edges");
  const std::uint64_t flags =
      lines.at_end_of_line() ? 0 : lines.next_number("what has weights: 0, 1, 10, 11, 100, ...");
  if (flags > 111 || flags % 10 > 1 || flags / 10 % 10 > 1) {
    lines.refuse(fmt::format("the format {}", flags), "three digits of 0 and 1: sizes and weights of nodes, of edges");
  }
  header.edge_weights = flags % 10 == 1;
  header.node_sizes = flags >= 100;
  header.node_weights = flags / 10 % 10 == 1 ? 1 : 0;
  if (!lines.at_end_of_line()) {
    const std::uint64_t weights = lines.next_number("the number of weights of a node");
    if (header.node_weights == 1) header.node_weights = weights;
  }
  if (!lines.at_end_of_line()) lines.refuse("more than four numbers", "nodes, edges, format and weights of a node");
  if (header.nodes > max_node_count) lines.refuse(fmt::format("{} nodes", header.nodes), "at most 4,294,967,295");
  return header;
}

std::uint64_t bytes_needed(std::string_view text, const MetisHeader& header) {
  // Neither number is believed beyond what the text can hold: a node takes a byte, an entry two.
  const std::uint64_t nodes = std::min<std::uint64_t>(header.nodes, text.size());
  const std::uint64_t entries =
      std::min<std::uint64_t>(2 * std::min(header.edges, std::uint64_t{text.size()}), text.size() / 2 + 1);
  const std::uint64_t entry_bytes = sizeof(Edge) + (header.edge_weights ? sizeof(float) : 0);
  return std::max(text.size() + 2 * entries * entry_bytes,
                  estimate_matrix_graph(nodes, entries, header.edge_weights, false));
}

std::uint64_t estimate_metis(const std::filesystem::path& path, std::string_view bytes, const ReadOptions&,
                             const BuildOptions&) {
  MetisLines lines(path, bytes);
  return bytes_needed(bytes, read_header(lines));
}

/// Every edge twice, as the file has it.
MatrixEntries read_entries(RunContext& context, MetisLines& lines, const MetisHeader& header) {
  std::vector<Edge> edges;
  std::vector<float> weights;
  for (std::uint64_t node = 0; node < header.nodes; ++node) {
    if (node % (1 << 16) == 0) context.check_cancelled();
    if (!lines.next_line()) {
      lines.refuse(fmt::format("lines for {} nodes", format_count(node)),
                   fmt::format("{} as the first line says", format_count(header.nodes)));
    }
    if (header.node_sizes) lines.next_number("the size of the node");
    for (std::uint64_t i = 0; i < header.node_weights; ++i) lines.next_number("a weight of the node");
    while (!lines.at_end_of_line()) {
      const std::uint64_t neighbor = lines.next_number("the number of a neighbour");
      if (neighbor < 1 || neighbor > header.nodes) {
        lines.refuse(fmt::format("the neighbour {}", neighbor), fmt::format("1 to {}", header.nodes));
      }
      edges.push_back({node_id(static_cast<std::size_t>(node)), node_id(static_cast<std::size_t>(neighbor - 1))});
      if (header.edge_weights) {
        weights.push_back(static_cast<float>(lines.next_number("the weight of the edge, a whole number")));
      }
    }
  }
  while (lines.next_line()) {
    if (!lines.at_end_of_line()) {
      lines.refuse("another line", fmt::format("the end, after {} nodes", format_count(header.nodes)));
    }
  }
  const auto nodes = static_cast<std::size_t>(header.nodes);
  MatrixEntries entries{nodes, nodes, Array<Edge>(edges.size()), Array<float>(weights.size()), false};
  std::ranges::copy(edges, entries.edges.begin());
  std::ranges::copy(weights, entries.weights.begin());
  return entries;
}

DatasetFile read_metis(RunContext& context, InputFile& file, const ReadOptions&, const BuildOptions& build) {
  MetisLines lines(file.path(), file.bytes());
  const MetisHeader header = read_header(lines);
  context.require_memory(resident_bytes() + bytes_needed(file.bytes(), header), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  MatrixEntries entries = read_entries(context, lines, header);
  const auto loops = static_cast<std::uint64_t>(
      std::ranges::count_if(entries.edges, [](const Edge& edge) { return edge.source == edge.target; }));
  // Some programs write a loop once, some twice, and some count a loop as an edge.
  const std::uint64_t straight = entries.edges.size() - loops;
  if (straight % 2 != 0 || header.edges < straight / 2 || header.edges > straight / 2 + loops) {
    lines.refuse(
        fmt::format("{} neighbours", format_count(entries.edges.size())),
        fmt::format("{}, two for each of {} edges", format_count(2 * header.edges), format_count(header.edges)));
  }
  file.release();
  BuildOptions options = build;
  options.directed = false;
  DatasetFile result = matrix_graph(context, file.path(), std::move(entries), first_node, options);
  context.end_stage();
  if (result.data.graph->view().directed()) {
    throw ParseError({file.path(), 0, 0}, "an edge that stands on one of its nodes' lines only",
                     "every edge on both lines, with one weight", "the format is for undirected graphs");
  }
  result.read.details = fmt::format("{}{}", header.edge_weights ? "with weights" : "without weights",
                                    header.node_weights > 0 || header.node_sizes ? ", weights of nodes left out" : "");
  result.read.lines = lines.lines();
  return result;
}

/// Names go beside: the format has none.
void write_metis(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const GraphView graph = graph_to_write(dataset, path, metis_format);
  const CsrView a = graph.out();
  if (graph.directed()) throw InvalidData(fmt::format("{}: METIS files hold undirected graphs only", path.string()));
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    if (std::ranges::binary_search(a.row_targets(row), node_id(row))) {
      throw InvalidData(fmt::format("{}: node {} has an edge to itself, which METIS files cannot hold", path.string(),
                                    quote_for_message(graph.nodes().name(node_id(row)))));
    }
  }
  const auto fraction = std::ranges::find_if(
      a.weights, [](float weight) { return weight < 1 || std::floor(weight) != weight || weight > 1e15F; });
  if (fraction != a.weights.end()) {
    throw InvalidData(fmt::format("{}: the weight {} is no whole number of 1 or more, which METIS files need",
                                  path.string(), format_number(*fraction)));
  }
  std::vector<OutputFile> files = matrix_output(path, graph.nodes(), first_node);
  context.begin_stage("write", "rows", a.row_count());
  std::string text = fmt::format("{} {}{}\n", a.row_count(), graph.edge_count(), a.weighted() ? " 1" : "");
  constexpr std::size_t block_bytes = std::size_t{4} << 20;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (e > a.row_begin(row)) text += ' ';
      fmt::format_to(std::back_inserter(text), "{}", index(a.targets[e]) + 1);
      if (a.weighted()) fmt::format_to(std::back_inserter(text), " {}", static_cast<std::uint64_t>(a.weights[e]));
    }
    text += '\n';
    if (text.size() < block_bytes) continue;
    context.check_cancelled();
    files.front().write(text);
    text.clear();
  }
  files.front().write(text);
  context.end_stage();
  commit_together(files);
}

}  // namespace

constinit const Format metis_format{FileFormat::metis, "METIS file",   ".graph .metis", nullptr,
                                    read_metis,        estimate_metis, Holds::edges,    write_metis};

}  // namespace adjoin::detail
