// GraphML (Brandes, Eiglsperger, Herman, Himsolt, Marshall 2002, graphml.graphdrawing.org): one graph of nodes and
// edges; of the data, the weight of an edge is kept.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <expat.h>
#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/name_table.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

bool recognizes_graphml(std::string_view bytes) {
  constexpr std::size_t looked_at = 4096;
  const std::string_view begin = bytes.substr(0, looked_at);
  const std::size_t first = begin.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && begin[first] == '<' && begin.find("<graphml") != std::string_view::npos;
}

/// Takes the events of the XML parser. What it refuses is kept in `failure`, since no exception may pass through C.
class GraphmlHandler {
 public:
  GraphmlHandler(const std::filesystem::path& path, const ReadOptions& read, XML_Parser parser)
      : path_(path), weight_name_(read.weight_column == "auto" ? "weight" : read.weight_column), parser_(parser) {}

  struct NumberedEdge {
    std::uint32_t source;
    std::uint32_t target;
  };

  const NameTable& names() const { return names_; }
  const std::vector<NumberedEdge>& edges() const { return edges_; }
  const std::vector<float>& weights() const { return weights_; }
  bool directed() const { return directed_.value_or(false); }
  std::size_t other_keys() const { return other_keys_; }
  std::exception_ptr failure;

  void begin_element(std::string_view name, const XML_Char** attributes) {
    const auto attribute = [&](std::string_view wanted) -> std::optional<std::string_view> {
      for (std::size_t i = 0; attributes[i] != nullptr; i += 2) {
        if (wanted == attributes[i]) return attributes[i + 1];
      }
      return std::nullopt;
    };
    const auto required = [&](std::string_view wanted) {
      const auto value = attribute(wanted);
      if (!value) refuse(fmt::format("<{}> without {}", name, wanted), fmt::format("<{} {}=\"...\">", name, wanted));
      return *value;
    };
    if (name == "key") {
      begin_key(required("id"), attribute("for").value_or("all"), attribute("attr.name").value_or(""));
    } else if (name == "default") {
      text_.clear();
    } else if (name == "graph") {
      if (++graphs_ > 1) refuse("a second <graph>", "one graph in the file", "nested graphs are not read");
      const std::string_view direction = attribute("edgedefault").value_or("undirected");
      if (direction != "directed" && direction != "undirected") {
        refuse(fmt::format("edgedefault {}", quote_for_message(direction)), "directed or undirected");
      }
      default_directed_ = direction == "directed";
    } else if (name == "node") {
      if (graphs_ == 0) refuse("a <node> outside <graph>", "nodes inside it");
      declare(required("id"));
    } else if (name == "edge") {
      if (graphs_ == 0) refuse("an <edge> outside <graph>", "edges inside it");
      begin_edge(required("source"), required("target"), attribute("directed"));
    } else if (name == "data") {
      in_weight_ = in_edge_ && weight_key_ == required("key");
      text_.clear();
    } else if (name == "hyperedge") {
      refuse("a <hyperedge>", "edges between two nodes", "HIF (.hif.json) holds larger ones");
    }
  }

  void end_element(std::string_view name) {
    if (name == "default" && in_weight_key_) {
      default_weight_ = weight_of(text_);
    } else if (name == "key") {
      in_weight_key_ = false;
    } else if (name == "data" && in_weight_) {
      weights_.back() = weight_of(text_);
      weighted_ = true;
      in_weight_ = false;
    } else if (name == "edge") {
      in_edge_ = false;
    }
  }

  void characters(std::string_view text) {
    constexpr std::size_t longest_number = 1000;
    if ((in_weight_ || in_weight_key_) && text_.size() + text.size() < longest_number) text_ += text;
  }

  /// Checks what only the end of the file can tell.
  void finish() {
    if (graphs_ == 0) refuse("no <graph>", "one");
    const auto missing = std::ranges::find(is_declared_, false);
    if (missing != is_declared_.end()) {
      const auto number = static_cast<std::size_t>(missing - is_declared_.begin());
      refuse(fmt::format("an edge of the node {}", quote_for_message(names_.name(number))),
             "nodes that a <node> names");
    }
    if (!weighted_ && !default_weight_) weights_.clear();
  }

  [[noreturn]] void refuse(const std::string& found, const std::string& expected, const std::string& hint = {}) const {
    throw ParseError({path_, XML_GetCurrentLineNumber(parser_), XML_GetCurrentColumnNumber(parser_) + 1}, found,
                     expected, hint);
  }

 private:
  void begin_key(std::string_view id, std::string_view of, std::string_view name) {
    in_weight_key_ = weight_name_ != "none" && name == weight_name_ && (of == "edge" || of == "all");
    if (in_weight_key_) {
      weight_key_ = id;
    } else {
      ++other_keys_;
    }
  }

  void begin_edge(std::string_view source, std::string_view target, std::optional<std::string_view> directed) {
    const bool is_directed = directed ? *directed == "true" || *directed == "1" : default_directed_;
    if (directed_.value_or(is_directed) != is_directed) {
      refuse("directed and undirected edges in one graph", "one kind");
    }
    directed_ = is_directed;
    edges_.push_back({number_of(source), number_of(target)});
    weights_.push_back(default_weight_.value_or(1));
    in_edge_ = true;
  }

  void declare(std::string_view id) {
    const std::uint32_t number = number_of(id);
    if (is_declared_[number]) refuse(fmt::format("the node {} twice", quote_for_message(id)), "each node once");
    is_declared_[number] = true;
  }

  /// Nodes may be named by edges before their own element comes.
  std::uint32_t number_of(std::string_view id) {
    const std::uint32_t number = names_.number_of(id);
    if (number < is_declared_.size()) return number;
    if (id.empty()) refuse("an empty name", "the name of a node");
    if (has_control_character(id)) {
      refuse(fmt::format("a control character in {}", quote_for_message(id)), "the name of a node in plain text");
    }
    is_declared_.push_back(false);
    return number;
  }

  float weight_of(const std::string& text) const {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    const std::size_t end = text.find_last_not_of(" \t\r\n") + 1;
    const std::string_view trimmed = std::string_view(text).substr(begin, end > begin ? end - begin : 0);
    const auto number = parse_number(trimmed);
    const auto weight = static_cast<float>(number.value_or(-1));
    if (!number || !(weight >= 0) || !std::isfinite(weight)) {
      refuse(quote_for_message(trimmed), "a weight, which is a finite number of 0 or more",
             "--weight-column none reads the edges without weights");
    }
    return weight;
  }

  const std::filesystem::path& path_;
  std::string weight_name_;
  XML_Parser parser_;
  std::string text_;
  int graphs_ = 0;
  bool default_directed_ = false;
  std::optional<bool> directed_;
  std::string weight_key_;
  std::optional<float> default_weight_;
  std::size_t other_keys_ = 0;
  bool in_weight_key_ = false;
  bool in_edge_ = false;
  bool in_weight_ = false;
  bool weighted_ = false;
  NameTable names_;
  std::vector<bool> is_declared_;
  std::vector<NumberedEdge> edges_;
  std::vector<float> weights_;
};

/// Runs one step of the handler; keeps what it throws, and stops the parser.
template <class Step>
void guarded(void* user, XML_Parser parser, const Step& step) {
  auto& handler = *static_cast<GraphmlHandler*>(user);
  if (handler.failure) return;
  try {
    step(handler);
  } catch (...) {
    handler.failure = std::current_exception();
    XML_StopParser(parser, XML_FALSE);
  }
}

struct ParserState {
  GraphmlHandler* handler;
  XML_Parser parser;
};

/// "g:node" is "node": prefixes of namespaces are left out.
std::string_view local_name(const XML_Char* name) {
  const char* const colon = std::strchr(name, ':');
  return colon == nullptr ? name : colon + 1;
}

void on_begin(void* user, const XML_Char* name, const XML_Char** attributes) {
  const auto& state = *static_cast<ParserState*>(user);
  guarded(state.handler, state.parser,
          [&](GraphmlHandler& handler) { handler.begin_element(local_name(name), attributes); });
}
void on_end(void* user, const XML_Char* name) {
  const auto& state = *static_cast<ParserState*>(user);
  guarded(state.handler, state.parser, [&](GraphmlHandler& handler) { handler.end_element(local_name(name)); });
}
void on_characters(void* user, const XML_Char* text, int size) {
  const auto& state = *static_cast<ParserState*>(user);
  guarded(state.handler, state.parser,
          [&](GraphmlHandler& handler) { handler.characters({text, static_cast<std::size_t>(size)}); });
}

void parse_xml(RunContext& context, const GraphmlHandler& handler, XML_Parser parser, std::string_view text) {
  constexpr std::size_t step_bytes = std::size_t{1} << 20;
  while (true) {
    const std::string_view step = text.substr(0, step_bytes);
    text.remove_prefix(step.size());
    const auto status = XML_Parse(parser, step.data(), static_cast<int>(step.size()), text.empty() ? 1 : 0);
    if (handler.failure) std::rethrow_exception(handler.failure);
    if (status != XML_STATUS_OK) {
      handler.refuse(fmt::format("XML that is not well formed ({})", XML_ErrorString(XML_GetErrorCode(parser))),
                     "a GraphML file");
    }
    context.advance(step.size());
    if (text.empty()) return;
  }
}

std::uint64_t estimate_graphml(const std::filesystem::path&, std::string_view bytes, const ReadOptions&,
                               const BuildOptions& build) {
  // An element of an edge takes some forty bytes of text at least: <edge source="1" target="2"/> and a line end.
  const std::uint64_t edges = bytes.size() / 32;
  return bytes.size() + edges * 24 + bytes.size() / 24 * 96 +
         estimate_build_memory(static_cast<std::size_t>(edges), static_cast<std::size_t>(edges), false, build.directed);
}

DatasetFile read_graphml(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  context.require_memory(resident_bytes() + estimate_graphml(file.path(), file.bytes(), read, build), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                                        XML_ParserFree);
  if (parser == nullptr) throw std::bad_alloc();
  GraphmlHandler handler(file.path(), read, parser.get());
  ParserState state{&handler, parser.get()};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_characters);
  parse_xml(context, handler, parser.get(), file.bytes());
  handler.finish();
  file.release();

  auto [nodes, ids] = handler.names().index(context);
  Array<Edge> edges(handler.edges().size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    edges[e] = {ids[handler.edges()[e].source], ids[handler.edges()[e].target]};
  }
  Array<float> weights(handler.weights().size());
  std::ranges::copy(handler.weights(), weights.begin());
  BuildOptions options = build;
  options.directed = build.directed || handler.directed();
  BuiltGraph built = build_graph(context, std::move(edges), std::move(weights), std::move(nodes), options);
  context.end_stage();
  DatasetFile result;
  result.read.details =
      fmt::format("{}, {}{}", options.directed ? "directed" : "undirected",
                  built.graph.view().weighted() ? "with weights" : "without weights",
                  handler.other_keys() == 0
                      ? std::string()
                      : ", " + counted(handler.other_keys(), "kind of data left out", "kinds of data left out"));
  result.read.numeric_names = built.graph.view().nodes().name_offsets().empty();
  result.build = built.report;
  result.data.nodes = built.graph.view().shared_nodes();
  result.data.graph = std::move(built.graph);
  return result;
}

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '"':
        text += "&quot;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

/// InvalidData for what XML 1.0 cannot hold.
std::string xml_name(const std::filesystem::path& path, const std::string& name) {
  if (has_control_character(name)) {
    throw InvalidData(fmt::format("{}: the node name {} has a control character, which XML cannot hold", path.string(),
                                  quote_for_message(name)));
  }
  if (!is_utf8(name)) {
    throw InvalidData(
        fmt::format("{}: the node name {} is not UTF-8, which XML holds nothing else than; write a store "
                    "(.adjoin) instead",
                    path.string(), quote_for_message(name)));
  }
  return escaped(name);
}

void write_graphml(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const GraphView graph = graph_to_write(dataset, path, graphml_format);
  const CsrView a = graph.out();
  OutputFile file(path);
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
  if (a.weighted()) text += "  <key id=\"w\" for=\"edge\" attr.name=\"weight\" attr.type=\"float\"/>\n";
  text += fmt::format("  <graph edgedefault=\"{}\">\n", graph.directed() ? "directed" : "undirected");
  constexpr std::size_t block_bytes = std::size_t{4} << 20;
  const auto write_full_blocks = [&] {
    if (text.size() < block_bytes) return;
    context.check_cancelled();
    file.write(text);
    text.clear();
  };
  context.begin_stage("write", "rows", a.row_count());
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    fmt::format_to(std::back_inserter(text), "    <node id=\"{}\"/>\n",
                   xml_name(path, graph.nodes().name(node_id(row))));
    write_full_blocks();
  }
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    const std::string source = xml_name(path, graph.nodes().name(node_id(row)));
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      fmt::format_to(std::back_inserter(text), "    <edge source=\"{}\" target=\"{}\"", source,
                     xml_name(path, graph.nodes().name(a.targets[e])));
      if (a.weighted()) {
        fmt::format_to(std::back_inserter(text), "><data key=\"w\">{}</data></edge>\n", format_number(a.weights[e]));
      } else {
        text += "/>\n";
      }
    }
    write_full_blocks();
  }
  text += "  </graph>\n</graphml>\n";
  file.write(text);
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format graphml_format{FileFormat::graphml, "GraphML file",   ".graphml .xml", recognizes_graphml,
                                      read_graphml,        estimate_graphml, Holds::edges,    write_graphml};

}  // namespace adjoin::detail
