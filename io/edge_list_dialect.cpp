#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/edge_list_dialect.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t sample_bytes = 1 << 20;
constexpr std::size_t sample_lines = 1000;

constexpr std::array node_words{"source",    "target",    "src",        "dst",     "from",     "to",
                                "node1",     "node2",     "node_1",     "node_2",  "u",        "v",
                                "id1",       "id2",       "id_1",       "id_2",    "sourceid", "targetid",
                                "source_id", "target_id", "fromnodeid", "tonodeid"};
constexpr std::array weight_words{"weight", "weights", "w", "value"};

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

bool is_number(std::string_view text) {
  return parse_number(text).has_value();
}

bool looks_like_header(const std::vector<std::vector<EdgeListField>>& rows) {
  const auto& first = rows.front();
  if (first.size() < 2) return false;
  if (is_one_of(first[0].text, node_words) && is_one_of(first[1].text, node_words)) return true;
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

void find_weight_column(const std::vector<std::vector<EdgeListField>>& rows, const ReadOptions& options,
                        EdgeListDialect& dialect) {
  if (options.weight_column == "none") return;
  const std::size_t first_row = dialect.header ? 1 : 0;
  if (options.weight_column != "auto") {
    std::size_t column = 0;
    if (const auto number = parse_unsigned(options.weight_column)) {
      column = static_cast<std::size_t>(*number);
    } else if (dialect.header) {
      const auto found = std::ranges::find(rows.front(), options.weight_column, &EdgeListField::text);
      if (found != rows.front().end()) column = static_cast<std::size_t>(found - rows.front().begin()) + 1;
    }
    if (column < 3 || column > dialect.columns) {
      throw InvalidOption(fmt::format(
          "weight-column = {} is not one of the columns 3 to {}{}", quote_for_message(options.weight_column),
          dialect.columns, dialect.header ? ", by number or name" : " (this file has no header to name them)"));
    }
    dialect.weight_column = column;
    return;
  }
  if (dialect.header) {
    for (std::size_t column = 2; column < rows.front().size(); ++column) {
      if (is_one_of(rows.front()[column].text, weight_words)) dialect.weight_column = column + 1;
    }
    return;
  }
  if (dialect.columns != 3) return;
  // The first edge decides: a later line whose third column is no number is then a mistake, not a reason to ignore the
  // column.
  if (rows.size() <= first_row || rows[first_row].size() != 3 || !is_number(rows[first_row][2].text)) return;
  const bool times = std::all_of(rows.begin() + static_cast<std::ptrdiff_t>(first_row), rows.end(),
                                 [](const auto& row) { return row.size() == 3 && looks_like_unix_time(row[2].text); });
  if (times) {
    dialect.ignored_because = "it looks like times";
  } else {
    dialect.weight_column = 3;
  }
}

}  // namespace

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

EdgeListDialect sniff_edge_list(const std::filesystem::path& path, std::string_view text, const ReadOptions& options) {
  EdgeListDialect dialect;
  const std::string kind = binary_kind(text.substr(0, sample_bytes));
  if (!kind.empty()) {
    throw ParseError({path, 0, 0}, kind, "a text file with one edge a line",
                     kind.find("compressed") != std::string::npos ? "decompress it first" : "");
  }
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  std::vector<std::string_view> lines;
  std::size_t first_line_end = 0;
  std::size_t sampled = 0;
  while (at < text.size() && lines.size() < sample_lines && sampled < sample_bytes) {
    std::size_t next = 0;
    const std::string_view line = line_at(text.substr(0, std::min(text.size(), at + 2 * sample_bytes)), at, next);
    if (is_blank(line) || is_comment(line)) {
      if (lines.empty()) {
        ++dialect.lines_before;
        ++(is_blank(line) ? dialect.blanks_before : dialect.comments_before);
      }
    } else {
      if (lines.empty()) {
        dialect.data_begin = at;
        first_line_end = next;
      }
      lines.push_back(line);
      sampled += next - at;
    }
    at = next;
  }
  if (lines.empty()) {
    throw ParseError({path, 0, 0}, text.empty() ? "an empty file" : "no edges", "one edge a line: source and target");
  }

  dialect.separator = options.separator == Separator::automatic ? find_separator(lines) : options.separator;
  std::vector<std::vector<EdgeListField>> rows(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) split_line(lines[i], dialect.separator, rows[i]);
  dialect.columns = rows.front().size();
  dialect.header = options.header == Header::yes || (options.header == Header::automatic && looks_like_header(rows));
  find_weight_column(rows, options, dialect);
  if (dialect.header) {
    dialect.data_begin = first_line_end;
    ++dialect.lines_before;
  }
  for (std::size_t i = dialect.header ? 1 : 0; i < rows.size(); ++i) {
    for (std::size_t column = 0; column < std::min<std::size_t>(2, rows[i].size()); ++column) {
      dialect.names = std::max(dialect.names, name_kind(rows[i][column].text));
    }
  }
  return dialect;
}

}  // namespace adjoin::detail
