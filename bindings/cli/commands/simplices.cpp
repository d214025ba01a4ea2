#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/algorithms/simplicial/simplex_statistics.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct InfoOptions {
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    return std::tuple{
        option_field("max-size", &InfoOptions::max_size, {1, 1'000'000}, "simplices of more nodes are left out")};
  }
};

struct MethodChoice {
  std::string methods = "all";

  static constexpr auto fields() {
    return std::tuple{option_field(
        "methods", &MethodChoice::methods,
        "names with commas between, or all: harmonic-mean, geometric-mean, arithmetic-mean, minimum, maximum, "
        "mean-of-power-P for any number P, common-neighbors, jaccard, adamic-adar, degrees, simplicial-degrees")};
  }
};

struct InfoState {
  std::vector<std::string> data;
  InfoOptions info;
  ReadOptions read;
};

struct ClosuresState {
  std::vector<std::string> data;
  ClosureOptions closures;
  ReadOptions read;
};

struct EvaluateState {
  std::vector<std::string> data;
  TripleEvaluationOptions evaluation;
  MethodChoice choice;
  ReadOptions read;
};

/// What a file holds of simplices, or can be seen as some.
struct ReadSimplices {
  DatasetFile file;
  SimplexLog log;
};

ReadSimplices read_simplices(Session& session, const std::string& path, const ReadOptions& read) {
  ReadSimplices result{read_dataset(session.context(), path, read, {}), {}};
  Dataset& data = result.file.data;
  tell_reading(session, path, result.file.read, result.file.build.remarks());
  if (data.simplices) {
    result.log = std::move(*data.simplices);
  } else {
    result.log = as_simplices(session.context(), data);
    session.note(fmt::format("{}: no simplices; each {} is seen as one", path, data.events ? "event" : "edge"));
  }
  return result;
}

void tell_remarks(Session& session, const std::string& path, const RunRecord& record) {
  for (const Remark& remark : record.remarks) {
    session.note(fmt::format("{}: {} {}", path, format_count(remark.count), remark.what));
  }
}

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

void run_info(Session& session, const InfoState& state) {
  validate(state.info);
  const std::string& path = state.data.front();
  const ReadSimplices data = read_simplices(session, path, state.read);
  ProjectionOptions projection;
  projection.max_size = state.info.max_size;
  if (session.only_estimate(resident_bytes() + estimate_projection_memory(data.log.view(), projection))) return;
  const SimplexStatistics s =
      simplex_statistics(session.context(), data.log.view(), data.file.data.nodes, state.info.max_size);
  if (session.options().json) {
    session.print(statistics_json(s).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  tell_remarks(session, path, s.record);
  session.print(statistics_text(s));
}

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

Command info_subcommand() {
  const auto state = std::make_shared<InfoState>();
  Command command;
  command.name = "info";
  command.summary = "say how many simplices, pairs and open and closed triangles there are";
  command.description =
      "Counts the simplices of a file, the pairs of nodes that share one, and all triples of nodes by their ties: a "
      "tie "
      "is weak if one simplex has both nodes, strong if several have. Three nodes of which every two are tied are a "
      "triangle; it is closed if one simplex has all three, else open (Benson et al. 2018).";
  command.positionals = {{"DATA", "simplices, events or a graph; - is standard input", &state->data}};
  command.groups = {{"Simplices", bind_options(state->info)}, {"Reading the file", bind_options(state->read)}};
  command.examples = {{"simplices info groups-nverts.txt", "with groups-simplices.txt and groups-times.txt beside it"},
                      {"simplices info groups-nverts.txt --max-size 5 --json", "no large groups, as JSON"}};
  command.run = [state](Session& session) { run_info(session, *state); };
  return command;
}

Command closures_subcommand() {
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

Command evaluate_subcommand() {
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

}  // namespace

Command simplices_command() {
  Command command;
  command.name = "simplices";
  command.summary = "describe groups of nodes in time, and foretell which nodes will meet in one";
  command.description =
      "A simplex is a set of any number of nodes at a time: the authors of a paper, those who get a message. Its "
      "subcommands count what simplices make of three nodes, and judge scores that foretell which three nodes will "
      "next "
      "be in one simplex.";
  command.subcommands = {info_subcommand(), closures_subcommand(), evaluate_subcommand()};
  return command;
}

}  // namespace adjoin::cli
