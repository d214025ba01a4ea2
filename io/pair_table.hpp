// Tables of pairs of nodes: what methods score them, and which of them are positives.
//
//   source  target  common-neighbors  adamic-adar  label
//   a       b       2                 1.25         1
//
// One pair a line, its nodes by name, then numbers. A header, if there is one, names the columns; a column `label`
// holds 0 or 1. A column `group` holds whole numbers: where negatives are each positive's own, they have its number. A
// file of one column is a list: its lines stand for pairs that another file of one column, line by line, stands for
// too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/read_options.hpp>

namespace adjoin {

struct ScoreColumn {
  std::string name;  // as the header has it; without a header "score", and for several "score 1", "score 2", ...
  Array<double> values;
};

/// Row i is pairs[i] with the i-th value of every column; all arrays that are not empty have the same size, at least 1.
struct PairTable {
  std::filesystem::path path;
  std::string read_as;  // "columns separated by tabs, header, 78 pairs"
  NodeIndex nodes;      // the names in this file
  Array<Edge> pairs;    // as given; empty for a list
  std::vector<ScoreColumn> scores;
  Array<std::uint8_t> labels;     // 0 or 1; empty if the file has none
  Array<std::uint64_t> groups;    // empty if the file has none, and where labels are
  Array<std::uint64_t> lines;     // of the file, from 1
  bool has_label_column = false;  // the header names one, read or not

  std::size_t row_count() const noexcept { return lines.size(); }
};

/// What the last column of a file without a header is, where it may be more than one thing.
enum class LastColumn : std::uint8_t { score, label };

/// Reads scores: none of them NaN, infinite ones are taken. with a header: any number of columns of scores, and perhaps
/// one named `label`. Without: one column is a list of scores, three are source, target and score, and more have more
/// scores, the last of them the label if `last` says so and there are four.
/// The file may be packed; "-" is standard input. ParseError for the first thing that is not as it should be, IoError
/// if the file cannot be read, BudgetExceeded before memory is taken. Stage: "pairs". O(bytes), and the sort of names.
PairTable read_pair_scores(RunContext& context, const std::filesystem::path& path, Separator separator,
                           LastColumn last);

/// Reads labels, each 0 or 1: source, target and label, a list of labels, or a table whose header has `label`, of which
/// nothing else is read. Else as read_pair_scores.
PairTable read_pair_labels(RunContext& context, const std::filesystem::path& path, Separator separator);

/// Reads pairs: source and target, whatever stands after them in a line. A header is `source` and `target`, or, where
/// there are more columns, one whose other columns are no numbers. Else as read_pair_scores.
PairTable read_pairs(RunContext& context, const std::filesystem::path& path, Separator separator);

/// The label of each row of `scores`, by the names of its nodes; of lists, by line. directed: (a, b) is not (b, a).
/// ParseError, with its place, for a pair that stands in one file only or twice in one of them; InvalidData for lists
/// of different lengths, or a list and a table. O(n log n).
Array<std::uint8_t> match_labels(RunContext& context, const PairTable& scores, const PairTable& labels, bool directed);

/// ParseError, with its place, for the first line of `labels` that is not of the same pair as that line of `scores`;
/// InvalidData for files of different lengths, or a list and a table. For tables with groups, where a pair may be in
/// several. O(n).
void check_same_lines(const PairTable& scores, const PairTable& labels);

/// ParseError, with its place, for the first pair that stands in the table twice. A list has no pairs. O(n log n).
void refuse_repeated_pairs(RunContext& context, const PairTable& table, bool directed);

}  // namespace adjoin
