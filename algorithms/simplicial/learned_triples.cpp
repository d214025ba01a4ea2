#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/exact_logistic.hpp>
#include <adjoin/algorithms/simplicial/learned_triples.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>
#include <adjoin/algorithms/simplicial/triple_features.hpp>
#include <adjoin/algorithms/simplicial/triple_sample.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

constexpr std::size_t examples_per_chunk = 1 << 10;
constexpr std::size_t eighths_to_close = 2;
constexpr double combined_c = 0.003;
constexpr std::array<double, 5> shares{0, 0.25, 0.5, 0.75, 1};

/// Features of some open triangles, and which of them close.
struct Examples {
  Matrix features;
  std::vector<std::uint8_t> closes;
  std::vector<double> weights;
  std::uint64_t positives = 0;
};

/// w.x + b.
struct LinearModel {
  std::vector<double> w;
  double b = 0;

  double operator()(std::span<const float> x) const noexcept {
    double sum = b;
    for (std::size_t j = 0; j < w.size(); ++j) sum += w[j] * static_cast<double>(x[j]);
    return sum;
  }
};

/// The triangles that are open after so many eighths of the training, and which of them close in the next two.
Examples examples_at(RunContext& context, const TripleTraining& training, std::size_t eighth, TripleFeatures kind,
                     std::uint64_t most) {
  const Time until = training.eighths[eighth];
  const Projection projection = project_simplices(context, simplices_until(training.simplices, until), training.nodes,
                                                  {TieWeight::count, training.max_size});
  const Incidence later =
      incidence_of(context, simplices_between(training.simplices, until, training.eighths[eighth + eighths_to_close]),
                   training.max_size);
  const TripleSample sample = sample_open_triangles(context, projection, later, training.labels, most);
  const TripleScoring features = prepare_triple_features(context, projection, kind);
  const std::size_t columns = features.names.size();
  const std::size_t rows = sample.triples.size();
  context.require_memory(resident_bytes() + rows * columns * sizeof(float), "lower --max-examples or raise --memory");
  Examples examples{Matrix(rows, columns), {sample.closes.begin(), sample.closes.end()}, {}, sample.positives};
  for (const std::uint8_t closes : sample.closes) examples.weights.push_back(closes == 1 ? 1 : sample.negative_weight);
  context.begin_stage("features", "triples", rows);
  context.for_chunks(rows, examples_per_chunk, [&](Chunk chunk) {
    std::vector<double> values(columns * chunk.size());
    features.score(sample.triples.span().subspan(chunk.begin, chunk.size()), values);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        examples.features(chunk.begin + i, j) = static_cast<float>(values[j * chunk.size() + i]);
      }
    }
  });
  context.end_stage();
  return examples;
}

void require_both_kinds(const Examples& examples) {
  if (examples.positives > 0 && examples.positives < examples.closes.size()) return;
  throw InvalidData(
      fmt::format("of {} triangles that are open within the training {} close within it; a score is "
                  "learned where some do and others do not",
                  examples.closes.size(), examples.positives));
}

TripleScoring linear_scoring(std::string name, std::string note, TripleScoring features, LinearModel model) {
  TripleScoring scoring;
  scoring.names = {std::move(name)};
  scoring.notes = {std::move(note)};
  scoring.score = [features = std::move(features.score), model = std::move(model)](std::span<const NodeTriple> triples,
                                                                                   std::span<double> scores) {
    const std::size_t count = triples.size();
    std::vector<double> values(model.w.size() * count);
    features(triples, values);
    std::ranges::fill(scores, model.b);
    for (std::size_t j = 0; j < model.w.size(); ++j) {
      for (std::size_t i = 0; i < count; ++i) scores[i] += model.w[j] * values[j * count + i];
    }
  };
  return scoring;
}

/// Examples of several times, as one list.
Examples pooled(std::span<const Examples* const> parts) {
  std::size_t rows = 0;
  for (const Examples* part : parts) rows += part->closes.size();
  const std::size_t columns = parts.front()->features.columns();
  Examples pool{Matrix(rows, columns), {}, {}, 0};
  std::size_t at = 0;
  for (const Examples* part : parts) {
    for (std::size_t i = 0; i < part->closes.size(); ++i) {
      std::ranges::copy(part->features.view().row(i), pool.features.view().row(at++).begin());
    }
    pool.closes.insert(pool.closes.end(), part->closes.begin(), part->closes.end());
    pool.weights.insert(pool.weights.end(), part->weights.begin(), part->weights.end());
    pool.positives += part->positives;
  }
  return pool;
}

struct MeanSd {
  double mean = 0;
  double sd = 0;
};

/// Of values(i), each times its weight.
template <class Values>
MeanSd mean_sd_of(std::span<const double> weights, Values&& values) {
  double sum = 0;
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i] * values(i);
    total += weights[i];
  }
  const double mean = sum / total;
  double squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) squares += weights[i] * std::pow(values(i) - mean, 2);
  return {mean, std::sqrt(squares / total)};
}

/// What is learned and what needs no learning, each over its standard deviation.
struct Parts {
  LinearModel learned;
  LinearModel ties;

  LinearModel joined(double share) const {
    LinearModel sum = learned;
    sum.b = share * learned.b + (1 - share) * ties.b;
    for (std::size_t j = 0; j < sum.w.size(); ++j) sum.w[j] = share * learned.w[j] + (1 - share) * ties.w[j];
    return sum;
  }
};

LinearModel over_deviation(LinearModel model, const Examples& examples) {
  const double sd =
      mean_sd_of(examples.weights, [&](std::size_t i) { return model(examples.features.view().row(i)); }).sd;
  if (sd == 0) return model;
  for (double& w : model.w) w /= sd;
  model.b /= sd;
  return model;
}

/// The model on the columns as they are, of one on columns of mean 0 and variance 1.
LinearModel learn_scaled(RunContext& context, Examples& examples) {
  const std::size_t columns = examples.features.columns();
  std::vector<MeanSd> scaling(columns);
  context.threads().for_tasks(columns, [&](std::size_t j) {
    scaling[j] =
        mean_sd_of(examples.weights, [&](std::size_t i) { return static_cast<double>(examples.features(i, j)); });
  });
  const std::size_t rows = examples.closes.size();
  Matrix scaled(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const double centred = static_cast<double>(examples.features(i, j)) - scaling[j].mean;
      scaled(i, j) = static_cast<float>(scaling[j].sd == 0 ? centred : centred / scaling[j].sd);
    }
  }
  const ExactLogisticModel fitted = exact_logistic(context, scaled.view(), examples.closes, examples.weights,
                                                   {.c = combined_c, .intercept = Intercept::free});
  LinearModel model{fitted.coefficients, fitted.intercept};
  for (std::size_t j = 0; j < columns; ++j) {
    if (scaling[j].sd != 0) model.w[j] /= scaling[j].sd;
    model.b -= model.w[j] * scaling[j].mean;
  }
  return model;
}

/// Ties are the first three of the recent features, ties that fade slowest the seventh to the ninth.
LinearModel of_ties(std::size_t columns) {
  LinearModel model{std::vector<double>(columns, 0), 0};
  for (const std::size_t j : std::array<std::size_t, 6>{0, 1, 2, 6, 7, 8}) model.w[j] = 1.0 / 6;
  return model;
}

/// learn_scaled of the examples of all these times. InvalidData if they do not tell.
Parts learn_parts(RunContext& context, std::span<const Examples* const> times) {
  Examples pool = pooled(times);
  require_both_kinds(pool);
  return {over_deviation(learn_scaled(context, pool), pool), over_deviation(of_ties(pool.features.columns()), pool)};
}

/// Average precision where a row counts as its weight says; ties merged.
double weighted_average_precision(const Examples& examples, const LinearModel& model) {
  const std::size_t rows = examples.closes.size();
  std::vector<double> scores(rows);
  for (std::size_t i = 0; i < rows; ++i) scores[i] = model(examples.features.view().row(i));
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(
      order, [&](std::size_t i, std::size_t j) { return scores[i] != scores[j] ? scores[i] > scores[j] : i < j; });
  double sum = 0;
  double positives = 0;
  double predicted = 0;
  for (std::size_t begin = 0; begin < rows;) {
    double here = 0;
    std::size_t end = begin;
    for (; end < rows && scores[order[end]] == scores[order[begin]]; ++end) {
      predicted += examples.weights[order[end]];
      if (examples.closes[order[end]] == 1) here += examples.weights[order[end]];
    }
    positives += here;
    sum += here * positives / predicted;
    begin = end;
  }
  return positives == 0 ? 0 : sum / positives;
}

/// The share of what is learned that does best in the last quarter of the training, and how well, over random.
struct Choice {
  double share = 0.5;
  double improvement = 0;
};

/// Nothing if the first half of the training has too little to learn from, or the last quarter nothing to judge by.
std::optional<Choice> choose_share(RunContext& context, std::span<const Examples* const> learn_from,
                                   const Examples& judged_by) {
  if (judged_by.positives == 0 || judged_by.positives == judged_by.closes.size()) return std::nullopt;
  std::optional<Parts> parts;
  try {
    parts = learn_parts(context, learn_from);
  } catch (const InvalidData&) {
    return std::nullopt;
  }
  const double total = std::accumulate(judged_by.weights.begin(), judged_by.weights.end(), 0.0);
  Choice best;
  for (const double share : shares) {
    const double precision = weighted_average_precision(judged_by, parts->joined(share));
    const double improvement = precision * total / static_cast<double>(judged_by.positives);
    if (improvement > best.improvement) best = {share, improvement};
  }
  return best;
}

TripleScoring make_logistic(RunContext& context, const TripleTraining& training, const TripleLearningOptions& options) {
  const Examples examples =
      examples_at(context, training, 6, TripleFeatures::published, static_cast<std::uint64_t>(options.max_examples));
  require_both_kinds(examples);
  context.begin_stage("learn", "", 0);
  const ExactLogisticModel model = exact_logistic(context, examples.features.view(), examples.closes, examples.weights);
  context.end_stage();
  return linear_scoring(
      "logistic-regression",
      fmt::format("learned from {} triangles of which {} close", examples.closes.size(), examples.positives),
      prepare_triple_features(context, *training.projection, TripleFeatures::published),
      {model.coefficients, model.intercept});
}

TripleScoring make_combined(RunContext& context, const TripleTraining& training, const TripleLearningOptions& options) {
  constexpr std::size_t first = 2;
  const auto most = static_cast<std::uint64_t>(options.max_examples) / 3;
  std::vector<Examples> at;
  for (std::size_t eighth = first; eighth <= 6; ++eighth) {
    at.push_back(examples_at(context, training, eighth, TripleFeatures::recent, most));
  }
  context.begin_stage("learn", "", 0);
  const auto choice = choose_share(context, std::array<const Examples*, 3>{&at[0], &at[1], &at[2]}, at[4]);
  const Parts parts = learn_parts(context, std::array<const Examples*, 3>{&at[2], &at[3], &at[4]});
  context.end_stage();
  const double share = choice ? choice->share : Choice{}.share;
  std::size_t examples = 0;
  std::uint64_t positives = 0;
  for (std::size_t k = 2; k < at.size(); ++k) {
    examples += at[k].closes.size();
    positives += at[k].positives;
  }
  std::string note = fmt::format("{:g} of what {} triangles teach of which {} close, {:g} of the ties", share, examples,
                                 positives, 1 - share);
  note += choice ? fmt::format("; chosen by the last quarter of the training, {:.3f} times random there",
                               choice->improvement)
                 : "; the training is too short to choose by";
  at.clear();
  return linear_scoring("combined", std::move(note),
                        prepare_triple_features(context, *training.projection, TripleFeatures::recent),
                        parts.joined(share));
}

/// While a score learns: another projection with its features, and examples, each feature so many times; or, when that
/// is gone, the features of all edges, which are kept.
ScoringMemory estimate_learning(const Projection& projection, std::uint64_t examples, std::uint64_t copies,
                                TripleFeatures kind, int threads) noexcept {
  const GraphView graph = projection.graph;
  const std::uint64_t columns = kind == TripleFeatures::published ? 26 : 43;
  const std::uint64_t features = estimate_triple_features_memory(graph, kind);
  const std::uint64_t of_a_time = projection.incidence.bytes() + 2 * graph.bytes() + features +
                                  detail::estimate_triangle_visit_memory(graph, threads);
  const std::uint64_t learned = examples * (copies * columns * sizeof(float) + 2 * sizeof(NodeTriple) + 24) +
                                estimate_exact_logistic_memory(examples, columns);
  return {learned + of_a_time, features};
}

}  // namespace

TripleScoringMaker logistic_triple_maker(const TripleLearningOptions& options) {
  validate(options);
  TripleScoringMaker maker;
  maker.names = {"logistic-regression"};
  maker.make = [options](RunContext& context, const TripleTraining& training) {
    return make_logistic(context, training, options);
  };
  maker.estimate = [options](const Projection& projection, std::uint64_t open_triangles, int threads) {
    const auto examples = std::min(open_triangles, static_cast<std::uint64_t>(options.max_examples));
    return estimate_learning(projection, examples, 1, TripleFeatures::published, threads);
  };
  return maker;
}

TripleScoringMaker combined_triple_maker(const TripleLearningOptions& options) {
  validate(options);
  TripleScoringMaker maker;
  maker.names = {"combined"};
  maker.make = [options](RunContext& context, const TripleTraining& training) {
    return make_combined(context, training, options);
  };
  maker.estimate = [options](const Projection& projection, std::uint64_t open_triangles, int threads) {
    const auto of_a_time = std::min(open_triangles, static_cast<std::uint64_t>(options.max_examples) / 3);
    // Five times, and of three of them a list with all and one with columns scaled.
    return estimate_learning(projection, of_a_time, 5 + 2 * 3, TripleFeatures::recent, threads);
  };
  return maker;
}

}  // namespace adjoin
