#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/lifecycles.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct LifecycleState {
  std::vector<std::string> data;
  LifecycleOptions lifecycles;
  SimplicesPicture picture;
  ReadOptions read;
};

Json lifecycles_json(const Lifecycles& l) {
  return Json{{"closed_triangles", l.closed_triangles},
              {"open_triangles", l.open_triangles},
              {"states", lifecycle_state_names},
              {"closing", l.closing},
              {"open", l.open},
              {"overlaps", l.overlaps},
              {"record", Json::parse(to_json(l.record))}};
}

Json lifecycles_drawing(const Lifecycles& l) {
  return Json{{"kind", "lifecycles"},
              {"title", ""},
              {"states", lifecycle_state_names},
              {"panels",
               {{{"name", "triangles that close"}, {"triangles", l.closed_triangles}, {"transitions", l.closing}},
                {{"name", "triangles that stay open"}, {"triangles", l.open_triangles}, {"transitions", l.open}}}}};
}

/// A line a state before, a column a state after: percent of what leaves or stays in the state before.
std::string transitions_text(const std::string& name, std::uint64_t triangles,
                             const LifecycleTransitions& transitions) {
  std::string head;
  for (const std::string_view state : lifecycle_state_names) head += fmt::format("{:>7}", state);
  std::vector<std::pair<std::string, std::string>> rows{{"from", head}};
  for (std::size_t from = 0; from < closed_state; ++from) {
    std::string line;
    for (std::size_t to = 0; to < lifecycle_state_names.size(); ++to) {
      line += transitions[to][from] == 0 ? fmt::format("{:>7}", "-")
                                         : fmt::format("{:>7.2f}", 100 * transition_probability(transitions, to, from));
    }
    rows.emplace_back(lifecycle_state_names[from], line);
  }
  return fmt::format("{} {}, percent that each state goes on to:\n", format_count(triangles), name) + two_columns(rows);
}

std::string lifecycles_text(const Lifecycles& l) {
  std::vector<std::pair<std::string, std::string>> overlaps;
  for (std::size_t k = 0; k < l.overlaps.size(); ++k) {
    const double share =
        l.open_triangles > 0 ? static_cast<double>(l.overlaps[k]) / static_cast<double>(l.open_triangles) : 0;
    overlaps.emplace_back(fmt::format("{} pairs", k),
                          fmt::format("{:>20}  {:>6.3f}", format_count(l.overlaps[k]), share));
  }
  return transitions_text("triangles that close", l.closed_triangles, l.closing) + "\n" +
         transitions_text("triangles that stay open", l.open_triangles, l.open) +
         "\nopen triangles by the pairs of their edges that were active at one time:\n" + two_columns(overlaps);
}

void run_lifecycle(Session& session, const LifecycleState& state) {
  validate(state.lifecycles);
  check_picture(state.picture);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  const SimplexView simplices = data.log.view();
  const int threads = session.context().threads().count();
  if (session.only_estimate(resident_bytes() + estimate_lifecycles_memory(simplices, state.lifecycles, threads)))
    return;
  const Lifecycles l = lifecycles(session.context(), simplices, data.file.data.nodes, state.lifecycles);
  if (session.options().json) {
    session.print(lifecycles_json(l).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    tell_remarks(session, path, l.record);
    session.print(lifecycles_text(l));
  }
  if (!state.picture.wanted()) return;
  draw(lifecycles_drawing(l), state.picture.plot);
  session.note(fmt::format("wrote {}", state.picture.plot));
}

}  // namespace

Command simplices_lifecycle_command() {
  const auto state = std::make_shared<LifecycleState>();
  Command command;
  command.name = "lifecycle";
  command.summary = "say which ties three nodes went through before they closed, or did not";
  command.description =
      "Follows every triangle through the simplices that have two of its nodes, in the order of time, until one has "
      "all three: its state is the ties of its pairs, 0 for none, 1 for a weak one, of one simplex, 2 for a strong "
      "one, and closed at the end. Counts how often a simplex takes triangles from one state to another, for those "
      "that close and for those that do not; and how many pairs of an open triangle's edges were active at one time, "
      "from their first simplex to their last (Benson et al. 2018).";
  command.positionals = {{"DATA", "simplices in time; - is standard input", &state->data}};
  command.groups = {{"Lifecycles", bind_options(state->lifecycles)},
                    {"Picture", bind_options(state->picture)},
                    {"Reading the file", bind_options(state->read)}};
  command.examples = {{"simplices lifecycle groups-nverts.txt", "how likely each state goes on to each other"},
                      {"simplices lifecycle groups-nverts.txt --plot lifecycle.svg", "the same as a heat map"}};
  command.run = [state](Session& session) { run_lifecycle(session, *state); };
  return command;
}

}  // namespace adjoin::cli
