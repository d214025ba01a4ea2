#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/four_node_configurations.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct SetOptions {
  int nodes = 3;

  static constexpr auto fields() {
    return std::tuple{option_field("nodes", &SetOptions::nodes, {3, 4},
                                   "nodes of a set: 3, or 4, of which those with a triangle among them are counted",
                                   "Benson et al. 2018, figure 6 and supplement")};
  }
};

struct ClosuresState {
  std::vector<std::string> data;
  SetOptions sets;
  ClosureOptions closures;
  SimplicesPicture picture;
  ReadOptions read;
};

struct ConfigurationRow {
  int edges;
  std::string_view ties;
  std::uint64_t open;
  std::uint64_t closed;
  double probability;
};

/// Closures of three or of four nodes alike.
struct Closures {
  ClosurePeriods periods;
  std::vector<ConfigurationRow> rows;
  RunRecord record;
};

Closures count(Session& session, const SimplexView& simplices, const std::shared_ptr<const NodeIndex>& nodes,
               const ClosuresState& state) {
  Closures result;
  const auto add = [&](const auto& closures, std::size_t k, int edges, std::string_view ties) {
    result.rows.push_back({edges, ties, closures.table.open[k], closures.table.closed[k], closures.probability(k)});
  };
  if (state.sets.nodes == 3) {
    const ClosuresByTime closures = closures_by_time(session.context(), simplices, nodes, state.closures);
    for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
      const std::string_view ties = tie_configuration_names[k];
      add(closures, k, static_cast<int>(ties.size() - static_cast<std::size_t>(std::ranges::count(ties, '0'))), ties);
    }
    result.periods = closures;
    result.record = closures.record;
  } else {
    const FourNodeClosuresByTime closures =
        four_node_closures_by_time(session.context(), simplices, nodes, state.closures);
    for (std::size_t k = 0; k < four_node_configurations.size(); ++k) {
      add(closures, k, four_node_configurations[k].edges, four_node_configurations[k].ties);
    }
    result.periods = closures;
    result.record = closures.record;
  }
  for (OptionValue& value : option_values(state.sets)) result.record.options.push_back(std::move(value));
  return result;
}

Json closures_json(const Closures& c, int decimals) {
  Json rows = Json::array();
  for (const ConfigurationRow& row : c.rows) {
    rows.push_back({{"edges", row.edges},
                    {"ties", row.ties},
                    {"open", row.open},
                    {"closed", row.closed},
                    {"probability", row.probability}});
  }
  return Json{{"first_until", format_time(c.periods.first_until, decimals)},
              {"later_until", format_time(c.periods.later_until, decimals)},
              {"first_simplices", c.periods.first_simplices},
              {"later_simplices", c.periods.later_simplices},
              {"configurations", rows},
              {"record", Json::parse(to_json(c.record))}};
}

/// Of three nodes the ties say how many edges there are.
std::string closures_text(const Closures& c, int nodes) {
  const auto edges = [&](const std::string& text) { return nodes == 3 ? "" : fmt::format("{:>5}  ", text); };
  std::vector<std::pair<std::string, std::string>> rows{
      {"ties", edges("edges") + fmt::format("{:>20}  {:>12}  {:>11}", "open", "close later", "probability")}};
  for (const ConfigurationRow& row : c.rows) {
    rows.emplace_back(
        row.ties, edges(std::to_string(row.edges)) + fmt::format("{:>20}  {:>12}  {:>11.3e}", format_count(row.open),
                                                                 format_count(row.closed), row.probability));
  }
  return two_columns(rows);
}

Json closures_drawing(const Closures& c, const ClosuresState& state) {
  Json rows = Json::array();
  for (const ConfigurationRow& row : c.rows) {
    rows.push_back({{"edges", row.edges}, {"ties", row.ties}, {"open", row.open}, {"closed", row.closed}});
  }
  return Json{{"kind", "closures"}, {"title", ""}, {"nodes", state.sets.nodes}, {"configurations", rows}};
}

std::uint64_t estimate(Session& session, const SimplexView& simplices, const ClosuresState& state) {
  if (state.sets.nodes == 4)
    return estimate_four_node_closures_memory(simplices, state.closures, session.context().threads().count());
  ProjectionOptions projection;
  projection.max_size = state.closures.max_size;
  return estimate_projection_memory(simplices, projection);
}

void run_closures(Session& session, const ClosuresState& state) {
  validate(state.sets);
  validate(state.closures);
  check_picture(state.picture);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  const SimplexView simplices = data.log.view();
  if (session.only_estimate(resident_bytes() + estimate(session, simplices, state))) return;
  const Closures c = count(session, simplices, data.file.data.nodes, state);
  if (session.options().json) {
    session.print(closures_json(c, simplices.decimals).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    tell_remarks(session, path, c.record);
    session.note(fmt::format("{} simplices up to {}, then {} up to {}", format_count(c.periods.first_simplices),
                             format_time(c.periods.first_until, simplices.decimals),
                             format_count(c.periods.later_simplices),
                             format_time(c.periods.later_until, simplices.decimals)));
    session.print(closures_text(c, state.sets.nodes));
  }
  if (!state.picture.wanted()) return;
  draw(closures_drawing(c, state), state.picture.plot);
  session.note(fmt::format("wrote {}", state.picture.plot));
}

}  // namespace

Command simplices_closures_command() {
  const auto state = std::make_shared<ClosuresState>();
  Command command;
  command.name = "closures";
  command.summary = "say how often three or four nodes close, by the ties that they had";
  command.description =
      "Counts all sets of three nodes that none of the first simplices has whole, by the ties of their pairs, and how "
      "many of them a later simplex has: 0 is no tie, 1 a weak one, of one simplex, 2 a strong one (Benson et al. "
      "2018, figure 6). With --nodes 4, sets of four nodes with a triangle among them, by their edges and by the ties "
      "of their triangles: 0 is a triangle that no simplex has whole.";
  command.positionals = {{"DATA", "simplices in time; - is standard input", &state->data}};
  command.groups = {{"Closures",
                     [&] {
                       auto options = bind_options(state->sets);
                       for (Option& option : bind_options(state->closures)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Picture", bind_options(state->picture)},
                    {"Reading the file", bind_options(state->read)}};
  command.examples = {
      {"simplices closures groups-nverts.txt", "the last fifth says what closes"},
      {"simplices closures groups-nverts.txt --nodes 4 --plot closures.svg", "sets of four nodes, and a picture"},
      {"simplices closures groups-nverts.txt --until 0.6 --json", "in the first three fifths, as JSON"}};
  command.run = [state](Session& session) { run_closures(session, *state); };
  return command;
}

}  // namespace adjoin::cli
