#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/nearest_index.hpp>
#include <adjoin/engine/dense/panel_products.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>

// hnswlib is headers only. Its templates get a namespace of our own, so that a program with another hnswlib does not
// share ours at link time. Its SIMD, chosen by compiler flags, is not used: the distance is ours, chosen at run time;
// the prefetches that would come with it read past the end of lists.
#define hnswlib adjoin_hnswlib
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>
#undef hnswlib

namespace adjoin {
namespace {

/// Rows are numbered by an int inside hnswlib.
constexpr std::size_t most_indexed_rows = std::size_t{1} << 31;
constexpr std::size_t rows_per_step = 256;

/// Where an index begins to pay: see docs/decisions/0007-nearest-index.md for the measurements.
constexpr std::uint64_t least_queries_of_index = 2'000'000;
constexpr std::uint64_t least_comparisons_of_index = 4'000'000'000'000;

/// Keys of RandomStream::nearest_sample.
constexpr std::uint64_t sample_key = 0;
constexpr std::uint64_t insertion_key = 1;

struct DistanceParameter {
  DotFunction dot;
  std::size_t columns;
};

float distance(const void* a, const void* b, const void* parameter) {
  const auto& with = *static_cast<const DistanceParameter*>(parameter);
  return -with.dot(static_cast<const float*>(a), static_cast<const float*>(b), with.columns);
}

class DotSpace final : public adjoin_hnswlib::SpaceInterface<float> {
 public:
  explicit DotSpace(std::size_t columns) : parameter_{dot_function(), columns} {}
  std::size_t get_data_size() override { return parameter_.columns * sizeof(float); }
  adjoin_hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
  void* get_dist_func_param() override { return &parameter_; }

 private:
  DistanceParameter parameter_;
};

/// The rows in an order drawn by Fisher and Yates' shuffle.
Array<NodeId> shuffled_rows(std::uint64_t seed, std::size_t rows) {
  Array<NodeId> order(rows);
  for (std::size_t i = 0; i < rows; ++i) order[i] = node_id(i);
  RandomSequence random(seed, RandomStream::nearest_sample, insertion_key);
  for (std::size_t left = rows; left > 1; --left) std::swap(order[left - 1], order[random.next_below(left)]);
  return order;
}

void divide(std::span<const float> from, float length, std::span<float> to) {
  for (std::size_t j = 0; j < from.size(); ++j) to[j] = from[j] / length;
}

}  // namespace

struct NearestIndex::State {
  State(RunContext& context, MatrixView<const float> embedding, Similarity similarity,
        const NearestIndexOptions& chosen)
      : exact(context, embedding, similarity),
        options(chosen),
        space(embedding.columns()),
        graph(&space, std::max<std::size_t>(1, embedding.rows()), static_cast<std::size_t>(chosen.links),
              static_cast<std::size_t>(chosen.ef_construction), static_cast<std::size_t>(context.seed())) {
    graph.setEf(static_cast<std::size_t>(chosen.ef_search));
  }

  /// One thread, and always the same order, because hnswlib's graph depends on the order of insertion. Not that of
  /// rows: where near rows stand together, as communities do, the first to come would be linked to one another only.
  void build(RunContext& context) {
    const MatrixView<const float> x = exact.embedding();
    const Array<NodeId> order = shuffled_rows(context.seed(), x.rows());
    Array<float> vector(x.columns());
    for (std::size_t begin = 0; begin < order.size(); begin += rows_per_step) {
      const std::size_t end = std::min(begin + rows_per_step, order.size());
      for (const NodeId row : order.span().subspan(begin, end - begin)) {
        if (exact.is_zero_row(row)) continue;
        const ExactSearch::Query query = exact.make_query(row);
        divide(query.vector, query.length, vector.span());
        graph.addPoint(vector.data(), index(row));
        ++inserted;
      }
      context.advance(end - begin);
    }
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (exact.is_zero_row(node_id(i))) zero_rows.push_back(node_id(i));
    }
  }

  NeighborLists search(RunContext& context, std::span<const ExactSearch::Query> queries, std::size_t top) const {
    NeighborLists results(queries.size());
    std::vector<std::uint8_t> short_of(queries.size(), 0);
    constexpr std::size_t queries_per_chunk = 16;
    context.for_chunks(queries.size(), queries_per_chunk, [&](Chunk chunk) {
      Array<float> vector(space_columns());
      Array<float> panel(panel_width * space_columns());
      std::vector<NodeId> candidates;
      for (std::size_t q = chunk.begin; q < chunk.end; ++q) {
        find(queries[q], top, vector.span(), candidates);
        results[q] = exact.rank(queries[q], candidates, top, panel.span());
        const std::size_t others = exact.embedding().rows() - (queries[q].row == ExactSearch::Query::no_row ? 0 : 1);
        if (results[q].size() < std::min(top, others)) short_of[q] = 1;
      }
    });
    answer_exactly(context, queries, top, short_of, results);
    return results;
  }

  ExactSearch exact;
  NearestIndexOptions options;
  DotSpace space;
  adjoin_hnswlib::HierarchicalNSW<float> graph;
  std::vector<NodeId> zero_rows;
  std::size_t inserted = 0;

 private:
  std::size_t space_columns() const noexcept { return exact.embedding().columns(); }

  /// Rows that may be near, in any order: what the walk keeps in view, and as many zero rows as may be wanted.
  void find(const ExactSearch::Query& query, std::size_t top, std::span<float> vector,
            std::vector<NodeId>& candidates) const {
    candidates.clear();
    const std::size_t wanted = top + 1;  // a row finds itself
    if (std::isinf(query.length)) {      // as near to every row, so that ids decide
      const std::size_t first = std::min(wanted, exact.embedding().rows());
      for (std::size_t i = 0; i < first; ++i) candidates.push_back(node_id(i));
      return;
    }
    divide(query.vector, query.length, vector);
    const std::size_t view = std::max(wanted, static_cast<std::size_t>(options.ef_search));
    for (auto found = graph.searchKnn(vector.data(), std::min(view, inserted)); !found.empty(); found.pop()) {
      candidates.push_back(node_id(found.top().second));
    }
    const std::size_t zeros = std::min(wanted, zero_rows.size());
    candidates.insert(candidates.end(), zero_rows.begin(), zero_rows.begin() + static_cast<std::ptrdiff_t>(zeros));
  }

  /// For the rare walk that ends in a part of the graph with fewer rows than are asked for and no way out.
  void answer_exactly(RunContext& context, std::span<const ExactSearch::Query> queries, std::size_t top,
                      std::span<const std::uint8_t> wanted, NeighborLists& results) const {
    std::vector<ExactSearch::Query> left;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (wanted[q] != 0) left.push_back(queries[q]);
    }
    if (left.empty()) return;
    NeighborLists exactly = exact.search(context, left, top);
    auto next = exactly.begin();
    for (std::size_t q = 0; q < queries.size(); ++q) {
      if (wanted[q] != 0) results[q] = std::move(*next++);
    }
  }
};

NearestIndex::NearestIndex(RunContext& context, MatrixView<const float> embedding, Similarity similarity,
                           const NearestIndexOptions& options) {
  validate(options);
  if (embedding.rows() >= most_indexed_rows) {
    throw InvalidOption(fmt::format("an index takes fewer than {} rows and the embedding has {}; search exactly",
                                    most_indexed_rows, embedding.rows()));
  }
  context.require_memory(resident_bytes() + estimate_nearest_index_memory(embedding.rows(), embedding.columns(),
                                                                          context.threads().count(), options),
                         "lower --links, or search with --index exact");
  // Lengths count as rows, too.
  context.begin_stage("index", "rows", 2 * std::uint64_t{embedding.rows()});
  state_ = std::make_unique<State>(context, embedding, similarity, options);
  state_->build(context);
  context.end_stage();
}

NearestIndex::~NearestIndex() = default;
NearestIndex::NearestIndex(NearestIndex&&) noexcept = default;
NearestIndex& NearestIndex::operator=(NearestIndex&&) noexcept = default;

NeighborLists NearestIndex::nearest(RunContext& context, std::span<const NodeId> queries, std::size_t top) const {
  return state_->search(context, exact().make_queries(queries), top);
}

NeighborLists NearestIndex::nearest(RunContext& context, MatrixView<const float> vectors, std::size_t top) const {
  return state_->search(context, exact().make_queries(vectors), top);
}

const ExactSearch& NearestIndex::exact() const noexcept {
  return state_->exact;
}

std::uint64_t estimate_nearest_index_memory(std::uint64_t rows, std::uint64_t columns, int threads,
                                            const NearestIndexOptions& options) {
  const auto links = static_cast<std::uint64_t>(options.links);
  // What hnswlib holds for a row: its links in the lowest layer (a count and twice `links` ids), the vector and the
  // label; a pointer, a level and a lock; an entry of the table of labels, with the heap's own bytes around it.
  const std::uint64_t lowest_layer = 4 + 8 * links + columns * sizeof(float) + sizeof(std::size_t);
  const std::uint64_t books = sizeof(void*) + sizeof(int) + sizeof(std::mutex) + 48;
  // A row reaches each higher layer with probability 1 / links.
  const std::uint64_t higher_layers = (4 + 4 * links + 24) / (links - 1) + 1;
  const std::uint64_t marks = rows * 2 * static_cast<std::uint64_t>(threads);  // what a walk has seen
  const std::uint64_t locks_for_updates = 65'536 * sizeof(std::mutex);
  const std::uint64_t queries = static_cast<std::uint64_t>(threads) * (panel_width + 1) * columns * sizeof(float);
  const std::uint64_t ours = sizeof(float) + sizeof(NodeId);  // a length, and a place in the order of insertion
  return rows * (ours + lowest_layer + books + higher_layers) + marks + locks_for_updates + queries;
}

bool index_is_faster(std::uint64_t rows, std::uint64_t queries) noexcept {
  return rows > 0 && queries >= least_queries_of_index && queries >= least_comparisons_of_index / rows;
}

namespace {

/// Distinct rows, in order (Floyd's draw: Bentley, Floyd, Programming pearls: a sample of brilliance, CACM 1987).
std::vector<NodeId> draw_rows(std::uint64_t seed, std::size_t rows, std::size_t count) {
  count = std::min(count, rows);
  RandomSequence random(seed, RandomStream::nearest_sample, sample_key);
  std::unordered_set<std::size_t> drawn;
  for (std::size_t last = rows - count; last < rows; ++last) {
    if (const auto row = static_cast<std::size_t>(random.next_below(last + 1)); !drawn.insert(row).second) {
      drawn.insert(last);
    }
  }
  std::vector<NodeId> sample;
  for (const std::size_t row : drawn) sample.push_back(node_id(row));
  std::sort(sample.begin(), sample.end());
  return sample;
}

}  // namespace

Recall measure_recall(RunContext& context, const NearestIndex& index, std::size_t sample, std::size_t top) {
  const std::vector<NodeId> rows = draw_rows(context.seed(), index.exact().embedding().rows(), sample);
  const NeighborLists exactly = index.exact().nearest(context, rows, top);
  const NeighborLists by_index = index.nearest(context, rows, top);
  std::size_t wanted = 0;
  std::size_t found = 0;
  for (std::size_t q = 0; q < rows.size(); ++q) {
    wanted += exactly[q].size();
    for (const Neighbor& neighbor : by_index[q]) {
      if (neighbor.similarity >= exactly[q].back().similarity) ++found;
    }
  }
  return {rows.size(), wanted > 0 ? static_cast<double>(found) / static_cast<double>(wanted) : 1.0};
}

}  // namespace adjoin
