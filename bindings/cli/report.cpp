#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/mean_sd.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

void print_json(Session& session, const Json& json) {
  session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

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

void check_standard_output(const Session& session, const std::string& output) {
  if (output != "-" || !session.options().json) return;
  throw InvalidOption("--json and the output - would both go to standard output; write to a file, or leave out --json");
}

std::string output_phrase(const std::string& output) {
  return output == "-" ? "standard output" : output;
}

void tell_reading(Session& session, const std::string& path, const ReadReport& read,
                  const std::vector<Remark>& remarks) {
  session.note(fmt::format("{}: {}", path, read.sentence()));
  for (const Remark& remark : remarks) {
    session.note(fmt::format("{}: {} {}", path, format_count(remark.count), remark.what));
  }
}

GraphFile read_graph_and_tell(Session& session, const std::string& path, const ReadOptions& read,
                              const BuildOptions& build) {
  GraphFile file = read_graph(session.context(), path, read, build);
  tell_reading(session, path, file.read, file.build.remarks());
  return file;
}

Json graph_json(GraphView graph, const ReadReport& read, const BuildReport& build) {
  return Json{{"nodes", graph.node_count()},
              {"edges", graph.edge_count()},
              {"directed", graph.directed()},
              {"weighted", graph.weighted()},
              {"format", read.sentence()},
              {"lines", read.lines},
              {"comment_lines", read.comment_lines},
              {"blank_lines", read.blank_lines},
              {"edges_given", build.edges_given},
              {"self_loops_dropped", build.self_loops_dropped},
              {"duplicates_merged", build.duplicates_merged}};
}

std::string mean_sd_text(std::span<const double> values) {
  const MeanSd over = mean_sd(values);
  return values.size() == 1 ? fmt::format("{:.4f}", over.mean) : fmt::format("{:.4f} ± {:.4f}", over.mean, over.sd);
}

Json mean_sd_json(std::span<const double> values) {
  const MeanSd over = mean_sd(values);
  return Json{{"mean", over.mean}, {"sd", over.sd}, {"values", values}};
}

Json curves_json(const RankingCurves& curves) {
  const auto points = [](const std::vector<CurvePoint>& curve) {
    Json json = Json::array();
    for (const CurvePoint& point : curve) json.push_back({point.x, point.y});
    return json;
  };
  return {{"roc", points(curves.roc)}, {"precision_recall", points(curves.precision_recall)}};
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
