#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/evaluate_quadruples.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/commands/simplices_predict.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

Json best_json(const BestQuadruples& found, const QuadrupleScoring& scoring, const NodeIndex& nodes) {
  Json methods = Json::array();
  for (std::size_t k = 0; k < found.best.size(); ++k) {
    Json rows = Json::array();
    for (const auto& [four, score] : found.best[k]) {
      rows.push_back({{"nodes", {nodes.name(four.a), nodes.name(four.b), nodes.name(four.c), nodes.name(four.d)}},
                      {"score", score}});
    }
    methods.push_back({{"method", scoring.names[k]}, {"tetrahedra", std::move(rows)}});
  }
  return Json{{"open_tetrahedra", found.open_tetrahedra},
              {"closed_tetrahedra", found.closed_tetrahedra},
              {"methods", std::move(methods)}};
}

std::string best_text(const BestQuadruples& found, const QuadrupleScoring& scoring, const NodeIndex& nodes) {
  std::string text;
  for (std::size_t k = 0; k < found.best.size(); ++k) {
    if (k > 0) text += "\n";
    text += fmt::format("a\tb\tc\td\t{}\n", scoring.names[k]);
    for (const auto& [four, score] : found.best[k]) {
      text += fmt::format("{}\t{}\t{}\t{}\t{:.6g}\n", nodes.name(four.a), nodes.name(four.b), nodes.name(four.c),
                          nodes.name(four.d), score);
    }
  }
  return text;
}

void print_best(Session& session, const PredictState& state, const ReadSimplices& data,
                const std::vector<GroupMethod>& methods) {
  RunContext& context = session.context();
  const auto& nodes = data.file.data.nodes;
  const Projection projection =
      project_simplices(context, data.log.view(), nodes, {TieWeight::count, state.what.max_size});
  const auto top = static_cast<std::size_t>(state.what.top);
  const std::uint64_t peak =
      resident_bytes() + estimate_best_quadruples_memory(projection, methods.size(), top, context.threads().count());
  if (session.only_estimate(std::max(peak, peak_resident_bytes()))) return;
  const QuadrupleScoring scoring = prepare_quadruple_scores(projection, methods);
  const BestQuadruples found = best_open_tetrahedra(context, projection, scoring, top, state.what.closed_faces);
  RunRecord record = context.record("simplices predict", values_of(state));
  if (projection.incidence.too_large > 0) {
    record.remarks.push_back({"simplices left out for their size", projection.incidence.too_large});
  }
  if (session.options().json) {
    Json json = best_json(found, scoring, *nodes);
    json["record"] = Json::parse(to_json(record));
    print_json(session, json);
    return;
  }
  tell_remarks(session, state.data.front(), record);
  session.note(fmt::format("{} open tetrahedra, {} closed ones", format_count(found.open_tetrahedra),
                           format_count(found.closed_tetrahedra)));
  session.print(best_text(found, scoring, *nodes));
}

void print_evaluation(Session& session, const PredictState& state, const ReadSimplices& data,
                      const std::vector<GroupMethod>& methods) {
  RunContext& context = session.context();
  const SimplexView simplices = data.log.view();
  const auto& nodes = data.file.data.nodes;
  const QuadrupleEvaluationOptions options{state.judge.train, state.judge.until, state.what.closed_faces,
                                           state.what.max_size, state.judge.resamples};
  if (session.options().estimate) {
    const std::uint64_t peak = estimate_quadruple_evaluation_memory(context, simplices, nodes, methods.size(), options);
    session.only_estimate(std::max(peak, peak_resident_bytes()));
    return;
  }
  const QuadrupleEvaluation e = evaluate_quadruples(context, simplices, nodes, methods, options);
  const bool interval = options.resamples > 0;
  const int decimals = simplices.decimals;
  tell_remarks(session, state.data.front(), e.record);
  session.note(fmt::format("trained on {} simplices up to {}, judged by {} up to {}", format_count(e.train_simplices),
                           format_time(e.train_until, decimals), format_count(e.test_simplices),
                           format_time(e.test_until, decimals)));
  RunRecord record = context.record("simplices predict", values_of(state));
  record.remarks = e.record.remarks;
  const Json json{
      {"data", state.data.front()},
      {"train_until", format_time(e.train_until, decimals)},
      {"test_until", format_time(e.test_until, decimals)},
      {"train_simplices", e.train_simplices},
      {"test_simplices", e.test_simplices},
      {"nodes", e.nodes},
      {"edges", e.edges},
      {"closed_tetrahedra", e.closed_tetrahedra},
      {"open_tetrahedra", e.open_tetrahedra},
      {"evaluations", Json::array({figures_json("correct", e.positives, e.positive_rate, e.methods, interval)})},
      {"record", Json::parse(to_json(record))}};
  const std::string about = fmt::format("{} open tetrahedra, of which {} close ({:.4g})",
                                        format_count(e.open_tetrahedra), format_count(e.positives), e.positive_rate);
  print_figures(session, state, json, figures_text(e.methods, about, interval));
}

}  // namespace

void predict_quadruples(Session& session, const PredictState& state) {
  const std::string usual = state.judge.evaluate ? "all" : "geometric-mean";
  const auto methods = parse_group_methods(state.what.methods.empty() ? usual : state.what.methods);
  const ReadSimplices data = read_simplices(session, state.data.front(), state.read);
  if (state.judge.evaluate) {
    print_evaluation(session, state, data, methods);
  } else {
    print_best(session, state, data, methods);
  }
}

}  // namespace adjoin::cli
