// How a text edge list is written: found by looking at its beginning, or told.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/io/read_options.hpp>

namespace adjoin::detail {

enum class NameKind : std::uint8_t { number32, number64, text };

struct EdgeListDialect {
  Separator separator = Separator::space;
  bool header = false;
  std::size_t columns = 0;
  std::size_t source_column = 1;  // from 1
  std::size_t target_column = 2;
  std::size_t weight_column = 0;  // 0: none
  std::size_t time_column = 0;
  std::size_t type_column = 0;
  std::size_t label_column = 0;          // of events: JODIE's state label
  std::size_t first_feature_column = 0;  // of events: this one and all after it
  bool signed_weights = false;           // negative ones are no mistake
  int time_decimals = 0;                 // of the lines looked at; later lines may ask for more
  std::string remark;                    // what the user may want to overrule, for the report
  NameKind names = NameKind::number32;   // of the lines looked at; later lines may ask for more
  std::string_view header_line;          // in the file's text; empty without a header
  std::size_t data_begin = 0;            // the first byte after the byte-order mark, leading comments and header
  std::size_t lines_before = 0;          // lines before data_begin
  std::size_t comments_before = 0;
  std::size_t blanks_before = 0;
};

inline bool is_comment(std::string_view line) {
  return !line.empty() && (line.front() == '#' || line.front() == '%');
}
inline bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// What separates the columns of most of the lines.
Separator find_separator(const std::vector<std::string_view>& lines);

/// The line that begins at `begin`, without its end ("\n" or "\r\n"), and where the next one begins.
std::string_view line_at(std::string_view text, std::size_t begin, std::size_t& next);

/// A column of a line: its text without surrounding white space and quotes, and where it begins in the line (from 0).
struct EdgeListField {
  std::string_view text;
  std::size_t begin = 0;
  bool quoted = false;    // `text` is what stands between the quotes
  bool unclosed = false;  // a quote without its end
};

/// The lines that show what a file is like: the first thousand or mebibyte that are neither comments nor blank.
struct SampledLines {
  std::vector<std::string_view> lines;
  std::size_t data_begin = 0;  // where the first of them begins
  std::size_t first_end = 0;   // and where the line after it does
  std::size_t comments_before = 0;
  std::size_t blanks_before = 0;
};
/// ParseError, which says what is expected, if there are none or if the file is not text.
SampledLines sample_lines(const std::filesystem::path& path, std::string_view text,
                          std::string_view expected = "one edge a line: source and target");

/// Puts the columns of the line into `fields` in place of what is there.
void split_line(std::string_view line, Separator separator, std::vector<EdgeListField>& fields);

NameKind name_kind(std::string_view name);
/// Digits only, but more than 64 bits hold.
bool is_oversized_number(std::string_view name);

/// ParseError with its place if the header's line stands among the data again, as where files were put one after the
/// other: of text names it would be an edge.
void refuse_second_header(const std::filesystem::path& path, std::string_view text, const EdgeListDialect& dialect);

/// Throws ParseError for what cannot be an edge list (binary data, nothing but comments) and InvalidOption for options
/// that the file cannot meet.
EdgeListDialect sniff_edge_list(const std::filesystem::path& path, std::string_view text, const ReadOptions& options);

}  // namespace adjoin::detail
