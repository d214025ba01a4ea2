#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/logistic_loss.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/engine/dense/narrow_products.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

constexpr std::size_t logistic_rows_per_chunk = 128;
/// Steps that a class remembers of its way.
constexpr std::size_t history = 6;
/// The sufficient decrease of Armijo 1966.
constexpr double decrease = 1e-4;
/// What a sum of losses may be off by, relative to the sum of its terms' sizes: scores are floats.
constexpr double loss_rounding = 2e-7;

double dot(std::span<const float> a, std::span<const float> b) {
  // Eight sums, because one would wait for itself.
  std::array<double, 8> sums{};
  std::size_t j = 0;
  for (; j + sums.size() <= a.size(); j += sums.size()) {
    for (std::size_t l = 0; l < sums.size(); ++l) {
      sums[l] += static_cast<double>(a[j + l]) * static_cast<double>(b[j + l]);
    }
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  for (; j < a.size(); ++j) sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  return sum;
}

/// The way of one class through L-BFGS. Vectors have d + 1 entries, the last being the intercept.
class ClassFit {
 public:
  ClassFit(std::size_t size, double gradient_limit)
      : vectors_(4 + 2 * history, size, 0.0F), gradient_limit_(gradient_limit) {}

  /// Where the loss and its gradient are wanted next; gradient() takes the latter.
  std::span<const float> trial() const { return vectors_.row(3); }
  std::span<float> trial_gradient() { return vectors_.row(2); }
  std::span<const float> solution() const { return vectors_.row(0); }
  bool running() const { return running_; }
  bool converged() const { return converged_; }

  /// `value`: the objective at trial(), whose gradient stands in trial_gradient(); `magnitude`: the sum of the sizes of
  /// what it is the sum of.
  void step(double value, double magnitude) {
    if (!first_ && !(value <= value_ + decrease * length_ * slope_ + loss_rounding * magnitude)) {
      length_ /= 2;
      constexpr int most_halvings = 30;
      running_ = ++halvings_ < most_halvings;
      if (running_) move();
      return;
    }
    if (!first_) remember();
    std::copy_n(trial().begin(), size(), vectors_.row(0).begin());
    std::copy_n(trial_gradient().begin(), size(), vectors_.row(1).begin());
    value_ = value;
    double largest = 0;
    for (const float g : gradient()) largest = std::max(largest, std::abs(static_cast<double>(g)));
    converged_ = largest <= gradient_limit_;
    running_ = !converged_ && std::isfinite(value);
    if (!running_) return;
    choose_direction();
    halvings_ = 0;
    // Of the first step nothing is known but its direction.
    length_ = first_ ? std::min(1.0, 1.0 / std::sqrt(dot(gradient(), gradient()))) : 1.0;
    first_ = false;
    move();
  }

 private:
  std::size_t size() const { return vectors_.columns(); }
  std::span<const float> gradient() const { return vectors_.row(1); }
  std::span<float> step_row(std::size_t age) { return vectors_.row(4 + 2 * ((newest_ + history - age) % history)); }
  std::span<float> change_row(std::size_t age) { return vectors_.row(5 + 2 * ((newest_ + history - age) % history)); }

  /// Keeps the step just taken and what it changed of the gradient.
  void remember() {
    newest_ = (newest_ + 1) % history;
    const std::span<float> step = step_row(0);
    const std::span<float> change = change_row(0);
    for (std::size_t j = 0; j < size(); ++j) {
      step[j] = trial()[j] - solution()[j];
      change[j] = trial_gradient()[j] - gradient()[j];
    }
    const double curvature = dot(step, change);
    // Positive for a convex objective, up to rounding: a pair that says otherwise says nothing.
    if (!(curvature > 1e-12 * std::sqrt(dot(step, step) * dot(change, change)))) {
      newest_ = (newest_ + history - 1) % history;
      remembered_ = std::min(remembered_, history - 1);  // the oldest pair was written over
      return;
    }
    curvatures_[newest_] = curvature;
    remembered_ = std::min(remembered_ + 1, history);
  }

  /// -H g by the two-loop recursion.
  void choose_direction() {
    direction_.assign(gradient().begin(), gradient().end());
    std::array<double, history> shares{};
    const auto add = [&](double factor, std::span<const float> vector) {
      for (std::size_t j = 0; j < size(); ++j) direction_[j] += static_cast<float>(factor) * vector[j];
    };
    for (std::size_t age = 0; age < remembered_; ++age) {
      shares[age] = dot(step_row(age), direction_) / curvature(age);
      add(-shares[age], change_row(age));
    }
    if (remembered_ > 0) {
      const auto scale = static_cast<float>(curvature(0) / dot(change_row(0), change_row(0)));
      for (float& value : direction_) value *= scale;
    }
    for (std::size_t age = remembered_; age-- > 0;) {
      add(shares[age] - dot(change_row(age), direction_) / curvature(age), step_row(age));
    }
    for (float& value : direction_) value = -value;
    slope_ = dot(gradient(), direction_);
    if (slope_ >= 0) {  // rounding has spoiled the history
      remembered_ = 0;
      for (std::size_t j = 0; j < size(); ++j) direction_[j] = -gradient()[j];
      slope_ = -dot(gradient(), gradient());
    }
  }
  double curvature(std::size_t age) const { return curvatures_[(newest_ + history - age) % history]; }

  void move() {
    const std::span<float> trial = vectors_.row(3);
    for (std::size_t j = 0; j < size(); ++j) {
      trial[j] = solution()[j] + static_cast<float>(length_) * direction_[j];
    }
  }

  Matrix vectors_;  // solution, its gradient, the trial's gradient, the trial; then pairs of steps and changes
  std::vector<float> direction_;
  std::array<double, history> curvatures_{};
  std::size_t newest_ = 0;
  std::size_t remembered_ = 0;
  double gradient_limit_;
  double value_ = 0;
  double slope_ = 0;
  double length_ = 1;
  int halvings_ = 0;
  bool first_ = true;
  bool running_ = true;
  bool converged_ = false;
};

class Fit {
 public:
  Fit(RunContext& context, MatrixView<const float> x, const CsrView& labels, const LogisticRegressionOptions& options)
      : context_(context), x_(x), labels_(labels), options_(options), column_of_(labels.column_count, nobody) {}

  LogisticRegressionModel run() {
    const std::size_t classes = labels_.column_count;
    LogisticRegressionModel model{Matrix(classes, x_.columns(), 0.0F), std::vector<float>(classes, 0.0F),
                                  std::vector<FitStatus>(classes, FitStatus::not_converged), 0};
    start(model);
    while (!active_.empty() && model.passes < options_.max_passes) {
      context_.check_cancelled();
      ++model.passes;
      evaluate();
      context_.threads().for_tasks(active_.size(), [&](std::size_t column) { step(column); });
      std::erase_if(active_, [&](std::size_t k) { return !fits_[k].running(); });
    }
    for (std::size_t k = 0; k < classes; ++k) {
      if (model.status[k] == FitStatus::constant) continue;
      if (fits_[k].converged()) model.status[k] = FitStatus::converged;
      const std::span<const float> solution = fits_[k].solution();
      std::copy_n(solution.begin(), x_.columns(), model.coefficients.row(k).begin());
      model.intercepts[k] = solution.back();
    }
    return model;
  }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  void start(LogisticRegressionModel& model) {
    const std::size_t classes = labels_.column_count;
    std::vector<std::size_t> members(classes, 0);
    for (const NodeId k : labels_.targets) ++members[index(k)];
    const double limit = options_.tolerance * options_.c * static_cast<double>(x_.rows());
    for (std::size_t k = 0; k < classes; ++k) {
      const bool constant = members[k] == 0 || members[k] == x_.rows();
      fits_.emplace_back(constant ? 0 : x_.columns() + 1, limit);
      if (constant) {
        model.status[k] = FitStatus::constant;
        model.intercepts[k] = (members[k] == 0 ? -1.0F : 1.0F) * std::numeric_limits<float>::infinity();
      } else {
        active_.push_back(k);
      }
    }
    const std::size_t width = round_up_to_narrow(active_.size());
    weights_ = Matrix(x_.columns(), width);
    scores_ = Matrix(x_.rows(), width);
    gradients_ = Matrix(x_.columns(), width);
    const std::size_t chunks = chunk_count(x_.rows(), logistic_rows_per_chunk);
    losses_ = Matrix(chunks, width);
    slopes_ = Matrix(chunks, width);
    own_scores_ = Array<double>(chunks * width);
    bias_ = Array<float>(width);
  }

  /// The first columns of a buffer that was made for all classes: as many as the classes in progress need, close
  /// together.
  MatrixView<float> narrowed(Matrix& buffer) const {
    return {buffer.view().data(), buffer.rows(), round_up_to_narrow(active_.size())};
  }

  /// Losses and gradients at the trial points of all classes in progress, column by column.
  void evaluate() {
    const MatrixView<float> w = narrowed(weights_);
    const MatrixView<float> scores = narrowed(scores_);
    std::ranges::fill(column_of_, nobody);
    std::fill(bias_.begin(), bias_.end(), 0.0F);
    std::fill_n(w.data(), w.rows() * w.columns(), 0.0F);
    for (std::size_t column = 0; column < active_.size(); ++column) {
      const std::span<const float> trial = fits_[active_[column]].trial();
      column_of_[active_[column]] = column;
      bias_[column] = trial.back();
      for (std::size_t j = 0; j < w.rows(); ++j) w(j, column) = trial[j];
    }
    tall_product(context_.threads(), x_, w, scores);
    context_.threads().for_chunks(x_.rows(), logistic_rows_per_chunk, [&](Chunk rows) { take_losses(scores, rows); });
    tall_product_transposed(context_.threads(), x_, scores, narrowed(gradients_));
  }

  /// Scores become derivatives of the loss; the sums of this chunk go into its rows of losses_, own_scores_ and
  /// slopes_.
  void take_losses(MatrixView<float> scores, Chunk rows) {
    const auto c = static_cast<float>(options_.c);
    const std::span<float> slopes = narrowed(slopes_).row(rows.index);
    double* const own = own_scores_.data() + rows.index * scores.columns();
    // A row's own classes are few: log(1 + exp(-s)) = log(1 + exp(s)) - s, and the derivative is less by one.
    std::fill_n(own, scores.columns(), 0.0);
    for_own_classes(rows, [&](std::size_t i, std::size_t column) {
      own[column] += static_cast<double>(scores(i, column)) + static_cast<double>(bias_[column]);
    });
    detail::logistic_loss(scores, rows.begin, rows.end, c, bias_.data(), narrowed(losses_).row(rows.index).data(),
                          slopes.data());
    for_own_classes(rows, [&](std::size_t i, std::size_t column) {
      scores(i, column) -= c;
      slopes[column] -= c;
    });
  }

  template <class Body>
  void for_own_classes(Chunk rows, Body&& body) const {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      for (const NodeId k : labels_.row_targets(i)) {
        if (column_of_[index(k)] != nobody) body(i, column_of_[index(k)]);
      }
    }
  }

  /// Joins the sums of the chunks, adds the penalty, and takes the class one step on.
  void step(std::size_t column) {
    ClassFit& fit = fits_[active_[column]];
    const std::span<const float> trial = fit.trial();
    const std::span<float> gradient = fit.trial_gradient();
    const std::size_t d = x_.columns();
    const MatrixView<float> gradients = narrowed(gradients_);
    for (std::size_t j = 0; j < d; ++j) gradient[j] = gradients(j, column) + trial[j];
    const auto bias = static_cast<double>(trial[d]);
    double loss = dot(trial.first(d), trial.first(d)) / 2;
    double slope = 0;
    if (options_.intercept == Intercept::penalized) {
      loss += bias * bias / 2;
      slope += bias;
    }
    double magnitude = loss;
    for (std::size_t chunk = 0; chunk < losses_.rows(); ++chunk) {
      const auto part = static_cast<double>(narrowed(losses_)(chunk, column));
      const double own = options_.c * own_scores_[chunk * gradients.columns() + column];
      loss += part - own;
      magnitude += part + std::abs(own);
      slope += static_cast<double>(narrowed(slopes_)(chunk, column));
    }
    gradient[d] = options_.intercept == Intercept::none ? 0.0F : static_cast<float>(slope);
    fit.step(loss, magnitude);
  }

  RunContext& context_;
  MatrixView<const float> x_;
  CsrView labels_;
  LogisticRegressionOptions options_;
  std::vector<ClassFit> fits_;
  std::vector<std::size_t> active_;     // classes in progress; their places are their columns
  std::vector<std::size_t> column_of_;  // of a class; nobody's if it is not in progress
  Matrix weights_;                      // d x classes in progress
  Matrix scores_;                       // n x classes in progress
  Matrix gradients_;                    // d x classes in progress
  Matrix losses_;                       // a row a chunk: as if no row had the class
  Array<double> own_scores_;            // a row a chunk: sums over the rows that have it
  Matrix slopes_;                       // a row a chunk: derivatives by the intercepts
  Array<float> bias_;
};

}  // namespace

bool LogisticRegressionModel::converged() const noexcept {
  return std::ranges::none_of(status, [](FitStatus s) { return s == FitStatus::not_converged; });
}

LogisticRegressionModel logistic_regression(RunContext& context, MatrixView<const float> x, const CsrView& labels,
                                            const LogisticRegressionOptions& options) {
  validate(options);
  if (x.rows() != labels.row_count()) {
    throw InvalidData(fmt::format("there are labels for {} rows and features for {}", labels.row_count(), x.rows()));
  }
  if (x.rows() == 0) throw InvalidData("there are no rows to fit a model to");
  return Fit(context, x, labels, options).run();
}

Matrix decision_scores(RunContext& context, const LogisticRegressionModel& model, MatrixView<const float> x) {
  const std::size_t classes = model.coefficients.rows();
  Matrix weights(x.columns(), round_up_to_narrow(classes), 0.0F);
  for (std::size_t k = 0; k < classes; ++k) {
    for (std::size_t j = 0; j < x.columns(); ++j) weights(j, k) = model.coefficients(k, j);
  }
  Matrix wide(x.rows(), weights.columns());
  tall_product(context.threads(), x, weights.view(), wide.view());
  Matrix scores(x.rows(), classes);
  context.threads().for_chunks(x.rows(), logistic_rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      for (std::size_t k = 0; k < classes; ++k) scores(i, k) = wide(i, k) + model.intercepts[k];
    }
  });
  return scores;
}

std::uint64_t estimate_logistic_memory(std::size_t rows, std::size_t columns, std::size_t classes) {
  const std::uint64_t width = round_up_to_narrow(classes);
  const std::uint64_t shared = width * (rows + 2 * columns + 4 * chunk_count(rows, logistic_rows_per_chunk) + 1);
  const std::uint64_t own = classes * ((5 + 2 * history) * (columns + 1) + columns);
  return (shared + own) * sizeof(float);
}

}  // namespace adjoin
