// Tables in which spgemm collects one row of a product. Each is made once for a thread and used for many rows:
// collect() columns, or columns with values, then drain() in increasing order, which leaves it empty. Nothing is
// allocated between.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::detail {

/// A bit for each of `columns` columns, and a flag for each cache line of those, so that draining costs by what is in
/// it and little by the columns there are (a look at eight flags for 4096). Inserting has no branch: whether a column
/// is new cannot be foretold.
class ColumnSet {
 public:
  ColumnSet() = default;
  explicit ColumnSet(std::size_t columns)
      : words_(line_count(columns) * words_per_line, 0), lines_(line_count(columns), 0) {}

  static std::uint64_t bytes(std::size_t columns) noexcept {
    return line_count(columns) * (words_per_line * sizeof(std::uint64_t) + sizeof(std::uint8_t));
  }

  void insert(std::size_t column) noexcept {
    words_[column / 64] |= std::uint64_t{1} << (column % 64);
    lines_[column / columns_per_line] = 1;
  }

  /// Calls visit(column) in increasing order.
  template <class Visit>
  void drain(Visit&& visit) noexcept {
    drain_words([&](std::size_t word, std::uint64_t bits) {
      for (; bits != 0; bits &= bits - 1) visit(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
    });
  }

  /// How many columns there were.
  std::size_t drain_count() noexcept {
    std::size_t count = 0;
    drain_words(
        [&](std::size_t /*word*/, std::uint64_t bits) { count += static_cast<std::size_t>(std::popcount(bits)); });
    return count;
  }

 private:
  static constexpr std::size_t words_per_line = cache_line_bytes / sizeof(std::uint64_t);
  static constexpr std::size_t columns_per_line = words_per_line * 64;
  static constexpr std::size_t flags_at_once = sizeof(std::uint64_t);

  /// A whole number of looks at flags.
  static std::size_t line_count(std::size_t columns) noexcept {
    constexpr std::size_t unit = columns_per_line * flags_at_once;
    return (columns + unit - 1) / unit * flags_at_once;
  }

  template <class Visit>
  void drain_words(Visit&& visit) noexcept {
    for (std::size_t first = 0; first < lines_.size(); first += flags_at_once) {
      std::uint64_t flags = 0;
      std::memcpy(&flags, lines_.data() + first, sizeof(flags));
      if (flags == 0) continue;
      for (std::size_t line = first; line < first + flags_at_once; ++line) {
        if (lines_[line] == 0) continue;
        lines_[line] = 0;
        for (std::size_t word = line * words_per_line; word < (line + 1) * words_per_line; ++word) {
          visit(word, words_[word]);
          words_[word] = 0;
        }
      }
    }
  }

  Array<std::uint64_t> words_;
  Array<std::uint8_t> lines_;
};

/// One sum for each of `columns` columns, 0 where nothing was collected.
class DenseAccumulator {
 public:
  DenseAccumulator() = default;
  explicit DenseAccumulator(std::size_t columns) : present_(columns), sums_(columns, 0.0) {}

  static std::uint64_t bytes(std::size_t columns) noexcept {
    return ColumnSet::bytes(columns) + columns * sizeof(double);
  }

  void collect(NodeId column, double value) noexcept {
    present_.insert(index(column));
    sums_[index(column)] += value;
  }

  /// To count columns without sums.
  ColumnSet& columns() noexcept { return present_; }

  /// Calls visit(column, sum) in increasing order.
  template <class Visit>
  void drain(Visit&& visit) noexcept {
    present_.drain([&](std::size_t column) { visit(node_id(column), std::exchange(sums_[column], 0.0)); });
  }

 private:
  ColumnSet present_;
  Array<double> sums_;
};

/// Sums of the columns that occur, at most `entries` of them, fewer than 2^30: open addressing, at most half full.
class HashAccumulator {
 public:
  HashAccumulator() = default;
  explicit HashAccumulator(std::size_t entries)
      : columns_(slots_for(entries), no_node), sums_(columns_.size()), used_(entries) {}

  static std::uint64_t bytes(std::size_t entries) noexcept {
    return slots_for(entries) * (sizeof(NodeId) + sizeof(double)) + entries * sizeof(std::uint64_t);
  }

  /// For rows of at most `entries` entries from now on, so that a short row stays in a few cache lines. The table is
  /// empty, and was made for as many.
  void begin_row(std::size_t entries) noexcept { shift_ = 64 - std::countr_zero(slots_for(entries)); }

  void collect(NodeId column, double value) noexcept {
    std::size_t slot = home_of(column);
    while (columns_[slot] != column) {
      if (columns_[slot] == no_node) {
        columns_[slot] = column;
        sums_[slot] = value;
        used_[count_++] = std::uint64_t{index(column)} << 32 | slot;
        return;
      }
      slot = (slot + 1) & ((std::size_t{1} << (64 - shift_)) - 1);
    }
    sums_[slot] += value;
  }

  /// Calls visit(column, sum) in increasing order.
  template <class Visit>
  void drain(Visit&& visit) noexcept {
    std::sort(used_.data(), used_.data() + count_);
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t slot = used_[i] & 0xffff'ffffU;
      visit(columns_[slot], sums_[slot]);
      columns_[slot] = no_node;
    }
    count_ = 0;
  }

  /// How many columns there were.
  std::size_t drain_count() noexcept {
    for (std::size_t i = 0; i < count_; ++i) columns_[used_[i] & 0xffff'ffffU] = no_node;
    return std::exchange(count_, 0);
  }

 private:
  static std::size_t slots_for(std::size_t entries) noexcept {
    return std::bit_ceil(2 * std::max<std::size_t>(8, entries));
  }
  /// By the golden ratio (Knuth 1998, 6.4): neighbouring ids go to distant slots.
  std::size_t home_of(NodeId column) const noexcept {
    return static_cast<std::size_t>(std::uint64_t{index(column)} * 0x9e37'79b9'7f4a'7c15ULL >> shift_);
  }

  Array<NodeId> columns_;  // no_node where a slot is free
  Array<double> sums_;
  Array<std::uint64_t> used_;  // column and slot of each entry, the column above
  std::size_t count_ = 0;
  int shift_ = 63;
};

}  // namespace adjoin::detail
