#include <algorithm>
#include <cmath>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/weight_search.hpp>

namespace adjoin::detail {
namespace {

/// The factor of the first steps, and the one below which a step is too small to matter.
constexpr float first_factor = 2.0F;
constexpr float least_factor = 1.15F;

/// Weights have three significant digits, so that people can type them.
float rounded(float weight) {
  if (weight == 0) return 0;
  const double digits = std::pow(10.0, 2 - std::floor(std::log10(static_cast<double>(weight))));
  return static_cast<float>(std::round(static_cast<double>(weight) * digits) / digits);
}

/// Weights of the same embedding, equal where they differ by a factor only.
HopWeights canonical(HopWeights weights) {
  if (weights[0] == 0 && weights[1] == 0) {
    weights[3] /= weights[2];
    weights[2] = 1;
  }
  for (float& weight : weights) weight = rounded(weight);
  return weights;
}

bool same(const HopWeights& a, const HopWeights& b) {
  return std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) <= 1e-3F * std::max(x, y); });
}

class WeightSearch {
 public:
  WeightSearch(std::size_t trials, const std::function<double(const HopWeights&)>& score)
      : trials_(trials), score_(score) {}

  std::vector<ScoredWeights> run(const std::vector<HopWeights>& first) {
    for (const HopWeights& weights : first) try_weights(weights);
    for (float factor = first_factor; factor > least_factor && !done();) {
      if (!step_every_way(factor)) factor = std::sqrt(factor);
    }
    return std::move(tried_);
  }

 private:
  bool done() const { return tried_.size() >= trials_; }

  /// Whether these are new, and better than all before.
  bool try_weights(const HopWeights& candidate) {
    const HopWeights weights = canonical(candidate);
    if (done() || std::ranges::any_of(tried_, [&](const auto& other) { return same(other.weights, weights); })) {
      return false;
    }
    tried_.push_back({weights, score_(weights)});
    if (tried_.size() > 1 && tried_.back().score <= tried_[best_].score) return false;
    best_ = tried_.size() - 1;
    return true;
  }

  /// One step of each weight, from the best weights at that moment; whether any was better.
  bool step_every_way(float factor) {
    bool better = false;
    for (const std::size_t hop : {3UL, 2UL}) {
      for (const float by : {factor, 1 / factor}) {
        HopWeights weights = tried_[best_].weights;
        weights[hop] *= by;
        if (try_weights(weights)) {
          better = true;
          break;
        }
      }
    }
    for (const std::size_t hop : {1UL, 0UL}) {
      HopWeights weights = tried_[best_].weights;
      weights[hop] = weights[hop] == 0 ? 1.0F : 0.0F;
      better |= try_weights(weights);
    }
    return better;
  }

  std::size_t trials_;
  const std::function<double(const HopWeights&)>& score_;
  std::vector<ScoredWeights> tried_;
  std::size_t best_ = 0;
};

}  // namespace

std::vector<HopWeights> grid_of_weights() {
  std::vector<HopWeights> grid{FastRPOptions().weights};
  for (const float last : {1.0F, 2.0F, 4.0F, 12.0F, 32.0F}) grid.push_back({0, 0, 1, last});
  for (const float first : {0.0F, 1.0F}) {
    for (const float third : {1.0F, 8.0F}) {
      for (const float ratio : {1.0F, 3.0F, 9.0F}) grid.push_back({first, 1, third, third * ratio});
    }
  }
  return grid;
}

std::vector<ScoredWeights> search_weights(const std::vector<HopWeights>& first, std::size_t trials,
                                          const std::function<double(const HopWeights&)>& score) {
  return WeightSearch(trials, score).run(first);
}

}  // namespace adjoin::detail
