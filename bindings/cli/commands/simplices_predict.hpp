// What `adjoin simplices predict` is asked, and what its predictions of three and of four nodes print alike.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/bindings/cli/triple_methods.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin {
namespace cli {

enum class LabelChoice : std::uint8_t { correct, reference, both };

}  // namespace cli

template <>
struct EnumNames<cli::LabelChoice> {
  static constexpr std::array<std::pair<cli::LabelChoice, std::string_view>, 3> names{
      {{cli::LabelChoice::correct, "correct"},
       {cli::LabelChoice::reference, "reference"},
       {cli::LabelChoice::both, "both"}}};
};

namespace cli {

struct WhatOptions {
  std::string methods;
  int nodes = 3;
  bool closed_faces = false;
  int top = 10;
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    using O = WhatOptions;
    return std::tuple{
        option_field("methods", &O::methods, triple_methods_help),
        option_field("nodes", &O::nodes, {3, 4},
                     "of how many nodes: 3, open triangles; 4, sets of four of which every two have a tie and that no "
                     "simplex has whole"),
        option_field("closed-faces", &O::closed_faces,
                     "of four nodes only those of which every three are in a simplex"),
        option_field("top", &O::top, {1, 1'000'000'000}, "print so many of each method, the likeliest"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out",
                     "Benson et al. 2018, section 2")};
  }
};

struct JudgeOptions {
  bool evaluate = false;
  LabelChoice labels = LabelChoice::correct;
  double train = TripleEvaluationOptions{}.train;
  double until = TripleEvaluationOptions{}.until;
  int resamples = TripleEvaluationOptions{}.resamples;
  std::string report;

  static constexpr auto fields() {
    using O = JudgeOptions;
    return std::tuple{
        option_field("evaluate", &O::evaluate,
                     "predict from the first simplices only, and say how well, by those that come later"),
        option_field("labels", &O::labels,
                     "which triangles count as closing: correct, or reference, those that the program released with "
                     "the paper finds, to compare with its figures, or both",
                     "the released program"),
        option_field("train", &O::train, {0.0, 1.0}, "share of the simplices, the first ones, to predict from",
                     "Benson et al. 2018, section 4"),
        option_field("until", &O::until, {0.0, 1.0},
                     "share of the simplices that are looked at; those after the training ones say what closes. 0.8 "
                     "with a train of 0.6 leaves the last fifth for later"),
        option_field("resamples", &O::resamples, {0, 1'000'000},
                     "draws of the triangles that close, with replacement, whose middle 95 % is each figure's "
                     "interval; 0 for none",
                     "Efron 1979"),
        option_field("report", &O::report, "a page with the figures, .html")};
  }
};

struct PredictState {
  std::vector<std::string> data;
  WhatOptions what;
  JudgeOptions judge;
  TripleMethodOptions methods;
  ReadOptions read;
};

std::vector<OptionValue> values_of(const PredictState& state);

/// What one way of labelling says of all methods.
Json figures_json(std::string_view labels, std::uint64_t positives, double positive_rate,
                  std::span<const GroupMethodResult> methods, bool interval);
/// The same as a table, and below it what it is of.
std::string figures_text(std::span<const GroupMethodResult> methods, std::string_view about, bool interval);
/// Prints one of the two, and has the page of --report made.
void print_figures(Session& session, const PredictState& state, const Json& json, const std::string& text);

/// The whole prediction of four nodes.
void predict_quadruples(Session& session, const PredictState& state);

}  // namespace cli
}  // namespace adjoin
