#include <algorithm>

#include <fmt/format.h>

#include <adjoin/bindings/cli/commands/simplices_predict.hpp>
#include <adjoin/bindings/cli/drawing.hpp>

namespace adjoin::cli {
namespace {

Json method_json(const GroupMethodResult& result, bool interval) {
  Json json{{"method", result.name}};
  if (!result.refusal.empty()) {
    json["refusal"] = result.refusal;
    return json;
  }
  json["average_precision"] = result.average_precision;
  json["improvement"] = result.improvement;
  if (interval) json["interval"] = {result.interval.low, result.interval.high};
  if (!result.note.empty()) json["note"] = result.note;
  return json;
}

std::string figure_text(const GroupMethodResult& result, bool interval) {
  if (!result.refusal.empty()) return result.refusal;
  std::string figure = fmt::format("{:>17.6f}  {:>11.3f}", result.average_precision, result.improvement);
  if (!interval) return figure;
  return figure + fmt::format("  {:>8.3f} to {:.3f}", result.interval.low, result.interval.high);
}

}  // namespace

std::vector<OptionValue> values_of(const PredictState& state) {
  std::vector<OptionValue> values = option_values(state.what);
  for (const auto& more : {option_values(state.judge), option_values(state.methods)}) {
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

Json figures_json(std::string_view labels, std::uint64_t positives, double positive_rate,
                  std::span<const GroupMethodResult> methods, bool interval) {
  Json rows = Json::array();
  for (const GroupMethodResult& result : methods) rows.push_back(method_json(result, interval));
  return Json{
      {"labels", labels}, {"positives", positives}, {"positive_rate", positive_rate}, {"methods", std::move(rows)}};
}

std::string figures_text(std::span<const GroupMethodResult> methods, std::string_view about, bool interval) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"method", fmt::format("{:>17}  {:>11}{}", "average precision", "over random", interval ? "    95 %" : "")}};
  for (const GroupMethodResult& result : methods) rows.emplace_back(result.name, figure_text(result, interval));
  std::string text = fmt::format("{}\n{}\n", two_columns(rows), about);
  const bool none_above_random = std::ranges::all_of(
      methods, [](const GroupMethodResult& result) { return !result.refusal.empty() || result.improvement < 1; });
  if (none_above_random) text += "every score is below random here\n";
  return text;
}

void print_figures(Session& session, const PredictState& state, const Json& json, const std::string& text) {
  if (session.options().json) {
    print_json(session, json);
  } else {
    session.print(text);
  }
  if (state.judge.report.empty()) return;
  run_drawing_program_on({"report", "--title", "adjoin: which groups close"}, json, state.judge.report);
  session.note(fmt::format("wrote {}", state.judge.report));
}

}  // namespace adjoin::cli
