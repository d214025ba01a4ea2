// Sparse matrices as scipy.sparse.save_npz writes them (csr, csc and coo), and edges as a NumPy array of pairs.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/matrix_graph.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/npy.hpp>
#include <adjoin/io/zip_file.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t entries_per_chunk = 1 << 16;

bool recognizes_npz(std::string_view bytes) {
  return looks_like_zip(bytes);
}

/// The arrays of one archive.
class NpzReader {
 public:
  NpzReader(RunContext& context, const std::filesystem::path& path, std::string_view bytes)
      : context_(context),
        path_(path),
        files_(unzip(context, path, bytes,
                     {"format.npy", "shape.npy", "data.npy", "indices.npy", "indptr.npy", "row.npy", "col.npy"})) {}

  MatrixEntries entries() {
    const NpyArray shape = array("shape.npy");
    if (!shape.whole_numbers() || shape.size() != 2) refuse("shape.npy: " + shape.describe(), "two whole numbers");
    MatrixEntries result;
    result.rows = extent(shape, 0);
    result.columns = extent(shape, 1);
    const std::string format = format_name();
    if (format == "csr" || format == "csc") {
      compressed(result, format == "csc");
    } else if (format == "coo") {
      const NpyArray rows = indices("row.npy");
      const NpyArray columns = indices("col.npy");
      if (rows.size() != columns.size()) refuse("as many rows as not columns", "a row and a column for each entry");
      result.edges = Array<Edge>(rows.size());
      fill(result, [&](std::size_t e) { return std::pair(rows.integer(e), columns.integer(e)); });
    } else {
      refuse(fmt::format("a matrix in the format {}", quote_for_message(format)), "csr, csc or coo",
             "convert it with .tocsr() before saving");
    }
    result.weights = weights(result.edges.size());
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected, const std::string& hint = {}) const {
    throw ParseError({path_, 0, 0}, found, expected, hint);
  }

  NpyArray array(const std::string& name) const {
    const auto found = files_.find(name);
    if (found == files_.end()) {
      refuse(fmt::format("no {} in the archive", name), "a matrix as scipy.sparse.save_npz writes it");
    }
    return parse_npy(path_.string() + ": " + name, found->second);
  }

  NpyArray indices(const std::string& name) const {
    NpyArray result = array(name);
    if (!result.whole_numbers() || result.shape.size() != 1) {
      refuse(name + ": " + result.describe(), "a list of whole numbers");
    }
    return result;
  }

  std::size_t extent(const NpyArray& shape, std::size_t i) const {
    const std::int64_t value = shape.integer(i);
    if (value < 0 || static_cast<std::uint64_t>(value) > max_node_count) {
      refuse(fmt::format("a matrix with {} {}", value, i == 0 ? "rows" : "columns"), "0 to 4,294,967,295");
    }
    return static_cast<std::size_t>(value);
  }

  std::string format_name() const {
    const NpyArray format = array("format.npy");
    if (format.size() != 1) refuse("format.npy: " + format.describe(), "one word");
    std::string name;
    const std::size_t step = format.kind == 'U' ? 4 : 1;
    for (std::size_t i = 0; (format.kind == 'S' || format.kind == 'U') && i < format.item_bytes; i += step) {
      if (format.data[i] != '\0') name += format.data[i];
    }
    return name;
  }

  template <class Place>
  void fill(MatrixEntries& result, const Place& place) const {
    std::vector<std::size_t> bad(chunk_count(result.edges.size(), entries_per_chunk), result.edges.size());
    context_.threads().for_chunks(result.edges.size(), entries_per_chunk, [&](Chunk chunk) {
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        const auto [row, column] = place(e);
        const bool inside = row >= 0 && static_cast<std::size_t>(row) < result.rows && column >= 0 &&
                            static_cast<std::size_t>(column) < result.columns;
        if (!inside) {
          bad[chunk.index] = e;
          return;
        }
        result.edges[e] = {node_id(static_cast<std::size_t>(row)), node_id(static_cast<std::size_t>(column))};
      }
    });
    const std::size_t first = bad.empty() ? result.edges.size() : *std::ranges::min_element(bad);
    if (first == result.edges.size()) return;
    const auto [row, column] = place(first);
    refuse(fmt::format("entry {} at row {}, column {}", first, row, column),
           fmt::format("places inside {} by {}, from 0", result.rows, result.columns));
  }

  void compressed(MatrixEntries& result, bool by_columns) const {
    const NpyArray starts = indices("indptr.npy");
    const NpyArray inner = indices("indices.npy");
    const std::size_t lines = by_columns ? result.columns : result.rows;
    if (starts.size() != lines + 1) {
      refuse(fmt::format("indptr of {} numbers", starts.size()), fmt::format("{}, one more than {}", lines + 1, lines));
    }
    const auto count = static_cast<std::int64_t>(inner.size());
    std::int64_t last = 0;
    for (std::size_t i = 0; i <= lines; ++i) {
      const std::int64_t start = starts.integer(i);
      if (start < last || start > count || (i == 0 && start != 0) || (i == lines && start != count)) {
        refuse(fmt::format("indptr[{}] = {}", i, start),
               fmt::format("numbers that do not fall, from 0 to the {} of indices", count));
      }
      last = start;
    }
    result.edges = Array<Edge>(inner.size());
    Array<std::uint32_t> line_of(inner.size());
    context_.threads().for_chunks(lines, entries_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        std::fill(line_of.begin() + starts.integer(i), line_of.begin() + starts.integer(i + 1),
                  static_cast<std::uint32_t>(i));
      }
    });
    fill(result, [&](std::size_t e) {
      const auto line = static_cast<std::int64_t>(line_of[e]);
      return by_columns ? std::pair(inner.integer(e), line) : std::pair(line, inner.integer(e));
    });
  }

  /// Empty if all are one.
  Array<float> weights(std::size_t count) const {
    const NpyArray data = array("data.npy");
    if (!data.numbers() || data.shape.size() != 1 || data.size() != count) {
      refuse("data.npy: " + data.describe(), fmt::format("{} numbers, one for each entry", count));
    }
    Array<float> values(count);
    context_.threads().for_chunks(count, entries_per_chunk, [&](Chunk chunk) {
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) values[e] = static_cast<float>(data.number(e));
    });
    if (std::ranges::all_of(values, [](float value) { return value == 1; })) return {};
    return values;
  }

  RunContext& context_;
  const std::filesystem::path& path_;
  std::map<std::string, std::string> files_;
};

std::uint64_t estimate_npz(const std::filesystem::path&, std::string_view bytes, const ReadOptions&,
                           const BuildOptions&) {
  // An archive packs pairs of numbers to a third, say; each entry takes an index of four bytes there and a value.
  const std::uint64_t entries = 3 * bytes.size() / 8;
  return 3 * bytes.size() + estimate_matrix_graph(entries / 8, entries, true, false);
}

DatasetFile read_npz(RunContext& context, InputFile& file, const ReadOptions&, const BuildOptions& build) {
  context.begin_stage("read", "bytes", file.bytes().size());
  MatrixEntries entries = read_npz_entries(context, file);
  require_square(file.path(), entries);
  context.require_memory(
      resident_bytes() + estimate_matrix_graph(entries.rows, entries.edges.size(), !entries.weights.empty(), false),
      "raise --memory");
  DatasetFile result = matrix_graph(context, file.path(), std::move(entries), 0, build);
  context.end_stage();
  return result;
}

template <class Value>
std::string npy_bytes(std::string_view type, std::span<const Value> values) {
  const std::string header = npy_header(type, std::array{values.size()});
  std::string bytes = header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

/// Both halves of an undirected graph, as SciPy has them. Names go beside.
void write_npz(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const GraphView graph = graph_to_write(dataset, path, npz_format);
  const CsrView a = graph.out();
  const std::uint64_t bytes = 12 * a.nonzero_count() + 8 * a.row_count();
  context.require_memory(resident_bytes() + 3 * bytes, "write another format, or raise --memory");
  context.begin_stage("write", "rows", a.row_count());
  const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(a.row_count()),
                                          static_cast<std::int64_t>(a.row_count())};
  const std::vector<float> ones(a.weighted() ? 0 : a.nonzero_count(), 1.0F);
  // SciPy wants indices and their starts of one type: the narrow one where both fit.
  constexpr auto narrow_limit = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  const bool narrow = a.row_count() <= narrow_limit && a.nonzero_count() <= narrow_limit;
  std::string indices;
  std::string starts;
  if (narrow) {
    indices = npy_bytes("<i4", std::span(reinterpret_cast<const std::int32_t*>(a.targets.data()), a.targets.size()));
    std::vector<std::int32_t> ends(a.row_count() + 1);
    for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = static_cast<std::int32_t>(index(a.offsets[i]));
    starts = npy_bytes("<i4", std::span<const std::int32_t>(ends));
  } else {
    std::vector<std::int64_t> wide(a.targets.size());
    for (std::size_t e = 0; e < wide.size(); ++e) wide[e] = static_cast<std::int64_t>(index(a.targets[e]));
    indices = npy_bytes("<i8", std::span<const std::int64_t>(wide));
    starts = npy_bytes("<i8", std::span(reinterpret_cast<const std::int64_t*>(a.offsets.data()), a.offsets.size()));
  }
  std::vector<OutputFile> files = matrix_output(path, graph.nodes(), 0);
  files.front().write(zip({{"indices.npy", std::move(indices)},
                           {"indptr.npy", std::move(starts)},
                           {"format.npy", npy_header("|S3", {}) + "csr"},
                           {"shape.npy", npy_bytes("<i8", std::span<const std::int64_t>(shape))},
                           {"data.npy", npy_bytes("<f4", a.weighted() ? a.weights : std::span<const float>(ones))}}));
  context.end_stage();
  commit_together(files);
}

bool recognizes_npy(std::string_view bytes) {
  return bytes.starts_with("\x93NUMPY");
}

std::uint64_t estimate_npy(const std::filesystem::path& path, std::string_view bytes, const ReadOptions&,
                           const BuildOptions& build) {
  const NpyArray pairs = parse_npy(path, bytes);
  const std::size_t edges = pairs.size() / 2;
  return edges * 2 * sizeof(std::uint64_t) +
         std::max<std::uint64_t>(bytes.size(), estimate_build_memory(edges / 8, edges, false, build.directed));
}

DatasetFile read_npy_pairs(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  const NpyArray pairs = parse_npy(file.path(), file.bytes());
  const bool matrix = pairs.whole_numbers() && pairs.shape.size() == 2;
  if (!matrix || (pairs.shape[0] != 2 && pairs.shape[1] != 2)) {
    throw ParseError({file.path(), 0, 0}, "an " + pairs.describe(),
                     "edges: whole numbers of shape (edges, 2) or (2, edges)",
                     "a dense matrix is no graph; save a sparse one with scipy.sparse.save_npz");
  }
  context.require_memory(resident_bytes() + estimate_npy(file.path(), file.bytes(), read, build), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  const std::size_t count = pairs.size() / 2;
  // Elements of an edge stand together in C order with a row for each, or in Fortran order with a column for each.
  const bool edge_is_row = pairs.shape[1] == 2;
  const bool together = edge_is_row != pairs.fortran_order;
  Array<NamedEdge<std::uint64_t>> named(count);
  std::vector<std::size_t> bad(chunk_count(count, entries_per_chunk), count);
  context.threads().for_chunks(count, entries_per_chunk, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      const std::int64_t source = pairs.integer(together ? 2 * e : e);
      const std::int64_t target = pairs.integer(together ? 2 * e + 1 : count + e);
      if (source < 0 || target < 0) {
        bad[chunk.index] = e;
        return;
      }
      named[e] = {static_cast<std::uint64_t>(source), static_cast<std::uint64_t>(target)};
    }
  });
  const std::size_t first = bad.empty() ? count : *std::ranges::min_element(bad);
  if (first < count) {
    throw ParseError({file.path(), 0, 0}, fmt::format("a negative number in edge {}", first), "the numbers of nodes");
  }
  file.release();
  IndexedEdges indexed = index_nodes(context, std::move(named));
  BuiltGraph built = build_graph(context, std::move(indexed.edges), {}, std::move(indexed.nodes), build);
  context.end_stage();
  DatasetFile result;
  result.read.details = fmt::format("{} pairs of node numbers", format_count(count));
  result.read.numeric_names = true;
  result.build = built.report;
  result.data.nodes = built.graph.view().shared_nodes();
  result.data.graph = std::move(built.graph);
  return result;
}

}  // namespace

MatrixEntries read_npz_entries(RunContext& context, InputFile& file) {
  return NpzReader(context, file.path(), file.bytes()).entries();
}

constinit const Format npz_format{FileFormat::npz, "SciPy matrix", ".npz",       recognizes_npz,
                                  read_npz,        estimate_npz,   Holds::edges, write_npz};
constinit const Format npy_format{FileFormat::npy, "NumPy array",  "",     recognizes_npy, read_npy_pairs,
                                  estimate_npy,    Holds::nothing, nullptr};

}  // namespace adjoin::detail
