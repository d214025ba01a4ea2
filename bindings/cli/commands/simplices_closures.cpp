#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/configurations.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct ClosuresState {
  std::vector<std::string> data;
  ClosureOptions closures;
  ReadOptions read;
};

Json closures_json(const ClosuresByTime& c, int decimals) {
  Json rows = Json::array();
  for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
    rows.push_back({{"ties", tie_configuration_names[k]},
                    {"open", c.table.open[k]},
                    {"closed", c.table.closed[k]},
                    {"probability", c.probability(k)}});
  }
  return Json{{"first_until", format_time(c.first_until, decimals)},
              {"later_until", format_time(c.later_until, decimals)},
              {"first_simplices", c.first_simplices},
              {"later_simplices", c.later_simplices},
              {"configurations", rows},
              {"record", Json::parse(to_json(c.record))}};
}

std::string closures_text(const ClosuresByTime& c) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"ties", fmt::format("{:>20}  {:>12}  {:>11}", "open", "close later", "probability")}};
  for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
    rows.emplace_back(tie_configuration_names[k],
                      fmt::format("{:>20}  {:>12}  {:>11.3e}", format_count(c.table.open[k]),
                                  format_count(c.table.closed[k]), c.probability(k)));
  }
  return two_columns(rows);
}

void run_closures(Session& session, const ClosuresState& state) {
  validate(state.closures);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  const SimplexView simplices = data.log.view();
  ProjectionOptions projection;
  projection.max_size = state.closures.max_size;
  if (session.only_estimate(resident_bytes() + estimate_projection_memory(simplices, projection))) return;
  const ClosuresByTime c = closures_by_time(session.context(), simplices, data.file.data.nodes, state.closures);
  if (session.options().json) {
    session.print(closures_json(c, simplices.decimals).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  tell_remarks(session, path, c.record);
  session.note(fmt::format("{} simplices up to {}, then {} up to {}", format_count(c.first_simplices),
                           format_time(c.first_until, simplices.decimals), format_count(c.later_simplices),
                           format_time(c.later_until, simplices.decimals)));
  session.print(closures_text(c));
}

}  // namespace

Command simplices_closures_command() {
  const auto state = std::make_shared<ClosuresState>();
  Command command;
  command.name = "closures";
  command.summary = "say how often three nodes close, by the ties that they had";
  command.description =
      "Counts, by their ties in the first simplices, all triples of nodes that no simplex has whole, and how many of "
      "them a later simplex has: 0 is no tie, 1 a weak one, of one simplex, 2 a strong one (Benson et al. 2018, figure "
      "6).";
  command.positionals = {{"DATA", "simplices in time; - is standard input", &state->data}};
  command.groups = {{"Closures", bind_options(state->closures)}, {"Reading the file", bind_options(state->read)}};
  command.examples = {
      {"simplices closures groups-nverts.txt", "the last fifth says what closes"},
      {"simplices closures groups-nverts.txt --until 0.6 --json", "in the first three fifths, as JSON"}};
  command.run = [state](Session& session) { run_closures(session, *state); };
  return command;
}

}  // namespace adjoin::cli
