#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [name, value] : rows) width = std::max(width, name.size());
  std::string text;
  for (const auto& [name, value] : rows) text += fmt::format("{:<{}}  {}\n", name, width, value);
  return text;
}

std::string graph_phrase(GraphView graph) {
  return fmt::format("{}{}, {} nodes, {} edges", graph.directed() ? "directed" : "undirected",
                     graph.weighted() ? ", weighted" : "", format_count(graph.node_count()),
                     format_count(graph.edge_count()));
}

GraphFile read_graph_and_tell(Session& session, const std::string& path, const ReadOptions& read,
                              const BuildOptions& build) {
  GraphFile file = read_graph(session.context(), path, read, build);
  session.note(fmt::format("{}: {}", path, file.read.sentence()));
  for (const Remark& remark : file.build.remarks()) {
    session.note(fmt::format("{}: {} {}", path, format_count(remark.count), remark.what));
  }
  return file;
}

Json graph_json(const GraphFile& file) {
  const GraphView graph = file.graph.view();
  return Json{{"nodes", graph.node_count()},
              {"edges", graph.edge_count()},
              {"directed", graph.directed()},
              {"weighted", graph.weighted()},
              {"format", file.read.sentence()},
              {"lines", file.read.lines},
              {"comment_lines", file.read.comment_lines},
              {"blank_lines", file.read.blank_lines},
              {"edges_given", file.build.edges_given},
              {"self_loops_dropped", file.build.self_loops_dropped},
              {"duplicates_merged", file.build.duplicates_merged}};
}

std::string stages_phrase(const RunRecord& record) {
  std::string text;
  for (const StageTime& stage : record.stages) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", stage.name, format_seconds(stage.seconds));
  }
  return text;
}

}  // namespace adjoin::cli
