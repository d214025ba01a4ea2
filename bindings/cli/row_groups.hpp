// Rows of a table of pairs in which each positive has negatives of its own.
#pragma once

#include <cstddef>
#include <vector>

#include <adjoin/io/pair_table.hpp>

namespace adjoin::cli {

/// Rows of the table. The negatives of positive i are those from i * q on, q being their number for each.
struct RowGroups {
  std::vector<std::size_t> positives;
  std::vector<std::size_t> negatives;
};

/// By rising group. InvalidData for a group without a positive, with two, without a negative or with another number of
/// negatives than the first. table: with labels and groups.
RowGroups row_groups(const PairTable& table);

}  // namespace adjoin::cli
