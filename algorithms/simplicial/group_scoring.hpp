// Scores of groups of nodes that come a block at a time: what predictions choose by, and evaluations judge.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace adjoin {

/// One or more scores, made ready for one projected graph.
template <class Group>
struct GroupScoring {
  std::vector<std::string> names;
  /// What there is to say of how each was made, as the end of a sentence; may be empty, or have no elements.
  std::vector<std::string> notes = {};
  /// scores[k * groups.size() + i] becomes the score by names[k] of groups[i], the same whatever the other groups of
  /// the block are. May be called by several threads at once.
  std::function<void(std::span<const Group> groups, std::span<double> scores)> score = {};
};

/// The scores of all parts, one after another.
template <class Group>
GroupScoring<Group> joined(std::vector<GroupScoring<Group>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  GroupScoring<Group> all;
  for (const GroupScoring<Group>& part : parts) {
    std::ranges::copy(part.names, std::back_inserter(all.names));
    std::ranges::copy(part.notes, std::back_inserter(all.notes));
    all.notes.resize(all.names.size());
  }
  all.score = [parts = std::make_shared<const std::vector<GroupScoring<Group>>>(std::move(parts))](
                  std::span<const Group> groups, std::span<double> scores) {
    std::size_t begin = 0;
    for (const GroupScoring<Group>& part : *parts) {
      const std::size_t size = part.names.size() * groups.size();
      part.score(groups, scores.subspan(begin, size));
      begin += size;
    }
  };
  return all;
}

}  // namespace adjoin
