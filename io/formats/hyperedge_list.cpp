// The text list of hyperedges, as hypergraph libraries and data sets have it: a line a set of nodes. A set is a simplex
// here. Its time, if it has one, stands after a tab, or is the first or last word of the line.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/formats/line_writer.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/formats/simplex_table.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

/// The first line of what adjoin writes: a comment to other programs. It leaves nothing to be found by looking.
constexpr std::string_view untimed_banner = "# node,node,...";
constexpr std::string_view timed_banner = "# node,node,...\ttime";

enum class TimePlace : std::uint8_t { none, first, last, after_tab };

struct Layout {
  Separator separator = Separator::space;
  TimePlace time = TimePlace::none;
  bool times_wanted = true;  // false: they are there, and left out
  bool header = false;
};

bool is_time(std::string_view text) {
  return decimals_of_time(text).has_value() || seconds_of_iso_time(text).has_value();
}

bool has(std::string_view line, char c) {
  return line.find(c) != std::string_view::npos;
}

/// "a,b,c<tab>12": one tab in every line, with a time after it, and commas or semicolons before it in one at least.
bool times_stand_after_tabs(const std::vector<std::string_view>& lines) {
  bool separated = false;
  for (const std::string_view line : lines) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || !is_time(line.substr(tab + 1))) return false;
    separated |= line.substr(0, tab).find_first_of(",;") != std::string_view::npos;
  }
  return separated;
}

Separator separator_of(const std::vector<std::string_view>& lines, bool tabs_part) {
  const auto anywhere = [&](char mark) {
    return std::ranges::any_of(lines, [mark](std::string_view line) { return has(line, mark); });
  };
  if (tabs_part && anywhere('\t')) return Separator::tab;
  if (anywhere(',')) return Separator::comma;
  return anywhere(';') ? Separator::semicolon : Separator::space;
}

Layout layout_of(const std::filesystem::path& path, std::string_view text, const ReadOptions& read) {
  Layout layout;
  layout.header = read.header == Header::yes;
  std::size_t next = 0;
  const std::string_view first_line = line_at(text, 0, next);
  const bool after_tab =
      first_line == timed_banner ||
      (first_line != untimed_banner && read.separator != Separator::tab && read.separator != Separator::space &&
       times_stand_after_tabs(sample_lines(path, text, "a set of nodes a line").lines));
  if (after_tab) layout.time = TimePlace::after_tab;
  if (read.separator != Separator::automatic) {
    layout.separator = read.separator;
  } else if (first_line == untimed_banner || first_line == timed_banner) {
    layout.separator = Separator::comma;
  } else {
    layout.separator = separator_of(sample_lines(path, text, "a set of nodes a line").lines, !after_tab);
  }
  if (read.time_column == "none") {
    layout.times_wanted = false;
  } else if (read.time_column == "first") {
    layout.time = TimePlace::first;
  } else if (read.time_column == "last" && !after_tab) {
    layout.time = TimePlace::last;
  } else if (read.time_column != "auto" && read.time_column != "last") {
    throw InvalidOption(
        fmt::format("time-column = {} is not first, last, none or auto, and a list of hyperedges has no other columns",
                    quote_for_message(read.time_column)));
  }
  return layout;
}

class HyperedgeReader {
 public:
  HyperedgeReader(const std::filesystem::path& path, const Layout& layout) : path_(path), layout_(layout) {}

  void read(RunContext& context, std::string_view text) {
    bool header = layout_.header;
    for (std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0; at < text.size();) {
      std::size_t next = 0;
      const std::string_view line = line_at(text, at, next);
      at = next;
      ++line_;
      if (line_ % (1 << 16) == 0) context.check_cancelled();
      if (is_blank(line) || is_comment(line) || std::exchange(header, false)) continue;
      read_line(line);
    }
  }

  SimplexTable::Result finish(RunContext& context) && { return std::move(table_).finish(context); }

 private:
  [[noreturn]] void refuse(std::size_t begin, const std::string& found, const std::string& expected) const {
    throw ParseError({path_, line_, begin + 1}, found, expected);
  }

  void read_line(std::string_view line) {
    const std::uint32_t simplex = table_.unnamed_simplex();
    if (layout_.time == TimePlace::after_tab) {
      const std::size_t tab = line.rfind('\t');
      if (tab == std::string_view::npos)
        refuse(line.size(), "a line without a tab", "a tab and a time after the nodes");
      read_time(simplex, line.substr(tab + 1), tab + 1);
      line = line.substr(0, tab);
    }
    split_line(line, layout_.separator, fields_);
    std::size_t begin = 0;
    std::size_t end = fields_.size();
    if (layout_.time == TimePlace::first || layout_.time == TimePlace::last) {
      const EdgeListField& field = layout_.time == TimePlace::first ? fields_[begin++] : fields_[--end];
      read_time(simplex, field.text, field.begin);
    }
    if (begin == end) refuse(0, "a time and no node", "the nodes of a set");
    for (; begin < end; ++begin) table_.add_to_simplex(simplex, name_of(fields_[begin]));
  }

  void read_time(std::uint32_t simplex, std::string_view text, std::size_t begin) {
    if (!layout_.times_wanted) return;
    if (!table_.set_time(simplex, text)) {
      refuse(begin, quote_for_message(text),
             fmt::format("a time: a decimal number of at most {} decimals, or a moment such as 2001-12-10T08:30:00",
                         max_time_decimals));
    }
  }

  std::string_view name_of(const EdgeListField& field) const {
    if (field.unclosed) refuse(field.begin, "a quote that is not closed", "a closing quote on the same line");
    if (field.text.empty()) refuse(field.begin, "an empty name", "the name of a node");
    if (field.quoted && has(field.text, '"')) {
      refuse(field.begin, "a quote inside a quoted name", "a name without quotes in it");
    }
    if (has_control_character(field.text)) {
      refuse(field.begin, quote_for_message(field.text), "the name of a node in plain text");
    }
    return field.text;
  }

  const std::filesystem::path& path_;
  Layout layout_;
  SimplexTable table_;
  std::vector<EdgeListField> fields_;
  std::size_t line_ = 0;
};

std::string describe(const Layout& layout) {
  constexpr EnumNames<Separator> words;
  const auto* const word =
      std::ranges::find(words.names, layout.separator, &std::pair<Separator, std::string_view>::first);
  std::string text = fmt::format("{}-separated", word->second);
  if (layout.time != TimePlace::none && layout.times_wanted) {
    text += layout.time == TimePlace::after_tab ? ", times after a tab"
            : layout.time == TimePlace::first   ? ", times first"
                                                : ", times last";
  }
  return text;
}

std::uint64_t estimate_hyperedges(const std::filesystem::path&, std::string_view bytes, const ReadOptions&,
                                  const BuildOptions&) {
  // "1 2" is the least that a pair takes: eight bytes for each member, sixteen for the time. A name of its own takes
  // some hundred bytes while it is read.
  return bytes.size() * 8 + bytes.size() / 10 * 120;
}

DatasetFile read_hyperedges(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  context.require_memory(resident_bytes() + estimate_hyperedges(file.path(), file.bytes(), read, build),
                         "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  const Layout layout = layout_of(file.path(), file.bytes(), read);
  HyperedgeReader reader(file.path(), layout);
  reader.read(context, file.bytes());
  SimplexTable::Result result = std::move(reader).finish(context);
  context.end_stage();
  DatasetFile dataset;
  dataset.read.details = describe(layout) + ", " + result.phrase();
  dataset.data = std::move(result.data);
  return dataset;
}

bool recognizes_hyperedges(std::string_view bytes) {
  std::size_t next = 0;
  const std::string_view first_line = line_at(bytes, 0, next);
  return first_line == untimed_banner || first_line == timed_banner;
}

/// As it stands between commas. InvalidData for a name that no line can hold.
std::string name_in_line(const std::filesystem::path& path, const std::string& name) {
  const bool clean = !name.empty() && !has_control_character(name) && !has(name, '"') && name.front() != ' ' &&
                     name.back() != ' ' && !is_comment(name);
  if (!clean) {
    throw InvalidData(
        fmt::format("{}: the node name {} cannot stand in a list of hyperedges; write .hif.json or .adjoin",
                    path.string(), quote_for_message(name)));
  }
  return has(name, ',') ? '"' + name + '"' : name;
}

void write_hyperedges(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const SimplexView simplices = simplices_to_write(dataset, path, hyperedge_list_format);
  const bool timed = std::ranges::any_of(simplices.times, [](Time time) { return time != 0; });
  OutputFile file(path);
  file.write(fmt::format("{}\n", timed ? timed_banner : untimed_banner));
  context.begin_stage("write", "simplices", simplices.size());
  write_lines(context, file, simplices.size(), [&](std::size_t i, std::string& text) {
    for (const NodeId node : simplices.simplex(i)) {
      if (node != simplices.simplex(i)[0]) text += ',';
      text += name_in_line(path, dataset.nodes->name(node));
    }
    if (timed) text += '\t' + format_time(simplices.times[i], simplices.decimals);
    text += '\n';
  });
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format hyperedge_list_format{FileFormat::hyperedge_list, "list of hyperedges", ".hyperedges",
                                             recognizes_hyperedges,      read_hyperedges,      estimate_hyperedges,
                                             Holds::simplices,           write_hyperedges};

}  // namespace adjoin::detail
