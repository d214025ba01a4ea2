#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <span>

#include <fmt/format.h>

#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t dialect_sample_bytes = 1 << 20;
constexpr std::size_t most_sampled_lines = 1000;

constexpr std::array source_words{"source",   "src",       "from",       "node1", "node_1",  "u",      "id1",  "id_1",
                                  "sourceid", "source_id", "fromnodeid", "user",  "user_id", "userid", "rater"};
constexpr std::array target_words{"target",   "dst",       "to",       "node2", "node_2",  "v",      "id2",   "id_2",
                                  "targetid", "target_id", "tonodeid", "item",  "item_id", "itemid", "ratee", "i"};
constexpr std::array weight_words{"weight", "weights", "w", "value", "rating"};
constexpr std::array time_words{"time",     "timestamp", "ts",  "unixts", "unix_time",
                                "unixtime", "datetime",  "day", "year"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}
template <class Words>
bool is_one_of(std::string_view text, const Words& words) {
  return std::ranges::find(words, lower_case(text)) != words.end();
}

char separator_character(Separator separator) {
  switch (separator) {
    case Separator::tab:
      return '\t';
    case Separator::comma:
      return ',';
    case Separator::semicolon:
      return ';';
    case Separator::automatic:
    case Separator::space:
      break;
  }
  return ' ';
}

std::string_view trim(std::string_view text, std::size_t& begin) {
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t last = text.find_last_not_of(" \t");
  begin += first;
  return first == text.size() ? std::string_view() : text.substr(first, last - first + 1);
}

/// What a file is that is not text, by its first bytes.
std::string binary_kind(std::string_view text) {
  struct Magic {
    std::string_view bytes;
    std::string_view kind;
    bool compressed;
  };
  constexpr std::array magics{Magic{"BZh", "bzip2", true},
                              Magic{"\xfd\x37zXZ", "xz", true},
                              Magic{"PK\x03\x04", "zip", true},
                              Magic{"\x93NUMPY", "NumPy array", false},
                              Magic{"\x7f"
                                    "ELF",
                                    "program", false},
                              Magic{"\x89PNG", "PNG image", false},
                              Magic{"%PDF", "PDF document", false}};
  for (const Magic& magic : magics) {
    if (text.starts_with(magic.bytes)) {
      return magic.compressed ? fmt::format("{}-compressed data", magic.kind) : fmt::format("a {}", magic.kind);
    }
  }
  return text.find('\0') != std::string_view::npos ? "binary data (a zero byte)" : "";
}

bool is_number(std::string_view text) {
  return parse_number(text).has_value();
}

bool is_node_word(const EdgeListField& field) {
  return is_one_of(field.text, source_words) || is_one_of(field.text, target_words);
}

bool looks_like_header(const std::vector<std::vector<EdgeListField>>& rows) {
  const auto& first = rows.front();
  if (first.size() < 2) return false;
  if (std::ranges::count_if(first, is_node_word) >= 2) return true;
  const auto numeric_ends = [](const auto& row) {
    return row.size() >= 2 && is_number(row[0].text) && is_number(row[1].text);
  };
  return rows.size() > 1 && !is_number(first[0].text) && !is_number(first[1].text) &&
         std::all_of(rows.begin() + 1, rows.end(), numeric_ends);
}

/// Whole numbers of the size of seconds or milliseconds since 1970.
bool looks_like_unix_time(std::string_view text) {
  const auto number = parse_number(text);
  return number && *number >= 1e8 && *number < 1e13 && std::floor(*number) == *number &&
         text.find_first_of(".eE") == std::string_view::npos;
}

/// Finds which column holds what: by what the user says, by the names in the header, and by the values.
class ColumnFinder {
 public:
  ColumnFinder(const std::vector<std::vector<EdgeListField>>& rows, const ReadOptions& options,
               EdgeListDialect& dialect)
      : rows_(rows),
        options_(options),
        dialect_(dialect),
        data_(std::span(rows).subspan(std::min<std::size_t>(dialect.header ? 1 : 0, rows.size()))) {}

  void find() {
    if (dialect_.columns < 2) return;  // the parser says what is wrong with the first line
    dialect_.source_column = node_column("source-column", options_.source_column, source_words, 1);
    dialect_.target_column = node_column("target-column", options_.target_column, target_words, 2);
    if (dialect_.source_column == dialect_.target_column) {
      if (options_.target_column != "auto" || dialect_.source_column > 2) {
        throw InvalidOption(fmt::format("source-column and target-column are both column {}", dialect_.source_column));
      }
      dialect_.target_column = 3 - dialect_.source_column;
    }
    find_type();
    find_time();
    find_weight();
  }

 private:
  bool is_node_column(std::size_t column) const {
    return column == dialect_.source_column || column == dialect_.target_column;
  }
  /// What is guessed to hold something else must not be one of these.
  bool is_taken(std::size_t column) const { return is_node_column(column) || column == dialect_.type_column; }

  /// The column that the user names or numbers. InvalidOption if there is none.
  std::size_t told(std::string_view option, const std::string& wish) const {
    std::size_t column = 0;
    if (const auto number = parse_unsigned(wish)) {
      column = static_cast<std::size_t>(std::min<std::uint64_t>(*number, dialect_.columns + 1));
    } else if (dialect_.header) {
      const auto found = std::ranges::find(rows_.front(), wish, &EdgeListField::text);
      if (found != rows_.front().end()) column = static_cast<std::size_t>(found - rows_.front().begin()) + 1;
    }
    if (column >= 1 && column <= dialect_.columns) return column;
    throw InvalidOption(
        fmt::format("{} = {} is not one of the columns 1 to {}{}", option, quote_for_message(wish), dialect_.columns,
                    dialect_.header ? ", by number or name" : " (this file has no header to name them)"));
  }

  /// The first column whose header is one of the words; 0 if there is none.
  template <class Words>
  std::size_t named(const Words& words) const {
    if (!dialect_.header) return 0;
    for (std::size_t column = 1; column <= rows_.front().size(); ++column) {
      if (is_one_of(rows_.front()[column - 1].text, words)) return column;
    }
    return 0;
  }

  template <class Words>
  std::size_t node_column(std::string_view option, const std::string& wish, const Words& words,
                          std::size_t otherwise) const {
    if (wish != "auto") return told(option, wish);
    const bool both = named(source_words) > 0 && named(target_words) > 0;
    return both ? named(words) : otherwise;
  }

  template <class Test>
  bool all(std::size_t column, const Test& test) const {
    return !data_.empty() && std::ranges::all_of(data_, [&](const auto& row) {
      return row.size() >= column && test(row[column - 1].text);
    });
  }

  void find_type() {
    if (options_.type_column == "none") return;
    dialect_.type_column = told("type-column", options_.type_column);
    if (is_node_column(dialect_.type_column)) throw InvalidOption("type-column is a column of nodes");
  }

  void find_time() {
    if (options_.time_column == "none") return;
    if (options_.time_column != "auto") {
      dialect_.time_column = told("time-column", options_.time_column);
      if (is_node_column(dialect_.time_column)) throw InvalidOption("time-column is a column of nodes");
      if (dialect_.type_column > 0) throw InvalidOption("events have no types; leave out time-column or type-column");
    } else if (dialect_.type_column > 0) {
      return;  // edges with types are no events
    } else if (const std::size_t column = named(time_words); column > 0) {
      // A date in words is no time that adjoin reads; it is left alone unless it is asked for.
      const bool numbers = all(column, [](std::string_view text) { return decimals_of_time(text).has_value(); });
      if (numbers && !is_node_column(column)) dialect_.time_column = column;
    } else if (!dialect_.header) {
      for (std::size_t third = dialect_.columns; third >= 3; --third) {
        if (!is_node_column(third) && all(third, looks_like_unix_time)) dialect_.time_column = third;
      }
    }
    if (dialect_.time_column == 0) return;
    dialect_.signed_weights = true;
    for (const auto& row : data_) {
      if (row.size() < dialect_.time_column) continue;
      dialect_.time_decimals =
          std::max(dialect_.time_decimals, decimals_of_time(row[dialect_.time_column - 1].text).value_or(0));
    }
  }

  void find_weight() {
    if (options_.weight_column == "none") return;
    if (options_.weight_column != "auto") {
      dialect_.weight_column = told("weight-column", options_.weight_column);
      if (is_node_column(dialect_.weight_column)) throw InvalidOption("weight-column is a column of nodes");
      if (dialect_.weight_column == dialect_.time_column) throw InvalidOption("weight-column is the column of times");
      if (dialect_.weight_column == dialect_.type_column) throw InvalidOption("weight-column is the column of types");
      return;
    }
    if (dialect_.header) {
      const std::size_t column = named(weight_words);
      if (column > 0 && !is_taken(column) && column != dialect_.time_column) dialect_.weight_column = column;
      return;
    }
    // One column is left over. The first line decides: a later one whose column is no number is then a mistake, not a
    // reason to ignore the column.
    const std::size_t used = 2U + (dialect_.time_column > 0 ? 1 : 0) + (dialect_.type_column > 0 ? 1 : 0);
    if (dialect_.columns != used + 1 || data_.empty()) return;
    for (std::size_t column = 1; column <= dialect_.columns; ++column) {
      if (is_taken(column) || column == dialect_.time_column) continue;
      if (is_number(data_.front()[column - 1].text)) dialect_.weight_column = column;
    }
    if (dialect_.weight_column > 0 && dialect_.time_column == 0 && may_be_times(dialect_.weight_column)) {
      dialect_.remark = fmt::format("they never fall: if they are times, say --time-column {}", dialect_.weight_column);
    }
  }

  /// Whole numbers that never fall and are not few.
  bool may_be_times(std::size_t column) const {
    constexpr std::size_t fewest = 8;
    if (data_.size() < fewest) return false;
    std::optional<std::uint64_t> first;
    std::uint64_t last = 0;
    for (const auto& row : data_) {
      const auto number = row.size() >= column ? parse_unsigned(row[column - 1].text) : std::nullopt;
      if (!number || (first && *number < last)) return false;
      if (!first) first = number;
      last = *number;
    }
    return last - *first >= fewest;
  }

  const std::vector<std::vector<EdgeListField>>& rows_;
  const ReadOptions& options_;
  EdgeListDialect& dialect_;
  std::span<const std::vector<EdgeListField>> data_;  // without the header
};

}  // namespace

Separator find_separator(const std::vector<std::string_view>& lines) {
  std::vector<EdgeListField> fields;
  for (const Separator candidate : {Separator::tab, Separator::comma, Separator::semicolon}) {
    std::optional<std::size_t> columns;
    const bool fits = std::ranges::all_of(lines, [&](std::string_view line) {
      split_line(line, candidate, fields);
      if (!columns) columns = fields.size();
      return fields.size() >= 2 && fields.size() == *columns;
    });
    if (fits) return candidate;
  }
  // Lines that disagree in number of columns: what stands in the first line most likely separates.
  for (const Separator candidate : {Separator::comma, Separator::semicolon}) {
    if (lines.front().find(separator_character(candidate)) != std::string_view::npos) return candidate;
  }
  return Separator::space;
}

std::string_view line_at(std::string_view text, std::size_t begin, std::size_t& next) {
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  next = std::min(end + 1, text.size());
  std::string_view line = text.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void split_line(std::string_view line, Separator separator, std::vector<EdgeListField>& fields) {
  fields.clear();
  if (separator == Separator::space) {
    for (std::size_t begin = line.find_first_not_of(" \t"); begin != std::string_view::npos;) {
      const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
      fields.push_back({line.substr(begin, end - begin), begin, false, false});
      begin = line.find_first_not_of(" \t", end);
    }
    return;
  }
  const char mark = separator_character(separator);
  for (std::size_t begin = 0;;) {
    const std::size_t open = line.find_first_not_of(separator == Separator::tab ? " " : " \t", begin);
    if (open != std::string_view::npos && line[open] == '"' && separator != Separator::tab) {
      std::size_t close = line.find('"', open + 1);
      while (close != std::string_view::npos && close + 1 < line.size() && line[close + 1] == '"') {
        close = line.find('"', close + 2);  // a doubled quote stands for one
      }
      const std::size_t end =
          close == std::string_view::npos ? line.size() : std::min(line.find(mark, close), line.size());
      const std::size_t text_end = close == std::string_view::npos ? line.size() : close;
      fields.push_back({line.substr(open + 1, text_end - open - 1), open, true, close == std::string_view::npos});
      if (end == line.size()) return;
      begin = end + 1;
      continue;
    }
    const std::size_t end = std::min(line.find(mark, begin), line.size());
    std::size_t at = begin;
    const std::string_view text = trim(line.substr(begin, end - begin), at);
    fields.push_back({text, at, false, false});
    if (end == line.size()) return;
    begin = end + 1;
  }
}

bool is_oversized_number(std::string_view name) {
  return name.size() >= 20 && name.front() != '0' &&
         std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; }) && !parse_unsigned(name);
}

NameKind name_kind(std::string_view name) {
  if (name.empty() || (name.size() > 1 && name.front() == '0') || name.front() == '-') return NameKind::text;
  const auto number = parse_unsigned(name);
  if (!number) return is_oversized_number(name) ? NameKind::number64 : NameKind::text;
  return *number <= 0xFFFFFFFFU ? NameKind::number32 : NameKind::number64;
}

SampledLines sample_lines(const std::filesystem::path& path, std::string_view text, std::string_view expected) {
  const std::string kind = binary_kind(text.substr(0, dialect_sample_bytes));
  if (!kind.empty()) {
    throw ParseError({path, 0, 0}, kind, fmt::format("a text file with {}", expected),
                     kind.find("compressed") != std::string::npos ? "decompress it first" : "");
  }
  SampledLines sample;
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  std::size_t sampled = 0;
  while (at < text.size() && sample.lines.size() < most_sampled_lines && sampled < dialect_sample_bytes) {
    std::size_t next = 0;
    const std::string_view line =
        line_at(text.substr(0, std::min(text.size(), at + 2 * dialect_sample_bytes)), at, next);
    if (is_blank(line) || is_comment(line)) {
      if (sample.lines.empty()) ++(is_blank(line) ? sample.blanks_before : sample.comments_before);
    } else {
      if (sample.lines.empty()) {
        sample.data_begin = at;
        sample.first_end = next;
      }
      sample.lines.push_back(line);
      sampled += next - at;
    }
    at = next;
  }
  if (sample.lines.empty()) {
    throw ParseError({path, 0, 0}, text.empty() ? "an empty file" : "nothing but comments", std::string(expected));
  }
  return sample;
}

void refuse_second_header(const std::filesystem::path& path, std::string_view text, const EdgeListDialect& dialect) {
  const std::string_view header = dialect.header_line;
  if (header.empty()) return;
  for (std::size_t at = text.find(header, dialect.data_begin); at != std::string_view::npos;
       at = text.find(header, at + 1)) {
    const std::size_t end = at + header.size();
    const bool whole_line = text[at - 1] == '\n' && (end == text.size() || text[end] == '\n' || text[end] == '\r');
    if (!whole_line) continue;
    const auto line = static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n')) + 1;
    throw ParseError({path, line, 1}, "the header again", "a header in the first line only");
  }
}

EdgeListDialect sniff_edge_list(const std::filesystem::path& path, std::string_view text, const ReadOptions& options) {
  EdgeListDialect dialect;
  const SampledLines sample = sample_lines(path, text);
  dialect.data_begin = sample.data_begin;
  dialect.comments_before = sample.comments_before;
  dialect.blanks_before = sample.blanks_before;
  dialect.lines_before = sample.comments_before + sample.blanks_before;
  dialect.separator = options.separator == Separator::automatic ? find_separator(sample.lines) : options.separator;
  std::vector<std::vector<EdgeListField>> rows(sample.lines.size());
  for (std::size_t i = 0; i < rows.size(); ++i) split_line(sample.lines[i], dialect.separator, rows[i]);
  dialect.columns = rows.front().size();
  dialect.header = options.header == Header::yes || (options.header == Header::automatic && looks_like_header(rows));
  ColumnFinder(rows, options, dialect).find();
  if (dialect.header) {
    dialect.header_line = sample.lines.front();
    dialect.data_begin = sample.first_end;
    ++dialect.lines_before;
    if (std::ranges::count(sample.lines, dialect.header_line) > 1) refuse_second_header(path, text, dialect);
  }
  for (std::size_t i = dialect.header ? 1 : 0; i < rows.size(); ++i) {
    for (const std::size_t column : {dialect.source_column, dialect.target_column}) {
      if (column <= rows[i].size()) dialect.names = std::max(dialect.names, name_kind(rows[i][column - 1].text));
    }
  }
  return dialect;
}

}  // namespace adjoin::detail
