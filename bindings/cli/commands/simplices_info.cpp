#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/homology.hpp>
#include <adjoin/algorithms/simplicial/simplex_statistics.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct InfoOptions {
  int max_size = default_max_simplex_size;
  bool homology = false;

  static constexpr auto fields() {
    return std::tuple{
        option_field("max-size", &InfoOptions::max_size, {1, 1'000'000}, "simplices of more nodes are left out"),
        option_field("homology", &InfoOptions::homology,
                     "count pieces, holes and voids too: the Betti numbers of the complex of nodes, pairs and closed "
                     "triangles")};
  }
};

struct SimplicesInfoState {
  std::vector<std::string> data;
  InfoOptions info;
  ReadOptions read;
};

Json configurations_json(const ConfigurationCensus& census) {
  Json rows = Json::array();
  for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
    rows.push_back({{"ties", tie_configuration_names[k]}, {"open", census.open[k]}, {"closed", census.closed[k]}});
  }
  return rows;
}

Json statistics_json(const SimplexStatistics& s) {
  return Json{{"nodes", s.nodes},
              {"simplices", s.simplices},
              {"too_large", s.too_large},
              {"distinct", s.distinct},
              {"largest", s.largest},
              {"mean_size", s.mean_size},
              {"edges", s.edges},
              {"mean_weight", s.mean_weight},
              {"density", s.density},
              {"mean_degree", s.mean_degree},
              {"open_triangles", s.census.open_triangles()},
              {"closed_triangles", s.census.closed_triangles()},
              {"fraction_open", s.census.fraction_open()},
              {"configurations", configurations_json(s.census)},
              {"record", Json::parse(to_json(s.record))}};
}

std::string statistics_text(const SimplexStatistics& s) {
  std::string text =
      two_columns({{"nodes", format_count(s.nodes)},
                   {"simplices", format_count(s.simplices)},
                   {"distinct simplices", format_count(s.distinct)},
                   {"nodes in a simplex", fmt::format("at most {}, mean {:.4g}", s.largest, s.mean_size)},
                   {"linked pairs", format_count(s.edges)},
                   {"simplices of a pair", fmt::format("mean {:.4g}", s.mean_weight)},
                   {"density", fmt::format("{:.4g}", s.density)},
                   {"mean degree", fmt::format("{:.4g}", s.mean_degree)},
                   {"closed triangles", format_count(s.census.closed_triangles())},
                   {"open triangles", format_count(s.census.open_triangles())},
                   {"open, of all", fmt::format("{:.4f}", s.census.fraction_open())}});
  std::vector<std::pair<std::string, std::string>> rows{{"ties", fmt::format("{:>20}  {:>20}", "open", "closed")}};
  for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
    const std::string closed = k < first_triangle_configuration ? "-" : format_count(s.census.closed[k]);
    rows.emplace_back(tie_configuration_names[k],
                      fmt::format("{:>20}  {:>20}", format_count(s.census.open[k]), closed));
  }
  return text + "\nthree nodes by their ties (0 none, 1 weak, 2 strong):\n" + two_columns(rows);
}

Json homology_json(const Homology& h) {
  return Json{{"vertices", h.simplices[0]}, {"edges", h.simplices[1]}, {"triangles", h.simplices[2]},
              {"ranks", h.ranks},           {"betti", h.betti},        {"prime", h.prime}};
}

std::string homology_text(const Homology& h) {
  return "\nhomology, up to closed triangles:\n" + two_columns({{"pieces", format_count(h.betti[0])},
                                                                {"holes", format_count(h.betti[1])},
                                                                {"voids", format_count(h.betti[2])},
                                                                {"rank of B1", format_count(h.ranks[0])},
                                                                {"rank of B2", format_count(h.ranks[1])}});
}

/// Of the same simplices as the statistics.
std::optional<Homology> wanted_homology(Session& session, const ReadSimplices& data, const ProjectionOptions& options,
                                        bool wanted) {
  if (!wanted) return std::nullopt;
  RunContext& context = session.context();
  const Projection projection = project_simplices(context, data.log.view(), data.file.data.nodes, options);
  return homology(context, simplicial_complex(context, projection));
}

void run_simplices_info(Session& session, const SimplicesInfoState& state) {
  validate(state.info);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  ProjectionOptions projection;
  projection.max_size = state.info.max_size;
  if (session.only_estimate(resident_bytes() + estimate_projection_memory(data.log.view(), projection))) return;
  const SimplexStatistics s =
      simplex_statistics(session.context(), data.log.view(), data.file.data.nodes, state.info.max_size);
  const std::optional<Homology> h = wanted_homology(session, data, projection, state.info.homology);
  if (session.options().json) {
    Json json = statistics_json(s);
    if (h) json["homology"] = homology_json(*h);
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  tell_remarks(session, path, s.record);
  session.print(statistics_text(s) + (h ? homology_text(*h) : ""));
}

}  // namespace

Command simplices_info_command() {
  const auto state = std::make_shared<SimplicesInfoState>();
  Command command;
  command.name = "info";
  command.summary = "say how many simplices, pairs and open and closed triangles there are";
  command.description =
      "Counts the simplices of a file, the pairs of nodes that share one, and all triples of nodes by their ties: a "
      "tie is weak if one simplex has both nodes, strong if several have. Three nodes of which every two are tied are "
      "a triangle; it is closed if one simplex has all three, else open (Benson et al. 2018).";
  command.positionals = {{"DATA", "simplices, events or a graph; - is standard input", &state->data}};
  command.groups = {{"Simplices", bind_options(state->info)}, {"Reading the file", bind_options(state->read)}};
  command.examples = {{"simplices info groups-nverts.txt", "with groups-simplices.txt and groups-times.txt beside it"},
                      {"simplices info groups-nverts.txt --max-size 5 --json", "no large groups, as JSON"},
                      {"simplices info groups-nverts.txt --homology", "holes and voids too"}};
  command.run = [state](Session& session) { run_simplices_info(session, *state); };
  return command;
}

}  // namespace adjoin::cli
