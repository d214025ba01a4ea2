#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::cli {
namespace {

struct PageOptions {
  std::string title;
  std::string output;

  static constexpr auto fields() {
    return std::tuple{option_field("title", &PageOptions::title, "what stands above the page"),
                      option_field("output", &PageOptions::output, "the page to write, .html")};
  }
};

struct ReportState {
  std::vector<std::string> runs;
  PageOptions page;
};

void run_report(Session& session, const ReportState& state) {
  if (state.page.output.empty()) throw InvalidOption("-o is needed: the page to write, report.html");
  if (session.only_estimate(peak_resident_bytes())) return;
  std::vector<std::string> arguments{"report"};
  arguments.insert(arguments.end(), state.runs.begin(), state.runs.end());
  if (!state.page.title.empty()) arguments.insert(arguments.end(), {"--title", state.page.title});
  run_drawing_program(arguments, state.page.output);
  if (session.options().json) {
    session.print(Json{{"output", state.page.output}}.dump(2) + "\n");
    return;
  }
  session.note(fmt::format("wrote {}", state.page.output));
}

}  // namespace

Command report_command() {
  const auto state = std::make_shared<ReportState>();
  Command command;
  command.name = "report";
  command.summary = "make one page of the results of many runs";
  command.description =
      "Makes a page of HTML that needs no network: tables to sort, curves, quality against time and memory, and below, "
      "for every number, the command that made it. RUNS are files of bench/run, of adjoin linkpred (-o, or --json) "
      "or of adjoin simplices predict --evaluate --json, logs of adjoin train, or folders of them. Drawn by Matplotlib and laid out by "
      "Jinja2, which Python 3 has to have; ADJOIN_PYTHON names "
      "another Python.";
  command.positionals = {
      {.name = "RUNS", .help = "files of results, or folders of them", .values = &state->runs, .many = true}};
  command.groups = {{"Page", bind_options(state->page)}};
  command.examples = {
      {"report results.jsonl -o report.html", "after adjoin linkpred GRAPH --curves 200 -o results.jsonl"}};
  command.run = [state](Session& session) { run_report(session, *state); };
  return command;
}

}  // namespace adjoin::cli
