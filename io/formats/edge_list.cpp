// The text edge list: a line an edge, source and target first.
#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list.hpp>
#include <adjoin/io/formats/edge_list_parser.hpp>
#include <adjoin/io/formats/line_writer.hpp>
#include <adjoin/io/formats/registry.hpp>
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

/// The names of both sides with a letter before them, so that no name is on both sides. `text` holds them.
template <class Name>
Array<NamedEdge<std::string_view>> name_sides(RunContext& context, const Array<NamedEdge<Name>>& edges,
                                              Array<char>& text) {
  constexpr std::size_t edges_per_chunk = 1 << 14;
  const auto spelling = [](const Name& name) {
    if constexpr (std::is_same_v<Name, std::string_view>) {
      return name;
    } else {
      return fmt::format_int(name);
    }
  };
  std::vector<std::size_t> begin(chunk_count(edges.size(), edges_per_chunk) + 1, 0);
  context.threads().for_chunks(edges.size(), edges_per_chunk, [&](Chunk chunk) {
    std::size_t bytes = 0;
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      bytes += 2 + spelling(edges[e].source).size() + spelling(edges[e].target).size();
    }
    begin[chunk.index + 1] = bytes;
  });
  std::inclusive_scan(begin.begin(), begin.end(), begin.begin());
  text = Array<char>(begin.back());
  Array<NamedEdge<std::string_view>> named(edges.size());
  context.threads().for_chunks(edges.size(), edges_per_chunk, [&](Chunk chunk) {
    char* at = text.data() + begin[chunk.index];
    const auto put = [&](char side, const Name& name) {
      const auto spelled = spelling(name);
      char* const start = at;
      *at++ = side;
      at = std::copy_n(spelled.data(), spelled.size(), at);
      return std::string_view(start, static_cast<std::size_t>(at - start));
    };
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      const std::string_view source = put('u', edges[e].source);
      named[e] = {source, put('i', edges[e].target)};
    }
  });
  return named;
}

IndexedEdges index_sides(RunContext& context, ParsedEdges edges) {
  Array<char> text;
  Array<NamedEdge<std::string_view>> named =
      std::visit([&](const auto& parsed) { return name_sides(context, parsed, text); }, edges);
  edges = Array<NamedEdge<std::uint32_t>>();
  return index_nodes(context, std::move(named));
}

EventLog events_of(RunContext& context, const EdgeListDialect& dialect, EdgeListContent content,
                   const IndexedEdges& indexed) {
  const std::size_t count = indexed.edges.size();
  EventArrays arrays;
  arrays.sources = Array<NodeId>(count);
  arrays.targets = Array<NodeId>(count);
  context.threads().for_chunks(count, std::size_t{1} << 16, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      arrays.sources[e] = indexed.edges[e].source;
      arrays.targets[e] = indexed.edges[e].target;
    }
  });
  arrays.times = std::move(content.times);
  arrays.weights = std::move(content.weights);
  arrays.labels = std::move(content.labels);
  if (const std::size_t width = feature_columns(dialect); width > 0) {
    arrays.features = Matrix(std::move(content.features), count, width);
  }
  arrays.decimals = content.time_decimals;
  return {context, indexed.nodes.size(), std::move(arrays)};
}

ReadReport report_of(const EdgeListDialect& dialect, const EdgeListContent& content) {
  ReadReport report;
  report.separator = dialect.separator;
  report.header = dialect.header;
  report.columns = static_cast<int>(dialect.columns);
  report.source_column = static_cast<int>(dialect.source_column);
  report.target_column = static_cast<int>(dialect.target_column);
  report.weight_column = static_cast<int>(dialect.weight_column);
  report.time_column = static_cast<int>(dialect.time_column);
  report.type_column = static_cast<int>(dialect.type_column);
  report.remark = dialect.remark;
  report.numeric_names = !std::holds_alternative<Array<NamedEdge<std::string_view>>>(content.edges);
  report.lines = content.lines;
  report.comment_lines = content.comment_lines;
  report.blank_lines = content.blank_lines;
  return report;
}

std::uint64_t estimate(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read,
                       const BuildOptions& build) {
  return estimate_edge_lines(bytes, sniff_edge_list(path, bytes, read), read, build);
}

DatasetFile read_edge_list(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  return read_edge_lines(context, file, sniff_edge_list(file.path(), file.bytes(), read), read, build);
}

/// How names and columns stand in a line: with commas in a .csv, where a name with a comma is quoted, else with tabs.
class LineStyle {
 public:
  /// InvalidData for a name that no line can hold.
  LineStyle(const NodeIndex& nodes, const std::filesystem::path& path)
      : nodes_(nodes), separator_(without_compression(path).extension() == ".csv" ? ',' : '\t') {
    if (nodes.name_offsets().empty()) return;  // numbers
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::string name = nodes.name(node_id(i));
      const bool clean = !name.empty() && !has_control_character(name) && name.front() != ' ' && name.back() != ' ' &&
                         name.front() != '#' && name.front() != '%' &&
                         (separator_ == '\t' || name.find('"') == std::string::npos);
      if (clean) continue;
      throw InvalidData(fmt::format("{}: the node name {} cannot stand in an edge list; write .graphml or .adjoin",
                                    path.string(), quote_for_message(name)));
    }
  }

  /// Names in words get a line that says which column is which, lest the first edge be taken for one.
  bool wants_header() const { return !nodes_.name_offsets().empty(); }
  char separator() const { return separator_; }
  std::string name(NodeId node) const {
    std::string name = nodes_.name(node);
    return separator_ == ',' && name.find(',') != std::string::npos ? '"' + name + '"' : name;
  }
  std::string header(std::initializer_list<std::string_view> columns) const {
    return fmt::format("{}\n", fmt::join(columns, std::string_view(&separator_, 1)));
  }
  /// Of words that are not an edge themselves, which a reader would take for the header come again.
  std::string header_of_pairs(const std::filesystem::path& path) const {
    using Pair = std::pair<std::string_view, std::string_view>;
    for (const auto& [source, target] : {Pair{"source", "target"}, Pair{"from", "to"}, Pair{"src", "dst"}}) {
      if (!nodes_.find(source) || !nodes_.find(target)) return header({source, target});
    }
    throw InvalidData(
        fmt::format("{}: nodes named source, target, from, to, src and dst leave no words for the header "
                    "of an edge list; write .graphml or .adjoin",
                    path.string()));
  }

 private:
  const NodeIndex& nodes_;
  char separator_;
};

/// source, target and weight, an undirected edge once, in the order of ids.
void write_graph(RunContext& context, GraphView graph, OutputFile& file) {
  const LineStyle style(graph.nodes(), file.target());
  const CsrView a = graph.out();
  file.write(fmt::format("# {} graph, {} nodes, {} edges{}\n", graph.directed() ? "directed" : "undirected",
                         graph.node_count(), graph.edge_count(), graph.weighted() ? ", weighted" : ""));
  // Weights that could be seconds since 1970 would be taken for times.
  const bool like_times = a.weighted() && std::ranges::all_of(a.weights, [](float weight) { return weight >= 1e8F; });
  if (style.wants_header() || like_times) {
    file.write(graph.weighted() ? style.header({"source", "target", "weight"}) : style.header_of_pairs(file.target()));
  }
  context.begin_stage("write", "rows", a.row_count());
  write_lines(context, file, a.row_count(), [&](std::size_t row, std::string& text) {
    const std::string source = style.name(node_id(row));
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      text += source;
      text += style.separator();
      text += style.name(a.targets[e]);
      if (a.weighted()) text += style.separator() + format_number(a.weights[e]);
      text += '\n';
    }
  });
  context.end_stage();
}

/// source, target, time and weight under a header, in the order of times.
void write_events(RunContext& context, const EventView& events, const NodeIndex& nodes, OutputFile& file) {
  const LineStyle style(nodes, file.target());
  const bool weighted = !events.weights.empty();
  file.write(weighted ? style.header({"source", "target", "time", "weight"})
                      : style.header({"source", "target", "time"}));
  context.begin_stage("write", "events", events.size());
  write_lines(context, file, events.size(), [&](std::size_t i, std::string& text) {
    text += style.name(events.sources[i]);
    text += style.separator();
    text += style.name(events.targets[i]);
    text += style.separator();
    text += format_time(events.times[i], events.decimals);
    if (weighted) text += style.separator() + format_number(events.weights[i]);
    text += '\n';
  });
  context.end_stage();
}

void write_edge_list(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  OutputFile file(path);
  if (!dataset.graph && dataset.events) {
    write_events(context, dataset.events->view(), *dataset.nodes, file);
  } else {
    write_graph(context, graph_to_write(dataset, path, edge_list_format), file);
  }
  file.commit();
}

/// Whether both words of the header over the columns of nodes are names of nodes too.
bool header_names_nodes(const EdgeListDialect& dialect, const NodeIndex& nodes, bool bipartite) {
  std::vector<EdgeListField> fields;
  split_line(dialect.header_line, dialect.separator, fields);
  const auto is_node = [&](std::size_t column, const char* side) {
    return column <= fields.size() && nodes.find((bipartite ? side : "") + std::string(fields[column - 1].text));
  };
  return is_node(dialect.source_column, "u") && is_node(dialect.target_column, "i");
}

}  // namespace

std::uint64_t estimate_edge_lines(std::string_view text, const EdgeListDialect& dialect, const ReadOptions& read,
                                  const BuildOptions& build) {
  const std::uint64_t edges = estimate_lines(text);
  const bool weighted = dialect.weight_column > 0;
  const bool timed = dialect.time_column > 0;
  const std::uint64_t name = dialect.names == NameKind::number32   ? sizeof(std::uint32_t)
                             : dialect.names == NameKind::number64 ? sizeof(std::uint64_t)
                                                                   : sizeof(std::string_view);
  const std::uint64_t values = (weighted ? sizeof(float) : 0) + (timed ? sizeof(Time) : 0) +
                               (dialect.label_column > 0 ? sizeof(std::int32_t) : 0) +
                               (dialect.type_column > 0 ? sizeof(std::string_view) : 0) +
                               feature_columns(dialect) * sizeof(float);
  const std::uint64_t parsed = edges * (2 * name + values);
  // Text names take a hash, a place and a local id for each end, and the edges themselves, while they are indexed.
  const bool text_names = dialect.names == NameKind::text || read.bipartite;
  const std::uint64_t indexing = text_names ? edges * (2 * 20 + sizeof(Edge)) : 0;
  const std::uint64_t sides = read.bipartite ? edges * 2 * (sizeof(std::string_view) + 8) : 0;
  const std::uint64_t nodes = edges / 8;  // a guess that weighs little: eight bytes a node
  const std::uint64_t building =
      estimate_build_memory(static_cast<std::size_t>(nodes), static_cast<std::size_t>(edges), weighted, build.directed);
  std::uint64_t kept = timed ? edges * (sizeof(Edge) + values) : 0;
  // The graphs of the types, and the numbers of types, beside the edges and the graph of all.
  if (dialect.type_column > 0) kept += building + edges * sizeof(std::uint32_t);
  return std::max(text.size() + parsed + sides + indexing, kept + std::max(building, kept));
}

DatasetFile read_edge_lines(RunContext& context, InputFile& file, const EdgeListDialect& dialect,
                            const ReadOptions& read, const BuildOptions& build) {
  context.require_memory(resident_bytes() + estimate_edge_lines(file.bytes(), dialect, read, build), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  EdgeListContent content = parse_edge_list(context, file.path(), file.bytes(), dialect);
  DatasetFile result;
  result.read = report_of(dialect, content);
  // Text names point into the file until they are indexed, and so do types until they are numbered.
  TypedEdges types;
  if (dialect.type_column > 0) types = number_types(std::exchange(content.types, {}).span());
  if (result.read.numeric_names) file.release();

  IndexedEdges indexed = read.bipartite ? index_sides(context, std::move(content.edges))
                                        : std::visit([&](auto edges) { return index_nodes(context, std::move(edges)); },
                                                     std::move(content.edges));
  // Numbers are no header. Of text, all of it is searched only if that can find anything.
  if (!result.read.numeric_names && dialect.header && header_names_nodes(dialect, indexed.nodes, read.bipartite)) {
    refuse_second_header(file.path(), file.bytes(), dialect);
  }
  file.release();
  if (dialect.time_column > 0) {
    result.data.events = events_of(context, dialect, std::move(content), indexed);
    result.data.nodes = std::make_shared<const NodeIndex>(std::move(indexed.nodes));
    context.end_stage();
    return result;
  }
  auto nodes = std::make_shared<const NodeIndex>(std::move(indexed.nodes));
  if (dialect.type_column > 0) {
    result.data.edge_types =
        build_edge_types(context, indexed.edges.span(), content.weights.span(), types, nodes, build);
  }
  BuiltGraph built =
      build_graph(context, std::move(indexed.edges), std::move(content.weights), std::move(nodes), build);
  context.end_stage();
  result.build = built.report;
  result.data.nodes = built.graph.view().shared_nodes();
  result.data.graph = std::move(built.graph);
  return result;
}

constinit const Format edge_list_format{
    FileFormat::edge_list,  "edge list",    ".tsv .txt .csv .edges .edgelist", nullptr, read_edge_list, estimate,
    Holds::edges_or_events, write_edge_list};

}  // namespace adjoin::detail
