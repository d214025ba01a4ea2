// Candidates of a prediction as they come from a visit, scored a block at a time and never stored. Private to what
// evaluates and predicts.
//
// A visit is called as visit(task, take), from several threads at once, and calls take(group, fate) for the candidates
// of one task, in an order that the data alone decides.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/streamed_ranking.hpp>
#include <adjoin/algorithms/simplicial/group_scoring.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// Of a group: a simplex has all of it already, so that it is no candidate; a later one will; or none will.
enum class Fate : std::uint8_t { closed, closes, stays_open };

struct CandidateCounts {
  std::uint64_t closed = 0;
  std::uint64_t open = 0;
  std::uint64_t positives = 0;  // of the open ones
};

/// Collects groups and hands them on with their scores.
template <class Group>
class ScoredBlocks {
 public:
  static constexpr std::size_t groups_per_block = 1024;

  explicit ScoredBlocks(const GroupScoring<Group>& scoring)
      : scoring_(scoring), scores_(groups_per_block * scoring.names.size()) {
    groups_.reserve(groups_per_block);
  }
  static std::uint64_t bytes(std::size_t score_count) noexcept {
    return groups_per_block * (sizeof(Group) + score_count * sizeof(double));
  }

  /// take(groups, scores): scores as GroupScoring has them.
  template <class Take>
  void add(const Group& group, Take&& take) {
    groups_.push_back(group);
    if (groups_.size() == groups_per_block) flush(take);
  }
  template <class Take>
  void flush(Take&& take) {
    const std::span<double> scores(scores_.data(), groups_.size() * scoring_.names.size());
    scoring_.score(groups_, scores);
    take(std::span<const Group>(groups_), std::span<const double>(scores));
    groups_.clear();
  }

 private:
  const GroupScoring<Group>& scoring_;
  std::vector<Group> groups_;
  std::vector<double> scores_;
};

/// How many candidates each task has.
template <class Visit>
std::vector<CandidateCounts> count_candidates(RunContext& context, std::size_t tasks, const Visit& visit) {
  std::vector<CandidateCounts> counts(tasks);
  context.begin_stage("count candidates", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    CandidateCounts mine;
    visit(task, [&](const auto&, Fate fate) {
      if (fate == Fate::closed) {
        ++mine.closed;
      } else {
        ++mine.open;
        mine.positives += fate == Fate::closes ? 1 : 0;
      }
    });
    counts[task] = mine;
  });
  context.end_stage();
  return counts;
}

inline CandidateCounts sum_of(std::span<const CandidateCounts> counts) noexcept {
  CandidateCounts sum;
  for (const CandidateCounts& of_task : counts) {
    sum.closed += of_task.closed;
    sum.open += of_task.open;
    sum.positives += of_task.positives;
  }
  return sum;
}

/// Bytes of rank_candidates at its peak.
template <class Group>
std::uint64_t estimate_ranks_memory(std::uint64_t positives, std::size_t score_count, int threads) noexcept {
  return score_count * estimate_streamed_ranking_memory(positives) + positives * sizeof(double) +
         static_cast<std::uint64_t>(threads) * ScoredBlocks<Group>::bytes(score_count);
}

/// The candidates ranked by each score. Those that close are scored and kept in a first visit; in a second one the
/// others are scored, counted and forgotten. counts: as count_candidates finds them, some of them positive.
template <class Group, class Visit>
std::vector<StreamedRanking> rank_candidates(RunContext& context, std::span<const CandidateCounts> counts,
                                             const Visit& visit, const GroupScoring<Group>& scoring) {
  const std::size_t tasks = counts.size();
  std::vector<std::uint64_t> begins(tasks + 1, 0);
  for (std::size_t task = 0; task < tasks; ++task) begins[task + 1] = begins[task] + counts[task].positives;
  const std::size_t score_count = scoring.names.size();
  context.require_memory(
      resident_bytes() + estimate_ranks_memory<Group>(begins[tasks], score_count, context.threads().count()),
      "choose fewer methods or raise --memory");
  std::vector<Array<double>> positives;
  for (std::size_t k = 0; k < score_count; ++k) positives.emplace_back(begins[tasks]);
  context.begin_stage("score what closes", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    if (counts[task].positives == 0) return;
    ScoredBlocks<Group> blocks(scoring);
    std::uint64_t at = begins[task];
    const auto keep = [&](std::span<const Group> groups, std::span<const double> scores) {
      for (std::size_t k = 0; k < score_count; ++k) {
        std::ranges::copy(scores.subspan(k * groups.size(), groups.size()), positives[k].begin() + at);
      }
      at += groups.size();
    };
    visit(task, [&](const Group& group, Fate fate) {
      if (fate == Fate::closes) blocks.add(group, keep);
    });
    blocks.flush(keep);
  });
  context.end_stage();
  std::vector<StreamedRanking> rankings;
  for (Array<double>& of_score : positives) rankings.emplace_back(context.threads(), std::move(of_score));
  context.begin_stage("count what stays open", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    ScoredBlocks<Group> blocks(scoring);
    const auto count = [&](std::span<const Group> groups, std::span<const double> scores) {
      for (std::size_t k = 0; k < score_count; ++k) {
        rankings[k].add_negatives(scores.subspan(k * groups.size(), groups.size()));
      }
    };
    visit(task, [&](const Group& group, Fate fate) {
      if (fate == Fate::stays_open) blocks.add(group, count);
    });
    blocks.flush(count);
  });
  context.end_stage();
  return rankings;
}

/// A group and its score by one method.
template <class Group>
struct ScoredGroup {
  Group group;
  double score = 0;
};

/// The highest scores first, of equal ones the first group.
template <class Group>
bool is_better(const ScoredGroup<Group>& a, const ScoredGroup<Group>& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.group < b.group;
}

/// The best of many, by one score; which these are does not depend on the order of offers.
template <class Group>
class BestGroups {
 public:
  explicit BestGroups(std::size_t count) : count_(count) {}
  static std::uint64_t bytes(std::size_t count) noexcept {
    return 2 * (2 * count + slack) * sizeof(ScoredGroup<Group>);  // a vector may have room for twice as many
  }

  void offer(const ScoredGroup<Group>& scored) {
    if (full_ && !is_better(scored, worst_)) return;
    groups_.push_back(scored);
    if (groups_.size() == 2 * count_ + slack) keep_best();
  }
  void offer_all(const BestGroups& other) {
    for (const ScoredGroup<Group>& scored : other.groups_) offer(scored);
  }
  std::vector<ScoredGroup<Group>> take() {
    keep_best();
    std::ranges::sort(groups_, is_better<Group>);
    return std::move(groups_);
  }

 private:
  static constexpr std::size_t slack = 1024;

  void keep_best() {
    if (groups_.size() <= count_ || count_ == 0) {
      if (count_ == 0) groups_.clear();
      return;
    }
    const auto last = groups_.begin() + static_cast<std::ptrdiff_t>(count_ - 1);
    std::ranges::nth_element(groups_, last, is_better<Group>);
    groups_.resize(count_);
    worst_ = groups_.back();
    full_ = true;
  }

  std::size_t count_;
  std::vector<ScoredGroup<Group>> groups_;
  ScoredGroup<Group> worst_{};
  bool full_ = false;
};

/// Bytes of best_candidates at its peak.
template <class Group>
std::uint64_t estimate_best_memory(std::size_t score_count, std::size_t count, int threads) noexcept {
  const auto lists = static_cast<std::uint64_t>(threads) + 1;
  return lists * (score_count * BestGroups<Group>::bytes(count) + ScoredBlocks<Group>::bytes(score_count));
}

/// The `count` candidates of the highest scores, by each score; the nodes of each in the order of their ids.
template <class Group, class Visit>
std::vector<std::vector<ScoredGroup<Group>>> best_candidates(RunContext& context, std::size_t tasks, const Visit& visit,
                                                             const GroupScoring<Group>& scoring, std::size_t count) {
  const std::size_t score_count = scoring.names.size();
  context.require_memory(resident_bytes() + estimate_best_memory<Group>(score_count, count, context.threads().count()),
                         "lower --top or raise --memory");
  std::vector<BestGroups<Group>> best(score_count, BestGroups<Group>(count));
  std::mutex mutex;
  context.begin_stage("score candidates", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    ScoredBlocks<Group> blocks(scoring);
    std::vector<BestGroups<Group>> mine(score_count, BestGroups<Group>(count));
    const auto choose = [&](std::span<const Group> groups, std::span<const double> scores) {
      refuse_nan(scores);
      for (std::size_t k = 0; k < score_count; ++k) {
        for (std::size_t i = 0; i < groups.size(); ++i)
          mine[k].offer({in_order(groups[i]), scores[k * groups.size() + i]});
      }
    };
    visit(task, [&](const Group& group, Fate fate) {
      if (fate != Fate::closed) blocks.add(group, choose);
    });
    blocks.flush(choose);
    const std::scoped_lock lock(mutex);
    for (std::size_t k = 0; k < score_count; ++k) best[k].offer_all(mine[k]);
  });
  context.end_stage();
  std::vector<std::vector<ScoredGroup<Group>>> result;
  for (BestGroups<Group>& of_score : best) result.push_back(of_score.take());
  return result;
}

}  // namespace adjoin::detail
