#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {
namespace {

void check(std::span<const LinkMethod> methods, const LinkComparisonOptions& options) {
  if (methods.empty()) throw InvalidOption("no method is named");
  if (options.metrics.empty()) throw InvalidOption("no metric is named");
}

/// The pairs to score: the positives, then the negatives.
struct Question {
  std::vector<Edge> pairs;
  std::size_t positives = 0;
  bool own_negatives = false;
};

Question question_of(const LinkTask& task) {
  Question question{task.split.test, task.split.test.size(), !task.own_negatives.empty()};
  if (question.positives == 0) throw InvalidData("the split has no edges to judge by; give the test a share");
  const std::vector<Edge>& negatives = question.own_negatives ? task.own_negatives : task.split.test_negatives;
  if (negatives.empty()) throw InvalidData("the split has no negatives to judge by");
  if (question.own_negatives) {
    if (negatives.size() % question.positives != 0) {
      throw InvalidData(
          fmt::format("{} negatives cannot be shared out evenly among {} edges", negatives.size(), question.positives));
    }
  }
  question.pairs.insert(question.pairs.end(), negatives.begin(), negatives.end());
  return question;
}

/// The split's own hash, and what it does not say: whose negatives are whose.
std::uint64_t hash_of_task(const LinkTask& task) {
  const std::uint64_t split = hash_of(task.split);
  if (task.own_negatives.empty()) return split;
  const NodeIndex& names = task.split.training.view().nodes();
  std::vector<std::uint64_t> words{split};
  for (const auto* const edges : {&task.split.test, &task.own_negatives}) {
    for (const Edge& edge : *edges) {
      words.push_back(names.name_hash(edge.source));
      words.push_back(names.name_hash(edge.target));
    }
  }
  return hash_bytes(std::as_bytes(std::span<const std::uint64_t>(words)));
}

void add_values(RunContext& context, std::span<const float> scores, const Question& question,
                const LinkComparisonOptions& options, LinkRun& result) {
  const std::span<const float> positives = scores.first(question.positives);
  const std::span<const float> negatives = scores.subspan(question.positives);
  if (question.own_negatives) {
    const std::size_t each = negatives.size() / positives.size();
    const std::vector<double> ranks = ranks_among_own_negatives(
        context.threads(), positives, MatrixView<const float>(negatives.data(), positives.size(), each), options.ties);
    for (const MetricChoice& metric : options.metrics) {
      result.values.push_back(value_of(metric, ranks));
    }
    return;
  }
  const RankedScores ranked(context.threads(), positives, negatives);
  for (const MetricChoice& metric : options.metrics) {
    result.values.push_back(value_of(metric, ranked, options.ties));
  }
  if (options.curve_steps > 0) result.curves = ranking_curves(ranked, options.curve_steps);
}

/// Judges one method, or finds that it cannot be run.
LinkRun judge(RunContext& context, const LinkMethod& method, const EdgeSplit& split, const Question& question,
              const LinkComparisonOptions& options) {
  LinkRun result;
  result.method = method.name;
  result.positives = question.positives;
  result.negatives = question.pairs.size() - question.positives;
  restart_recent_peak();
  const auto began = std::chrono::steady_clock::now();
  Array<float> scores;
  try {
    scores = method.score(context, split.training.view(), question.pairs);
  } catch (const InvalidOption& error) {
    result.refusal = error.what();
  } catch (const BudgetExceeded& error) {
    result.refusal = error.what();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  result.peak_bytes = recent_peak_bytes();
  if (!result.refusal.empty()) return result;
  try {
    add_values(context, scores.span(), question, options, result);
  } catch (const InvalidData& error) {
    throw InvalidData(fmt::format("{}: {}", method.name, error.what()));
  }
  return result;
}

}  // namespace

void compare_links(RunContext& context, std::span<const LinkMethod> methods, const LinkTaskSource& task_of,
                   const LinkComparisonOptions& options, const LinkComparisonSink& sink) {
  check(methods, options);
  for (int run = 0; run < options.runs; ++run) {
    const LinkTask task = task_of(context, run);
    check_edge_split(task.split, task.repeated);
    const Question question = question_of(task);
    const std::uint64_t hash = hash_of_task(task);
    for (const LinkMethod& method : methods) {
      context.check_cancelled();
      if (sink.known && sink.known(method.name, run, hash)) continue;
      LinkRun result = judge(context, method, task.split, question, options);
      result.run = run;
      result.split_hash = hash;
      sink.finished(result);
    }
  }
}

}  // namespace adjoin
