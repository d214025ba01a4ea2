// The text edge list: a line an edge, source and target first.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/edge_list_parser.hpp>
#include <adjoin/io/format.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

/// Lines in the file, from the line ends in samples spread over it.
std::uint64_t estimate_lines(std::string_view text) {
  constexpr std::size_t samples = 32;
  constexpr std::size_t sample_bytes = 1 << 15;
  if (text.size() <= samples * sample_bytes) return static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
  std::uint64_t ends = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const std::string_view sample = text.substr(text.size() / samples * i, sample_bytes);
    ends += static_cast<std::uint64_t>(std::ranges::count(sample, '\n'));
  }
  return static_cast<std::uint64_t>(static_cast<double>(ends) * static_cast<double>(text.size()) /
                                    static_cast<double>(samples * sample_bytes)) +
         1;
}

std::uint64_t estimate_read(std::string_view text, const EdgeListDialect& dialect, const BuildOptions& build) {
  const std::uint64_t edges = estimate_lines(text);
  const bool weighted = dialect.weight_column > 0;
  const std::uint64_t name = dialect.names == NameKind::number32   ? sizeof(std::uint32_t)
                             : dialect.names == NameKind::number64 ? sizeof(std::uint64_t)
                                                                   : sizeof(std::string_view);
  const std::uint64_t parsed = edges * (2 * name + (weighted ? sizeof(float) : 0));
  // Text names take a hash, a place and a local id for each end, and the edges themselves, while they are indexed.
  const std::uint64_t indexing = dialect.names == NameKind::text ? edges * (2 * 20 + sizeof(Edge)) : 0;
  const std::uint64_t nodes = edges / 8;  // a guess that weighs little: eight bytes a node
  return std::max(text.size() + parsed + indexing,
                  estimate_build_memory(static_cast<std::size_t>(nodes), static_cast<std::size_t>(edges), weighted,
                                        build.directed));
}

std::uint64_t estimate(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read,
                       const BuildOptions& build) {
  return estimate_read(bytes, sniff_edge_list(path, bytes, read), build);
}

DatasetFile read_edge_list(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  const EdgeListDialect dialect = sniff_edge_list(file.path(), file.bytes(), read);
  context.require_memory(resident_bytes() + estimate_read(file.bytes(), dialect, build), "raise --memory");

  context.begin_stage("read", "bytes", file.bytes().size());
  EdgeListContent content = parse_edge_list(context, file.path(), file.bytes(), dialect);
  DatasetFile result;
  ReadReport& report = result.read;
  report.format = edge_list_format.name;
  report.separator = dialect.separator;
  report.header = dialect.header;
  report.columns = static_cast<int>(dialect.columns);
  report.weight_column = static_cast<int>(dialect.weight_column);
  report.ignored_because = dialect.ignored_because;
  report.numeric_names = !std::holds_alternative<Array<NamedEdge<std::string_view>>>(content.edges);
  report.bytes = file.bytes().size();
  report.lines = content.lines;
  report.comment_lines = content.comment_lines;
  report.blank_lines = content.blank_lines;
  if (report.numeric_names) file.release();  // text names point into the file until they are indexed

  IndexedEdges indexed =
      std::visit([&](auto edges) { return index_nodes(context, std::move(edges)); }, std::move(content.edges));
  file.release();
  BuiltGraph built =
      build_graph(context, std::move(indexed.edges), std::move(content.weights), std::move(indexed.nodes), build);
  context.end_stage();
  result.build = built.report;
  result.data.nodes = built.graph.view().shared_nodes();
  result.data.graph = std::move(built.graph);
  return result;
}

/// A comment line with counts, then "source<TAB>target[<TAB>weight]", an undirected edge once, in the order of ids.
void write_edge_list(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const GraphView graph = graph_to_write(dataset, path, edge_list_format);
  OutputFile file(path);
  const CsrView a = graph.out();
  file.write(fmt::format("# {} graph, {} nodes, {} edges{}\n", graph.directed() ? "directed" : "undirected",
                         graph.node_count(), graph.edge_count(), graph.weighted() ? ", weighted" : ""));
  context.begin_stage("write", "rows", a.row_count());
  constexpr std::size_t rows_per_block = 1 << 14;
  constexpr std::size_t blocks_at_once = 64;  // bounds the text that waits to be written
  std::vector<std::string> blocks(blocks_at_once);
  const std::size_t block_total = chunk_count(a.row_count(), rows_per_block);
  for (std::size_t first = 0; first < block_total; first += blocks_at_once) {
    const std::size_t count = std::min(blocks_at_once, block_total - first);
    context.for_tasks(
        count,
        [&](std::size_t i) {
          std::string& text = blocks[i];
          text.clear();
          const std::size_t begin = (first + i) * rows_per_block;
          for (std::size_t row = begin; row < std::min(a.row_count(), begin + rows_per_block); ++row) {
            const std::string source = graph.nodes().name(node_id(row));
            for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
              if (!graph.directed() && index(a.targets[e]) < row) continue;
              text += source;
              text += '\t';
              text += graph.nodes().name(a.targets[e]);
              if (a.weighted()) text += '\t' + format_number(a.weights[e]);
              text += '\n';
            }
          }
        },
        [&](std::size_t) { return std::uint64_t{rows_per_block}; });
    for (std::size_t i = 0; i < count; ++i) file.write(blocks[i]);
  }
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format edge_list_format{
    FileFormat::edge_list, "edge list", ".tsv .txt .csv .edges .edgelist", nullptr, read_edge_list, estimate,
    write_edge_list};

}  // namespace adjoin::detail
