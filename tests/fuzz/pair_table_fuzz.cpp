// Tables of pairs: the parts of the input are the scores and their labels, of which an empty one is no file. What is
// matched is compared with a map by names.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <adjoin/io/pair_table.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

using PairName = std::pair<std::string, std::string>;

PairName name_of(const PairTable& table, std::size_t row, bool directed) {
  PairName name(table.nodes.name(table.pairs[row].source), table.nodes.name(table.pairs[row].target));
  if (!directed && name.second < name.first) std::swap(name.first, name.second);
  return name;
}

void check_table(const PairTable& table, std::string_view text) {
  const std::size_t rows = table.row_count();
  fuzz::require(rows > 0, "a table without rows");
  fuzz::require(table.pairs.empty() || table.pairs.size() == rows, "pairs for some rows");
  fuzz::require(table.labels.empty() || table.labels.size() == rows, "labels for some rows");
  fuzz::require(std::ranges::all_of(table.labels, [](std::uint8_t label) { return label <= 1; }), "a strange label");
  fuzz::require(table.groups.empty() || (table.groups.size() == rows && !table.labels.empty()), "groups for some rows");
  fuzz::require(std::ranges::is_sorted(table.lines), "lines out of order");
  const auto line_count = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
  fuzz::require(table.lines[0] >= 1 && table.lines[rows - 1] <= line_count, "a line that the file does not have");
  for (const ScoreColumn& column : table.scores) {
    fuzz::require(column.values.size() == rows, "scores for some rows");
    fuzz::require(std::ranges::none_of(column.values, [](double score) { return std::isnan(score); }), "a NaN");
  }
  fuzz::check_names(table.nodes);
  for (const Edge& pair : table.pairs) {
    fuzz::require(std::max(index(pair.source), index(pair.target)) < table.nodes.size(), "an unknown node");
  }
}

void check_match(const PairTable& scores, const PairTable& labels, const Array<std::uint8_t>& matched, bool directed) {
  fuzz::require(matched.size() == scores.row_count(), "labels for some scores");
  fuzz::require(scores.row_count() == labels.row_count(), "a row without a partner");
  std::map<PairName, std::uint8_t> label_of;
  for (std::size_t row = 0; row < labels.pairs.size(); ++row) {
    const bool first = label_of.emplace(name_of(labels, row, directed), labels.labels[row]).second;
    fuzz::require(first, "a pair with two labels");
  }
  for (std::size_t row = 0; row < scores.pairs.size(); ++row) {
    const auto found = label_of.find(name_of(scores, row, directed));
    fuzz::require(found != label_of.end() && found->second == matched[row], "a wrong label");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  constexpr std::array separators{Separator::automatic, Separator::space, Separator::tab, Separator::comma,
                                  Separator::semicolon};
  const Separator separator = separators[input.choose(5)];
  const bool directed = input.choose(2) == 1;
  const LastColumn last = input.choose(2) == 1 ? LastColumn::label : LastColumn::score;
  const std::vector<std::string_view> parts = fuzz::parts_of(input.bytes, 2);
  const std::string_view scores_text = parts.empty() ? std::string_view() : parts[0];
  const auto scores_path = fuzz::write_scratch("scores.txt", scores_text);
  fuzz::accepted([&] {
    const PairTable scores = read_pair_scores(fuzz::context(), scores_path, separator, last);
    check_table(scores, scores_text);
    if (parts.size() < 2 || parts[1].empty()) {
      refuse_repeated_pairs(fuzz::context(), scores, directed);
      return;
    }
    const PairTable labels = read_pair_labels(fuzz::context(), fuzz::write_scratch("labels.txt", parts[1]), separator);
    check_table(labels, parts[1]);
    check_match(scores, labels, match_labels(fuzz::context(), scores, labels, directed), directed);
  });
  return 0;
}
