// A private part of linkpred: pairs of nodes put together by the node that a search begins at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// Whether a pair is answered from its source alone, or once from each of its ends.
enum class PairEnds : std::uint8_t { source, both };

/// The questions that pairs ask, by the node to search from: question i is pair i from its source; with both ends,
/// question 2i is pair i from its source and question 2i + 1 is pair i from its target.
class SourceGroups {
 public:
  /// `pairs` must outlive this. InvalidData as check_pairs.
  SourceGroups(RunContext& context, GraphView graph, std::span<const Edge> pairs, PairEnds ends = PairEnds::source);

  /// Peak bytes, while the groups are made.
  static std::uint64_t bytes(std::size_t pair_count, PairEnds ends = PairEnds::source) noexcept;

  std::size_t count() const noexcept { return begins_.size() - 1; }
  std::size_t question_count() const noexcept { return questions_.size(); }
  NodeId source(std::size_t group) const noexcept { return node_id(questions_[begins_[group]] >> 32U); }
  std::size_t size(std::size_t group) const noexcept { return begins_[group + 1] - begins_[group]; }

  /// Calls visit(question, target) for each question of the group, by rising question.
  template <class Visit>
  void for_questions(std::size_t group, Visit&& visit) const {
    for (std::size_t i = begins_[group]; i < begins_[group + 1]; ++i) {
      const std::size_t question = questions_[i] & 0xffff'ffffU;
      if (ends_ == PairEnds::source) {
        visit(question, pairs_[question].target);
      } else {
        const Edge& pair = pairs_[question / 2];
        visit(question, question % 2 == 0 ? pair.target : pair.source);
      }
    }
  }

 private:
  std::span<const Edge> pairs_;
  PairEnds ends_;
  Array<std::uint64_t> questions_;  // source and question, the source above; sorted
  Array<std::size_t> begins_;       // of each group among the questions, and their end
};

}  // namespace adjoin::detail
