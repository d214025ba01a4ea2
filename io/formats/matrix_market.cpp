// MatrixMarket coordinate files (Boisvert, Pozo, Remington: The Matrix Market exchange formats, NISTIR 5935, 1996) as
// graphs: a row and its column are a node each, named by their number from 1.
//
// A symmetric file is an undirected graph. A general file is a directed one, unless it holds every entry's twin: that
// is how many programs write undirected graphs.
#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_parser.hpp>
#include <adjoin/io/formats/matrix_graph.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

constexpr std::string_view banner = "%%MatrixMarket";
constexpr std::uint64_t first_number = 1;  // of rows and columns

bool recognizes_matrix_market(std::string_view bytes) {
  return bytes.starts_with(banner);
}

struct MatrixMarketHeader {
  bool pattern = false;
  bool symmetric = false;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t entries = 0;
  std::size_t lines = 0;       // up to and with the line of sizes
  std::size_t data_begin = 0;  // the byte after it
};

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream text{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

MatrixMarketHeader read_header(const std::filesystem::path& path, std::string_view text) {
  MatrixMarketHeader header;
  std::size_t next = 0;
  const std::vector<std::string> kind = words_of(line_at(text, 0, next).substr(0, 200));
  const auto refuse = [&](const std::string& found, const std::string& expected, const std::string& hint = {}) {
    throw ParseError({path, header.lines, 0}, found, expected, hint);
  };
  header.lines = 1;
  if (kind.empty() || kind.front() != banner) {
    refuse(quote_for_message(kind.empty() ? "" : kind.front()), fmt::format("{} at the beginning", banner),
           "--input-format edge-list reads any lines of edges");
  }
  const auto word = [&](std::size_t i) { return i < kind.size() ? lower(kind[i]) : std::string(); };
  if (word(1) != "matrix" || word(2) != "coordinate") {
    refuse(quote_for_message(fmt::format("{} {}", word(1), word(2))), "matrix coordinate",
           "a dense matrix (array) is not a graph's");
  }
  if (word(3) != "real" && word(3) != "integer" && word(3) != "pattern") {
    refuse(fmt::format("entries of kind {}", quote_for_message(word(3))), "real, integer or pattern");
  }
  if (word(4) != "general" && word(4) != "symmetric") {
    refuse(fmt::format("symmetry {}", quote_for_message(word(4))), "general or symmetric");
  }
  header.pattern = word(3) == "pattern";
  header.symmetric = word(4) == "symmetric";
  while (next < text.size()) {
    const std::string_view line = line_at(text, next, next);
    ++header.lines;
    if (is_blank(line) || line.front() == '%') continue;
    const std::vector<std::string> sizes = words_of(line.substr(0, 200));
    std::array<std::uint64_t, 3> numbers{};
    bool good = sizes.size() == 3;
    for (std::size_t i = 0; good && i < 3; ++i) {
      const auto number = parse_unsigned(sizes[i]);
      good = number.has_value();
      numbers[i] = number.value_or(0);
    }
    if (!good) refuse(quote_for_message(line), "rows, columns and entries");
    for (std::size_t i = 0; i < 2; ++i) {
      if (numbers[i] > max_node_count) {
        refuse(fmt::format("{} {}", numbers[i], i == 0 ? "rows" : "columns"), "at most 4,294,967,295");
      }
    }
    if (header.symmetric && numbers[0] != numbers[1]) {
      refuse(fmt::format("a symmetric matrix with {} rows and {} columns", numbers[0], numbers[1]),
             "as many rows as columns");
    }
    header.rows = numbers[0];
    header.columns = numbers[1];
    header.entries = numbers[2];
    header.data_begin = next;
    return header;
  }
  refuse("the end of the file", "a line with rows, columns and entries");
  return header;
}

EdgeListDialect dialect_of(const MatrixMarketHeader& header) {
  EdgeListDialect dialect;
  dialect.columns = header.pattern ? 2 : 3;
  dialect.weight_column = header.pattern ? 0 : 3;
  dialect.data_begin = header.data_begin;
  dialect.lines_before = header.lines;
  return dialect;
}

std::uint64_t bytes_needed(std::string_view text, const MatrixMarketHeader& header) {
  // What is declared is not believed beyond what the text can hold: an entry takes four bytes at least.
  const std::uint64_t entries = std::min<std::uint64_t>(header.entries, text.size() / 4 + 1);
  const std::uint64_t parsed = entries * (sizeof(Edge) + (header.pattern ? 0 : sizeof(float)));
  return std::max(text.size() + parsed, estimate_matrix_graph(header.rows, entries, !header.pattern, header.symmetric));
}

std::uint64_t estimate_matrix_market(const std::filesystem::path& path, std::string_view bytes, const ReadOptions&,
                                     const BuildOptions&) {
  return bytes_needed(bytes, read_header(path, bytes));
}

/// The slow way to the place of an entry outside the matrix, for those who know that there is one.
[[noreturn]] void refuse_place_of_entry(const std::filesystem::path& path, std::string_view text,
                                        const MatrixMarketHeader& header) {
  constexpr std::string_view blanks = " \t\r";
  std::uint64_t line_number = header.lines;
  for (std::size_t next = header.data_begin; next < text.size();) {
    const std::string_view line = line_at(text, next, next);
    ++line_number;
    if (is_blank(line) || is_comment(line)) continue;
    std::size_t end = 0;
    for (const auto& [what, most] : {std::pair{"row", header.rows}, std::pair{"column", header.columns}}) {
      const std::size_t begin = std::min(line.find_first_not_of(blanks, end), line.size());
      end = std::min(line.find_first_of(blanks, begin), line.size());
      const std::string_view word = line.substr(begin, end - begin);
      const auto number = parse_unsigned(word);
      if (number && *number >= first_number && *number <= most) continue;
      throw ParseError({path, line_number, begin + 1}, quote_for_message(word),
                       fmt::format("a {} from {} to {}", what, first_number, most));
    }
  }
  throw ParseError({path, 0, 0}, "an entry outside the matrix", "none");
}

/// The entries counted from 0. ParseError, with its place, for one that is outside the matrix.
Array<Edge> entries_of(RunContext& context, const std::filesystem::path& path, std::string_view text,
                       const MatrixMarketHeader& header, EdgeListContent& content) {
  auto* const numbers = std::get_if<Array<NamedEdge<std::uint32_t>>>(&content.edges);
  if (numbers == nullptr) refuse_place_of_entry(path, text, header);
  if (numbers->size() != header.entries) {
    throw ParseError({path, 0, 0}, fmt::format("{} entries", format_count(numbers->size())),
                     fmt::format("{} as its line of sizes says", format_count(header.entries)));
  }
  constexpr std::size_t edges_per_chunk = 1 << 17;
  std::atomic<bool> all_inside = true;
  context.threads().for_chunks(numbers->size(), edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      NamedEdge<std::uint32_t>& entry = (*numbers)[e];
      const bool inside =
          entry.source >= 1 && entry.source <= header.rows && entry.target >= 1 && entry.target <= header.columns;
      if (!inside) {
        all_inside = false;
        return;
      }
      --entry.source;
      --entry.target;
    }
  });
  if (!all_inside) refuse_place_of_entry(path, text, header);
  return std::move(*numbers).reuse_as<Edge>();
}

MatrixEntries read_entries(RunContext& context, InputFile& file, const MatrixMarketHeader& header, bool negative,
                           ReadReport& report) {
  const std::filesystem::path& path = file.path();
  EdgeListDialect dialect = dialect_of(header);
  dialect.signed_weights = negative;
  EdgeListContent content = parse_edge_list(context, path, file.bytes(), dialect);
  MatrixEntries entries{static_cast<std::size_t>(header.rows),
                        static_cast<std::size_t>(header.columns),
                        {},
                        std::move(content.weights),
                        header.symmetric};
  entries.edges = entries_of(context, path, file.bytes(), header, content);
  file.release();
  report.lines = content.lines;
  report.comment_lines = content.comment_lines;
  report.blank_lines = content.blank_lines;
  return entries;
}

DatasetFile read_matrix_market(RunContext& context, InputFile& file, const ReadOptions&, const BuildOptions& build) {
  const MatrixMarketHeader header = read_header(file.path(), file.bytes());
  require_square(file.path(),
                 {static_cast<std::size_t>(header.rows), static_cast<std::size_t>(header.columns), {}, {}});
  context.require_memory(resident_bytes() + bytes_needed(file.bytes(), header), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  ReadReport report;
  MatrixEntries entries = read_entries(context, file, header, false, report);
  DatasetFile result = matrix_graph(context, file.path(), std::move(entries), first_number, build);
  context.end_stage();
  result.read.lines = report.lines;
  result.read.comment_lines = report.comment_lines;
  result.read.blank_lines = report.blank_lines;
  return result;
}

/// Rows and columns are ids from 1, their names go beside: the format has none. An undirected graph is written
/// symmetric, by its lower half.
void write_matrix_market(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const GraphView graph = graph_to_write(dataset, path, matrix_market_format);
  const CsrView a = graph.out();
  std::vector<OutputFile> files = matrix_output(path, graph.nodes(), first_number);
  OutputFile& file = files.front();
  std::string text =
      fmt::format("{} matrix coordinate {} {}\n{} {} {}\n", banner, graph.weighted() ? "real" : "pattern",
                  graph.directed() ? "general" : "symmetric", a.row_count(), a.row_count(), graph.edge_count());
  constexpr std::size_t block_bytes = std::size_t{4} << 20;
  context.begin_stage("write", "rows", a.row_count());
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      const std::size_t column = index(a.targets[e]);
      if (!graph.directed() && column > row) break;
      fmt::format_to(std::back_inserter(text), "{} {}", row + 1, column + 1);
      if (a.weighted()) text += ' ' + format_number(a.weights[e]);
      text += '\n';
    }
    if (text.size() < block_bytes) continue;
    context.check_cancelled();
    file.write(text);
    text.clear();
  }
  file.write(text);
  context.end_stage();
  commit_together(files);
}

}  // namespace

MatrixEntries read_matrix_market_entries(RunContext& context, InputFile& file) {
  const MatrixMarketHeader header = read_header(file.path(), file.bytes());
  ReadReport report;
  return read_entries(context, file, header, true, report);
}

constinit const Format matrix_market_format{
    FileFormat::matrix_market, "MatrixMarket file",    ".mtx",       recognizes_matrix_market,
    read_matrix_market,        estimate_matrix_market, Holds::edges, write_matrix_market};

}  // namespace adjoin::detail
