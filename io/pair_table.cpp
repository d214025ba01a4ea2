#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/input_file.hpp>
#include <adjoin/io/pair_table.hpp>

namespace adjoin {
namespace {

using detail::EdgeListField;

bool is_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, [](unsigned char a, char b) { return std::tolower(a) == b; });
}

/// What a file is for: each is read in its own way where there is no header.
enum class Purpose : std::uint8_t { scores, scores_and_label, labels, pairs };

enum class Role : std::uint8_t { name, score, label, group, ignored };

std::string_view expected_columns(Purpose purpose) {
  switch (purpose) {
    case Purpose::scores:
      return "source, target and score, or one column of scores";
    case Purpose::scores_and_label:
      return "source, target, score and label";
    case Purpose::labels:
      return "source, target and label, or one column of labels";
    case Purpose::pairs:
      break;
  }
  return "source and target";
}

class PairReader {
 public:
  PairReader(RunContext& context, const std::filesystem::path& path, Separator separator, Purpose purpose)
      : context_(context), file_(context, path), text_(file_.bytes()), purpose_(purpose) {
    const detail::SampledLines sample = detail::sample_lines(file_.path(), text_, "one pair a line");
    separator_ = separator == Separator::automatic ? detail::find_separator(sample.lines) : separator;
    next_ = sample.data_begin;
    line_ = sample.comments_before + sample.blanks_before;
    next_line();
    header_ = looks_like_header();
    find_roles();
    if (header_) return;
    next_ = sample.data_begin;  // it is the first row
    --line_;
  }

  PairTable read() && {
    PairTable table;
    table.path = file_.path();
    table.has_label_column = has_label_column_;
    reserve(table);
    context_.begin_stage("pairs", "bytes", text_.size() - next_);
    std::size_t row = 0;
    std::size_t told = next_;
    while (next_line()) {
      read_row(table, row++);
      if (row % rows_per_report != 0) continue;
      context_.advance(next_ - told);
      told = next_;
    }
    context_.advance(next_ - told);
    if (row == 0) refuse(0, "nothing after the header", "one pair a line");
    finish(table, row);
    context_.end_stage();
    return table;
  }

 private:
  static constexpr std::size_t rows_per_report = 1 << 14;

  /// No column of numbers holds one, and every column has a name.
  bool looks_like_header() const {
    const auto is_name = [](const EdgeListField& field) { return !field.text.empty() && !parse_number(field.text); };
    if (fields_.size() == 1) return is_name(fields_.front());
    if (fields_.size() == 2) return fields_[0].text == "source" && fields_[1].text == "target";
    return fields_.size() > 2 && std::all_of(fields_.begin() + 2, fields_.end(), is_name);
  }

  void find_roles() {
    const std::size_t columns = fields_.size();
    has_label_column_ = header_ && std::ranges::any_of(fields_, [](const EdgeListField& field) {
                          return is_word(field.text, "label");
                        });
    if (purpose_ == Purpose::pairs) {
      if (columns < 2) refuse(0, "1 column", std::string(expected_columns(purpose_)));
      roles_.assign(columns, Role::ignored);
      std::fill_n(roles_.begin(), 2, Role::name);
      return;
    }
    if (columns == 2) refuse(0, "2 columns", std::string(expected_columns(purpose_)));
    const Role number = purpose_ == Purpose::labels ? Role::label : Role::score;
    roles_.assign(columns, number);
    if (columns > 2) std::fill_n(roles_.begin(), 2, Role::name);
    if (header_) {
      find_named_label();
      find_named_group();
    } else if (purpose_ == Purpose::labels && columns > 3) {
      refuse(3, fmt::format("{} columns and no header", columns), std::string(expected_columns(purpose_)),
             "a header that names a column label lets there be more");
    } else if (purpose_ == Purpose::scores_and_label && columns == 4) {
      roles_.back() = Role::label;
    }
    if (std::ranges::count(roles_, Role::label) > 1) refuse(0, "two columns of labels", "one column label");
    if (purpose_ != Purpose::labels && std::ranges::count(roles_, Role::score) == 0) {
      refuse(0, "no column of scores", std::string(expected_columns(purpose_)));
    }
  }

  /// In a table with a header what is named label is one. Of labels, nothing else is wanted; a single column may have
  /// any name.
  void find_named_label() {
    const std::size_t first = fields_.size() == 1 ? 0 : 2;
    bool named = false;
    for (std::size_t column = first; column < fields_.size(); ++column) {
      if (!is_word(fields_[column].text, "label")) continue;
      if (purpose_ == Purpose::labels && !named) {
        std::replace(roles_.begin() + static_cast<std::ptrdiff_t>(first), roles_.end(), Role::label, Role::ignored);
      }
      named = true;
      roles_[column] = Role::label;
    }
    if (purpose_ == Purpose::labels && !named && fields_.size() > 3) {
      refuse(2, "a header without a column label", std::string(expected_columns(purpose_)));
    }
  }

  /// Without labels a column of this name is a score like any other.
  void find_named_group() {
    if (std::ranges::count(roles_, Role::label) == 0) return;
    for (std::size_t column = 2; column < fields_.size(); ++column) {
      if (roles_[column] == Role::label || !is_word(fields_[column].text, "group")) continue;
      if (std::ranges::count(roles_, Role::group) > 0) refuse(column, "a second column of groups", "one column group");
      roles_[column] = Role::group;
    }
  }

  void reserve(PairTable& table) {
    const std::size_t lines = count_character(text_.substr(next_), '\n') + 1;
    const auto scores = static_cast<std::size_t>(std::ranges::count(roles_, Role::score));
    const bool labels = std::ranges::count(roles_, Role::label) > 0;
    const bool groups = std::ranges::count(roles_, Role::group) > 0;
    // Of pairs: the views of their names, and their ids.
    const std::size_t pair_bytes = is_list() ? 0 : sizeof(NamedEdge<std::string_view>) + sizeof(Edge);
    context_.require_memory(
        resident_bytes() + lines * (sizeof(std::uint64_t) + pair_bytes + scores * sizeof(double) +
                                    (labels ? sizeof(std::uint8_t) : 0) + (groups ? sizeof(std::uint64_t) : 0)),
        "raise --memory");
    table.lines = Array<std::uint64_t>(lines);
    if (!is_list()) named_pairs_ = Array<NamedEdge<std::string_view>>(lines);
    if (labels) table.labels = Array<std::uint8_t>(lines);
    if (groups) table.groups = Array<std::uint64_t>(lines);
    std::unordered_set<std::string> names;  // a header may have a hundred thousand
    for (std::size_t column = 0; column < roles_.size(); ++column) {
      if (roles_[column] != Role::score) continue;
      std::string name = scores == 1 ? "score" : fmt::format("score {}", table.scores.size() + 1);
      if (header_) name = fields_[column].text;
      if (!names.insert(name).second)
        refuse(column, fmt::format("the column {} again", quote_for_message(name)), "each column once");
      table.scores.push_back({std::move(name), Array<double>(lines)});
    }
  }

  bool is_list() const { return roles_.size() == 1; }

  /// The next line that is neither blank nor a comment; false at the end.
  bool next_line() {
    while (next_ < text_.size()) {
      const std::string_view line = detail::line_at(text_, next_, next_);
      ++line_;
      if (detail::is_blank(line) || detail::is_comment(line)) continue;
      detail::split_line(line, separator_, fields_);
      const auto unclosed = std::ranges::find_if(fields_, &EdgeListField::unclosed);
      if (unclosed != fields_.end()) {
        refuse(static_cast<std::size_t>(unclosed - fields_.begin()), "a quote that is not closed",
               "a closing quote on the same line");
      }
      return true;
    }
    return false;
  }

  void read_row(PairTable& table, std::size_t row) {
    if (fields_.size() != roles_.size()) {
      refuse(0, counted(fields_.size(), "column", "columns"), fmt::format("{} as in the first line", roles_.size()));
    }
    table.lines[row] = line_;
    if (!is_list()) named_pairs_[row] = {name(0), name(1)};
    std::size_t score = 0;
    for (std::size_t column = 0; column < roles_.size(); ++column) {
      if (roles_[column] == Role::score) table.scores[score++].values[row] = read_score(column);
      if (roles_[column] == Role::label) table.labels[row] = read_label(column);
      if (roles_[column] == Role::group) table.groups[row] = read_group(column);
    }
  }

  std::string_view name(std::size_t column) const {
    const EdgeListField& field = fields_[column];
    if (field.quoted && field.text.find('"') != std::string_view::npos) {
      refuse(column, "a quote inside a quoted name", "a name without quotes in it");
    }
    if (field.text.empty() || has_control_character(field.text)) {
      refuse(column, quote_for_message(field.text), "the name of a node");
    }
    return field.text;
  }

  double read_score(std::size_t column) const {
    const auto value = parse_number(fields_[column].text);
    if (!value || std::isnan(*value)) {
      refuse(column, quote_for_message(fields_[column].text), "a score, which is a number and not NaN");
    }
    return *value;
  }

  std::uint8_t read_label(std::size_t column) const {
    const auto value = parse_number(fields_[column].text);
    if (!value || (*value != 0 && *value != 1)) {
      refuse(column, quote_for_message(fields_[column].text), "a label, which is 0 or 1");
    }
    return *value == 1 ? 1 : 0;
  }

  std::uint64_t read_group(std::size_t column) const {
    constexpr double most = 1e15;  // whole numbers up to here are all there
    const auto value = parse_number(fields_[column].text);
    if (!value || !(*value >= 0 && *value <= most) || *value != std::floor(*value)) {
      refuse(column, quote_for_message(fields_[column].text), "a group, which is a whole number");
    }
    return static_cast<std::uint64_t>(*value);
  }

  void finish(PairTable& table, std::size_t rows) {
    table.lines.shrink(rows);
    if (!table.labels.empty()) table.labels.shrink(rows);
    if (!table.groups.empty()) table.groups.shrink(rows);
    for (ScoreColumn& column : table.scores) column.values.shrink(rows);
    if (!is_list()) {
      named_pairs_.shrink(rows);
      IndexedEdges indexed = index_nodes(context_, std::move(named_pairs_));
      table.nodes = std::move(indexed.nodes);
      table.pairs = std::move(indexed.edges);
    }
    table.read_as = fmt::format("{}{}, {}", is_list() ? "a list" : "a table of pairs", header_ ? ", header" : "",
                                counted(rows, "line", "lines"));
    context_.add_input(table.path.string(), table.read_as);
  }

  [[noreturn]] void refuse(std::size_t column, const std::string& found, const std::string& expected,
                           const std::string& hint = {}) const {
    const std::size_t at = column < fields_.size() ? fields_[column].begin + 1 : 1;
    throw ParseError({file_.path(), line_, at}, found, expected, hint);
  }

  RunContext& context_;
  detail::InputFile file_;
  std::string_view text_;
  Purpose purpose_;
  Separator separator_ = Separator::space;
  std::size_t next_ = 0;
  std::uint64_t line_ = 0;
  bool header_ = false;
  bool has_label_column_ = false;
  std::vector<Role> roles_;
  std::vector<EdgeListField> fields_;
  Array<NamedEdge<std::string_view>> named_pairs_;  // into the file's text
};

/// A pair as one number, and the row it stands in.
struct PairKey {
  std::uint64_t pair;
  std::uint64_t row;
};

std::uint64_t key_of(NodeId source, NodeId target, bool directed) {
  auto a = static_cast<std::uint64_t>(index(source));
  auto b = static_cast<std::uint64_t>(index(target));
  if (!directed && b < a) std::swap(a, b);
  return a << 32 | b;
}

std::string pair_phrase(const PairTable& table, std::uint64_t row) {
  const Edge pair = table.pairs[row];
  return fmt::format("the pair {} {}", quote_for_message(table.nodes.name(pair.source)),
                     quote_for_message(table.nodes.name(pair.target)));
}

/// The table's pairs in the order of their keys, id_of telling what each of its ids is elsewhere.
template <class IdOf>
Array<PairKey> sorted_keys(RunContext& context, const PairTable& table, bool directed, IdOf id_of) {
  Array<PairKey> keys(table.pairs.size());
  for (std::size_t row = 0; row < keys.size(); ++row) {
    keys[row] = {key_of(id_of(table.pairs[row].source), id_of(table.pairs[row].target), directed), row};
  }
  parallel_sort(context.threads(), keys.span(),
                [](PairKey a, PairKey b) { return a.pair != b.pair ? a.pair < b.pair : a.row < b.row; });
  return keys;
}
Array<PairKey> sorted_keys(RunContext& context, const PairTable& table, bool directed) {
  return sorted_keys(context, table, directed, [](NodeId id) { return id; });
}

/// The first row, in the order of the file, whose pair an earlier row has.
void refuse_repeats(const PairTable& table, const Array<PairKey>& keys, bool directed) {
  const PairKey* repeat = nullptr;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].pair == keys[i - 1].pair && (repeat == nullptr || keys[i].row < repeat->row)) repeat = &keys[i];
  }
  if (repeat == nullptr) return;
  const PairKey* const first = repeat - 1;  // the repeat is the earliest one, so what is before it comes first
  const bool turned = !directed && table.pairs[repeat->row].source != table.pairs[first->row].source;
  throw ParseError(
      {table.path, table.lines[repeat->row], 1}, pair_phrase(table, repeat->row) + " again",
      fmt::format("each pair once; line {} has it{}", table.lines[first->row], turned ? " the other way round" : ""),
      turned ? "--directed tells the two apart" : "");
}

[[noreturn]] void refuse_alone(const PairTable& table, std::uint64_t row, const PairTable& other) {
  throw ParseError({table.path, table.lines[row], 1}, pair_phrase(table, row),
                   fmt::format("pairs that {} has too", other.path.string()));
}

/// What the ids of `table` are in `other`. ParseError for the first pair with a node that is not there.
std::vector<NodeId> ids_elsewhere(const PairTable& table, const PairTable& other) {
  std::vector<NodeId> ids(table.nodes.size());
  std::vector<bool> missing(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = other.nodes.find(table.nodes.name(node_id(i)));
    missing[i] = !found;
    ids[i] = found.value_or(NodeId{});
  }
  for (std::size_t row = 0; row < table.pairs.size(); ++row) {
    const Edge pair = table.pairs[row];
    if (missing[index(pair.source)] || missing[index(pair.target)]) refuse_alone(table, row, other);
  }
  return ids;
}

void require_key_memory(RunContext& context, std::uint64_t rows, std::uint64_t nodes) {
  // A sort takes a second copy.
  context.require_memory(resident_bytes() + 2 * rows * sizeof(PairKey) + nodes * sizeof(NodeId), "raise --memory");
}

void refuse_other_shape(const PairTable& scores, const PairTable& labels) {
  const auto kind = [](const PairTable& table) { return table.pairs.empty() ? "a list" : "a table of pairs"; };
  if (scores.pairs.empty() != labels.pairs.empty()) {
    throw InvalidData(fmt::format("{} is {} and {} is {}; both are to be the same", scores.path.string(), kind(scores),
                                  labels.path.string(), kind(labels)));
  }
  if (scores.pairs.empty() && scores.row_count() != labels.row_count()) {
    throw InvalidData(fmt::format("{} has {} and {} has {}; each score has a label", scores.path.string(),
                                  counted(scores.row_count(), "score", "scores"), labels.path.string(),
                                  counted(labels.row_count(), "label", "labels")));
  }
}

}  // namespace

PairTable read_pair_scores(RunContext& context, const std::filesystem::path& path, Separator separator,
                           LastColumn last) {
  return PairReader(context, path, separator, last == LastColumn::label ? Purpose::scores_and_label : Purpose::scores)
      .read();
}

PairTable read_pairs(RunContext& context, const std::filesystem::path& path, Separator separator) {
  return PairReader(context, path, separator, Purpose::pairs).read();
}

PairTable read_pair_labels(RunContext& context, const std::filesystem::path& path, Separator separator) {
  return PairReader(context, path, separator, Purpose::labels).read();
}

Array<std::uint8_t> match_labels(RunContext& context, const PairTable& scores, const PairTable& labels, bool directed) {
  refuse_other_shape(scores, labels);
  if (scores.pairs.empty()) return labels.labels.copy();
  require_key_memory(context, scores.row_count() + labels.row_count(), scores.nodes.size() + labels.nodes.size());
  const Array<PairKey> scored = sorted_keys(context, scores, directed);
  refuse_repeats(scores, scored, directed);
  const std::vector<NodeId> ids = ids_elsewhere(labels, scores);
  const Array<PairKey> labelled = sorted_keys(context, labels, directed, [&](NodeId id) { return ids[index(id)]; });
  refuse_repeats(labels, labelled, directed);
  Array<std::uint8_t> result(scores.row_count());
  std::optional<std::uint64_t> scored_alone;
  std::optional<std::uint64_t> labelled_alone;
  const auto note = [](std::optional<std::uint64_t>& first, std::uint64_t row) {
    first = std::min(first.value_or(row), row);
  };
  for (std::size_t i = 0, j = 0; i < scored.size() || j < labelled.size();) {
    if (j == labelled.size() || (i < scored.size() && scored[i].pair < labelled[j].pair)) {
      note(scored_alone, scored[i++].row);
    } else if (i == scored.size() || labelled[j].pair < scored[i].pair) {
      note(labelled_alone, labelled[j++].row);
    } else {
      result[scored[i++].row] = labels.labels[labelled[j++].row];
    }
  }
  if (scored_alone) refuse_alone(scores, *scored_alone, labels);
  if (labelled_alone) refuse_alone(labels, *labelled_alone, scores);
  return result;
}

void check_same_lines(const PairTable& scores, const PairTable& labels) {
  refuse_other_shape(scores, labels);
  if (scores.row_count() != labels.row_count()) {
    throw InvalidData(fmt::format("{} has {} and {} has {}; where pairs are in groups, their lines are the same",
                                  scores.path.string(), counted(scores.row_count(), "pair", "pairs"),
                                  labels.path.string(), counted(labels.row_count(), "pair", "pairs")));
  }
  for (std::size_t row = 0; row < labels.pairs.size(); ++row) {
    const auto [u, v] = scores.pairs[row];
    const auto [a, b] = labels.pairs[row];
    if (scores.nodes.name(u) == labels.nodes.name(a) && scores.nodes.name(v) == labels.nodes.name(b)) continue;
    throw ParseError(
        {labels.path, labels.lines[row], 1}, pair_phrase(labels, row),
        fmt::format("{}, which line {} of {} has", pair_phrase(scores, row), scores.lines[row], scores.path.string()));
  }
}

void refuse_repeated_pairs(RunContext& context, const PairTable& table, bool directed) {
  if (table.pairs.empty()) return;
  require_key_memory(context, table.row_count(), table.nodes.size());
  refuse_repeats(table, sorted_keys(context, table, directed), directed);
}

}  // namespace adjoin
