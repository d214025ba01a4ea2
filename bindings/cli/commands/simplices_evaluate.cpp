#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct MethodChoice {
  std::string methods = "all";

  static constexpr auto fields() {
    return std::tuple{option_field(
        "methods", &MethodChoice::methods,
        "names with commas between, or all: harmonic-mean, geometric-mean, arithmetic-mean, minimum, maximum, "
        "mean-of-power-P for any number P, common-neighbors, jaccard, adamic-adar, degrees, simplicial-degrees")};
  }
};

struct EvaluateState {
  std::vector<std::string> data;
  TripleEvaluationOptions evaluation;
  MethodChoice choice;
  ReadOptions read;
};

Json evaluation_json(const TripleEvaluation& e, int decimals) {
  Json methods = Json::array();
  for (const TripleMethodResult& result : e.methods) {
    methods.push_back({{"method", triple_method_name(result.method)},
                       {"average_precision", result.average_precision},
                       {"improvement", result.improvement}});
  }
  return Json{{"train_until", format_time(e.train_until, decimals)},
              {"test_until", format_time(e.test_until, decimals)},
              {"train_simplices", e.train_simplices},
              {"test_simplices", e.test_simplices},
              {"nodes", e.nodes},
              {"edges", e.edges},
              {"closed_triangles", e.closed_triangles},
              {"open_triangles", e.open_triangles},
              {"positives", e.positives},
              {"positive_rate", e.positive_rate},
              {"methods", methods},
              {"record", Json::parse(to_json(e.record))}};
}

std::string evaluation_text(const TripleEvaluation& e, ClosureLabels labels) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"method", fmt::format("{:>17}  {:>11}", "average precision", "over random")}};
  for (const TripleMethodResult& result : e.methods) {
    rows.emplace_back(triple_method_name(result.method),
                      fmt::format("{:>17.6f}  {:>11.3f}", result.average_precision, result.improvement));
  }
  return two_columns(rows) + fmt::format("\n{} open triangles, of which {} close ({:.4g}){}\n",
                                         format_count(e.open_triangles), format_count(e.positives), e.positive_rate,
                                         labels == ClosureLabels::reference
                                             ? ", by the labels of the program released with the paper"
                                             : "");
}

void run_evaluate(Session& session, const EvaluateState& state) {
  validate(state.evaluation);
  const std::vector<TripleMethod> methods = parse_triple_methods(state.choice.methods);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  const SimplexView simplices = data.log.view();
  ProjectionOptions projection;
  projection.max_size = state.evaluation.max_size;
  if (session.only_estimate(resident_bytes() + estimate_projection_memory(simplices, projection))) return;
  TripleEvaluation e = evaluate_triples(session.context(), simplices, data.file.data.nodes, methods, state.evaluation);
  if (session.options().json) {
    std::vector<OptionValue> options = option_values(state.evaluation);
    for (OptionValue& value : option_values(state.choice)) options.push_back(std::move(value));
    e.record.options = std::move(options);
    session.print(evaluation_json(e, simplices.decimals).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  tell_remarks(session, path, e.record);
  session.note(fmt::format("trained on {} simplices up to {}, judged by {} up to {}", format_count(e.train_simplices),
                           format_time(e.train_until, simplices.decimals), format_count(e.test_simplices),
                           format_time(e.test_until, simplices.decimals)));
  session.print(evaluation_text(e, state.evaluation.labels));
}

}  // namespace

Command simplices_evaluate_command() {
  const auto state = std::make_shared<EvaluateState>();
  Command command;
  command.name = "evaluate";
  command.summary = "say how well scores foretell which open triangles close";
  command.description =
      "Projects the first simplices in time to pairs, scores all open triangles of them, and compares the scores with "
      "which of these have all three nodes in a later simplex. Printed are the average precision and how many times it "
      "is that of random scores, which is the share of triangles that close (Benson et al. 2018).";
  command.positionals = {{"DATA", "simplices in time; - is standard input", &state->data}};
  command.groups = {{"Evaluation",
                     [&] {
                       auto options = bind_options(state->choice);
                       for (Option& option : bind_options(state->evaluation)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Reading the file", bind_options(state->read)}};
  command.examples = {
      {"simplices evaluate groups-nverts.txt", "every score, trained on the first four fifths"},
      {"simplices evaluate groups-nverts.txt --methods geometric-mean,adamic-adar --json", "two of them, as JSON"}};
  command.run = [state](Session& session) { run_evaluate(session, *state); };
  return command;
}

}  // namespace adjoin::cli
