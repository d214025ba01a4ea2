// Two passes over chunks of the text. The first counts line ends, so that the second knows where the edges of each
// chunk go and writes them to their final place. Line numbers come out of the same counts.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_parser.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t longest_line = 1 << 20;

/// What is wrong with a line, before it is known which line of the file it is.
struct LineError {
  std::size_t line = 0;    // from 0, within the chunk
  std::size_t column = 0;  // from 1
  std::string found;
  std::string expected;
  std::string hint;
};

struct ChunkResult {
  std::size_t edges = 0;
  std::size_t comments = 0;
  std::size_t blanks = 0;
  bool names_too_wide = false;  // a name does not fit the kind being parsed
  int time_decimals = 0;        // what its times need, if that is more than is being parsed
  std::optional<LineError> error;
};

bool parse_name(std::string_view text, std::uint32_t& name) {
  if (name_kind(text) != NameKind::number32) return false;
  name = static_cast<std::uint32_t>(*parse_unsigned(text));
  return true;
}
bool parse_name(std::string_view text, std::uint64_t& name) {
  if (name_kind(text) == NameKind::text) return false;
  const auto number = parse_unsigned(text);
  if (!number) return false;
  name = *number;
  return true;
}
bool parse_name(std::string_view text, std::string_view& name) {
  name = text;
  return true;
}

/// Reads digits as a number that fits Number and has no leading zero; false leaves `at` anywhere.
template <class Number>
bool read_digits(const char*& at, const char* end, Number& number) {
  constexpr int safe_digits = std::numeric_limits<Number>::digits10;
  const char* const begin = at;
  Number value = 0;
  while (at < end) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(*at)) - '0';
    if (digit > 9) break;
    value = static_cast<Number>(value * 10 + digit);
    ++at;
  }
  const auto digits = at - begin;
  if (digits == 0 || digits > safe_digits || (*begin == '0' && digits > 1)) return false;
  number = value;
  return true;
}

/// Where a chunk's edges go; nullptr for what the dialect does not have.
template <class Name>
struct ChunkOutput {
  NamedEdge<Name>* edges = nullptr;
  float* weights = nullptr;
  Time* times = nullptr;
  std::int32_t* labels = nullptr;
  std::string_view* types = nullptr;
  float* features = nullptr;
};

template <class Name>
class ChunkParser {
 public:
  ChunkParser(const EdgeListDialect& dialect, int time_decimals, ChunkOutput<Name> output)
      : dialect_(dialect),
        time_decimals_(time_decimals),
        output_(output),
        feature_columns_(feature_columns(dialect)),
        plain_(dialect.columns == 2 && dialect.source_column == 1 &&
               (dialect.separator == Separator::space || dialect.separator == Separator::tab)),
        separator_(dialect.separator == Separator::tab ? '\t' : ' ') {}

  ChunkResult parse(std::string_view text) {
    std::size_t at = 0;
    for (std::size_t line = 0; at < text.size() && !stopped(); ++line) {
      if (plain_ && parse_plain_line(text, at)) continue;
      std::size_t next = 0;
      parse_line(line_at(text, at, next), line);
      at = next;
    }
    return std::move(result_);
  }

 private:
  bool stopped() const { return result_.error || result_.names_too_wide || result_.time_decimals > 0; }

  /// "digits separator digits end of line", which is nearly every line of nearly every large file. False: look closer.
  bool parse_plain_line(std::string_view text, std::size_t& begin) {
    if constexpr (std::is_same_v<Name, std::string_view>) {
      return false;
    } else {
      const char* at = text.data() + begin;
      const char* const end = text.data() + text.size();
      NamedEdge<Name> edge{};
      if (!read_digits(at, end, edge.source) || at == end) return false;
      if (*at != separator_ && (dialect_.separator == Separator::tab || *at != '\t')) return false;
      ++at;
      if (!read_digits(at, end, edge.target) || at == end || *at != '\n') return false;
      output_.edges[result_.edges++] = edge;
      begin = static_cast<std::size_t>(at + 1 - text.data());
      return true;
    }
  }

  void parse_line(std::string_view line, std::size_t number) {
    if (line.size() > longest_line) {
      fail(number, 1, fmt::format("a line of {}", format_bytes(line.size())), "lines of at most 1 MiB");
      return;
    }
    if (is_blank(line)) {
      ++result_.blanks;
      return;
    }
    if (is_comment(line)) {
      ++result_.comments;
      return;
    }
    split_line(line, dialect_.separator, fields_);
    const auto unclosed = std::ranges::find_if(fields_, &EdgeListField::unclosed);
    if (unclosed != fields_.end()) {
      fail(number, unclosed->begin + 1, "a quote that is not closed", "a closing quote on the same line");
      return;
    }
    if (fields_.size() != dialect_.columns || fields_.size() < 2) {
      fail(number, 1, fmt::format("{} column{}", fields_.size(), fields_.size() == 1 ? "" : "s"),
           dialect_.columns < 2 ? "at least 2 columns: source and target"
                                : fmt::format("{} columns as in the first line", dialect_.columns),
           dialect_.columns < 2 ? "see --separator" : "");
      return;
    }
    const EdgeListField& source = fields_[dialect_.source_column - 1];
    const EdgeListField& target = fields_[dialect_.target_column - 1];
    NamedEdge<Name> edge{};
    if (!check_name(source, number, "node") || !check_name(target, number, "node")) return;
    if (!parse_name(source.text, edge.source) || !parse_name(target.text, edge.target)) {
      result_.names_too_wide = true;
      return;
    }
    if (!parse_values(number)) return;
    output_.edges[result_.edges++] = edge;
  }

  /// What stands beside the nodes of the line in fields_.
  bool parse_values(std::size_t line) {
    const std::size_t at = result_.edges;
    if (dialect_.weight_column > 0) {
      const auto weight = parse_weight(fields_[dialect_.weight_column - 1], line);
      if (!weight) return false;
      output_.weights[at] = *weight;
    }
    if (dialect_.time_column > 0) {
      const auto time = parse_event_time(fields_[dialect_.time_column - 1], line);
      if (!time) return false;
      output_.times[at] = *time;
    }
    if (dialect_.label_column > 0) {
      const EdgeListField& field = fields_[dialect_.label_column - 1];
      const auto number = parse_number(field.text);
      const double label = number.value_or(0.5);
      if (std::floor(label) != label || std::abs(label) > std::numeric_limits<std::int32_t>::max()) {
        return fail(line, field.begin + 1, quote_for_message(field.text), "a label, which is a whole number");
      }
      output_.labels[at] = static_cast<std::int32_t>(label);
    }
    if (dialect_.type_column > 0) {
      const EdgeListField& field = fields_[dialect_.type_column - 1];
      if (!check_name(field, line, "type")) return false;
      output_.types[at] = field.text;
    }
    for (std::size_t j = 0; j < feature_columns_; ++j) {
      const EdgeListField& field = fields_[dialect_.first_feature_column - 1 + j];
      const auto value = finite_number(field.text);
      if (!value)
        return fail(line, field.begin + 1, quote_for_message(field.text), "a feature, which is a finite number");
      output_.features[at * feature_columns_ + j] = *value;
    }
    return true;
  }

  bool check_name(const EdgeListField& field, std::size_t line, std::string_view whose) {
    if (field.text.empty())
      return fail(line, field.begin + 1, "an empty column", fmt::format("the name of a {}", whose));
    if (field.quoted && field.text.find('"') != std::string_view::npos) {
      return fail(line, field.begin + 1, "a quote inside a quoted name", "a name without quotes in it");
    }
    const auto control = std::ranges::find_if(field.text, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x20 || byte == 0x7f;
    });
    if (control == field.text.end()) return true;
    return fail(line, field.begin + 1 + static_cast<std::size_t>(control - field.text.begin()),
                fmt::format("the control character \\x{:02x}", static_cast<unsigned char>(*control)),
                fmt::format("the name of a {} in plain text", whose));
  }

  static std::optional<float> finite_number(std::string_view text) {
    const auto number = parse_number(text);
    if (!number || !std::isfinite(static_cast<float>(*number))) return std::nullopt;
    return static_cast<float>(*number);
  }

  /// An event's may be negative: a rating, say.
  std::optional<float> parse_weight(const EdgeListField& field, std::size_t line) {
    const auto weight = finite_number(field.text);
    if (weight && (*weight >= 0 || dialect_.signed_weights)) return weight;
    fail(line, field.begin + 1, field.text.empty() ? "an empty column" : quote_for_message(field.text),
         dialect_.signed_weights ? "a weight, which is a finite number"
                                 : "a weight, which is a finite number of 0 or more",
         "--weight-column none reads the edges without weights");
    return std::nullopt;
  }

  std::optional<Time> parse_event_time(const EdgeListField& field, std::size_t line) {
    if (const auto time = parse_time(field.text, time_decimals_)) return time;
    const auto decimals = decimals_of_time(field.text);
    if (decimals && *decimals > time_decimals_) {
      result_.time_decimals = *decimals;
    } else {
      fail(line, field.begin + 1, field.text.empty() ? "an empty column" : quote_for_message(field.text),
           decimals ? "a time that fits 64 bits"
                    : fmt::format("a time, which is a decimal number of at most {} decimals", max_time_decimals),
           "--time-column none reads the edges without times");
    }
    return std::nullopt;
  }

  /// Always false, for use as the result of a check.
  bool fail(std::size_t line, std::size_t column, std::string found, std::string expected, std::string hint = {}) {
    result_.error = LineError{line, column, std::move(found), std::move(expected), std::move(hint)};
    return false;
  }

  const EdgeListDialect& dialect_;
  int time_decimals_;
  ChunkOutput<Name> output_;
  std::size_t feature_columns_;
  bool plain_;
  char separator_;
  ChunkResult result_;
  std::vector<EdgeListField> fields_;
};

/// The text after header and leading comments, cut into chunks of whole lines.
class ChunkedText {
 public:
  ChunkedText(std::string_view text, std::size_t chunk_bytes) : text_(text), chunk_bytes_(chunk_bytes) {}

  std::size_t chunks() const { return chunk_count(text_.size(), chunk_bytes_); }

  /// The lines that begin in the chunk's bytes.
  std::string_view chunk(std::size_t k) const {
    const std::size_t begin = line_start(k * chunk_bytes_);
    return text_.substr(begin, line_start((k + 1) * chunk_bytes_) - begin);
  }

 private:
  /// The first place at or after `at` where a line begins.
  std::size_t line_start(std::size_t at) const {
    if (at == 0) return 0;
    if (at >= text_.size()) return text_.size();
    const std::size_t end = text_.find('\n', at - 1);
    return end == std::string_view::npos ? text_.size() : end + 1;
  }

  std::string_view text_;
  std::size_t chunk_bytes_;
};

/// Moves the edges together where comments and blank lines left gaps between the chunks' edges, each of which has
/// `width` values.
template <class Value>
void close_gaps(Array<Value>& values, const std::vector<std::size_t>& begin, const std::vector<ChunkResult>& results,
                std::size_t width = 1) {
  if (values.empty()) return;
  std::size_t to = 0;
  for (std::size_t k = 0; k < results.size(); ++k) {
    if (to != begin[k] * width) {
      std::copy_n(values.data() + begin[k] * width, results[k].edges * width, values.data() + to);
    }
    to += results[k].edges * width;
  }
  values.shrink(to);
}

class EdgeListParse {
 public:
  EdgeListParse(RunContext& context, const std::filesystem::path& path, std::string_view text,
                const EdgeListDialect& dialect, std::size_t chunk_bytes)
      : context_(context),
        path_(path),
        dialect_(dialect),
        text_(text.substr(dialect.data_begin), chunk_bytes),
        first_line_(text_.chunks() + 1, 0) {
    context.threads().for_tasks(text_.chunks(), [&](std::size_t k) {
      const std::string_view chunk = text_.chunk(k);
      first_line_[k + 1] = count_character(chunk, '\n') + (!chunk.empty() && chunk.back() != '\n' ? 1 : 0);
    });
    for (std::size_t k = 0; k < text_.chunks(); ++k) first_line_[k + 1] += first_line_[k];
  }

  EdgeListContent run() {
    NameKind kind = dialect_.names;
    time_decimals_ = dialect_.time_decimals;
    while (true) {
      EdgeListContent content;
      switch (kind == NameKind::number32   ? parse_as<std::uint32_t>(content)
              : kind == NameKind::number64 ? parse_as<std::uint64_t>(content)
                                           : parse_as<std::string_view>(content)) {
        case Outcome::done:
          if (kind == NameKind::text) refuse_lone_oversized_number(content);
          return content;
        case Outcome::wider_names:
          kind = kind == NameKind::number32 ? NameKind::number64 : NameKind::text;
          break;
        case Outcome::more_decimals:
          break;
      }
    }
  }

 private:
  enum class Outcome : std::uint8_t { done, wider_names, more_decimals };

  template <class Name>
  Outcome parse_as(EdgeListContent& content) {
    const std::size_t lines = first_line_.back();
    const std::size_t width = feature_columns(dialect_);
    Array<NamedEdge<Name>> edges(lines);
    content.weights = Array<float>(dialect_.weight_column > 0 ? lines : 0);
    content.times = Array<Time>(dialect_.time_column > 0 ? lines : 0);
    content.labels = Array<std::int32_t>(dialect_.label_column > 0 ? lines : 0);
    content.types = Array<std::string_view>(dialect_.type_column > 0 ? lines : 0);
    content.features = Array<float>(width * lines);
    std::vector<ChunkResult> results(text_.chunks());
    const auto at_line = [&](auto& values, std::size_t k, std::size_t columns = 1) {
      return values.empty() ? nullptr : values.data() + first_line_[k] * columns;
    };
    context_.for_tasks(
        text_.chunks(),
        [&](std::size_t k) {
          const ChunkOutput<Name> output{edges.data() + first_line_[k], at_line(content.weights, k),
                                         at_line(content.times, k),     at_line(content.labels, k),
                                         at_line(content.types, k),     at_line(content.features, k, width)};
          results[k] = ChunkParser<Name>(dialect_, time_decimals_, output).parse(text_.chunk(k));
        },
        [&](std::size_t k) { return std::uint64_t{text_.chunk(k).size()}; });
    content.lines = dialect_.lines_before + lines;
    content.comment_lines = dialect_.comments_before;
    content.blank_lines = dialect_.blanks_before;
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (results[k].error) throw_at(first_line_[k] + results[k].error->line, *results[k].error);
      // A chunk whose values do not fit was left unfinished: what stands in it is judged when it is read again.
      if (results[k].names_too_wide) return Outcome::wider_names;
      if (results[k].time_decimals > 0) {
        time_decimals_ = results[k].time_decimals;
        return Outcome::more_decimals;
      }
      content.comment_lines += results[k].comments;
      content.blank_lines += results[k].blanks;
    }
    close_gaps(edges, first_line_, results);
    close_gaps(content.weights, first_line_, results);
    close_gaps(content.times, first_line_, results);
    close_gaps(content.labels, first_line_, results);
    close_gaps(content.types, first_line_, results);
    close_gaps(content.features, first_line_, results, width);
    content.edges = std::move(edges);
    content.time_decimals = time_decimals_;
    return Outcome::done;
  }

  [[noreturn]] void throw_at(std::size_t line, const LineError& error) const {
    throw ParseError({path_, dialect_.lines_before + line + 1, error.column}, error.found, error.expected, error.hint);
  }

  /// Names became text only because some number has too many digits: that is a mistake, not a name.
  void refuse_lone_oversized_number(const EdgeListContent& content) const {
    const auto& edges = std::get<Array<NamedEdge<std::string_view>>>(content.edges);
    if (dialect_.names == NameKind::text) return;
    const auto is_whole = [](std::string_view name) { return name_kind(name) != NameKind::text; };
    std::string_view oversized;
    for (const auto& [source, target] : edges) {
      if (!is_whole(source) || !is_whole(target)) return;
      if (!oversized.empty()) continue;
      if (is_oversized_number(source)) oversized = source;
      if (oversized.empty() && is_oversized_number(target)) oversized = target;
    }
    for (std::size_t k = 0; k < text_.chunks() && !oversized.empty(); ++k) {
      const std::string_view chunk = text_.chunk(k);
      if (oversized.data() < chunk.data() || oversized.data() >= chunk.data() + chunk.size()) continue;
      const std::string_view before(chunk.data(), static_cast<std::size_t>(oversized.data() - chunk.data()));
      const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
      throw_at(first_line_[k] + count_character(before, '\n'),
               {0, before.size() - line_begin + 1, quote_for_message(oversized),
                "a node number that fits 64 bits (at most 18446744073709551615)", ""});
    }
  }

  RunContext& context_;
  const std::filesystem::path& path_;
  const EdgeListDialect& dialect_;
  ChunkedText text_;
  int time_decimals_ = 0;
  std::vector<std::size_t> first_line_;  // of each chunk, from 0 after the header; the last is the number of lines
};

}  // namespace

EdgeListContent parse_edge_list(RunContext& context, const std::filesystem::path& path, std::string_view text,
                                const EdgeListDialect& dialect, std::size_t chunk_bytes) {
  return EdgeListParse(context, path, text, dialect, chunk_bytes).run();
}

}  // namespace adjoin::detail
