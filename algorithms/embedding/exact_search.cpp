#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/cuda/exact_search_cuda.hpp>
#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/engine/dense/panel_products.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

/// Rows compared at a time: a tile of rows, a panel and their products stay in the nearest caches. A multiple of the
/// rows that the kernels take together.
constexpr std::size_t rows_per_sweep = 96;
/// Queries that share one reading of the rows.
constexpr std::size_t queries_per_block = 4 * panel_width;
/// A few queries are spread over the threads by rows. Many are spread by queries; longer runs of rows then waste less
/// on filling heaps, and are still short enough to be stopped.
constexpr std::size_t few_queries = 8 * queries_per_block;
constexpr std::size_t rows_per_chunk_of_few = std::size_t{1} << 14;
constexpr std::size_t rows_per_chunk_of_many = std::size_t{1} << 18;
/// Neighbours that chunks may hold before they are joined.
constexpr std::size_t most_held = std::size_t{1} << 24;

constexpr float no_bound =
    std::numeric_limits<float>::lowest();  // not infinite: times a zero row's length it must be 0

/// How a search is cut up: by the data, never by the threads.
struct Plan {
  std::size_t rows_per_chunk;
  std::size_t queries_per_pass;
};

Plan plan_search(std::size_t rows, std::size_t queries, std::size_t top) {
  const std::size_t grain = queries <= few_queries ? rows_per_chunk_of_few : rows_per_chunk_of_many;
  const std::size_t held =
      std::max<std::size_t>(1, std::min(rows, top * std::max<std::size_t>(1, chunk_count(rows, grain))));
  const std::size_t blocks = std::clamp<std::size_t>(most_held / held / queries_per_block, 1, 64);
  return {grain, blocks * queries_per_block};
}

void keep_nearest(std::vector<Neighbor>& candidates, std::size_t top) {
  if (candidates.size() > top) {
    std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(top), candidates.end(),
                     nearer);
    candidates.resize(top);
  }
  std::sort(candidates.begin(), candidates.end(), nearer);
}

/// Vectors whose products, or sums on the way to them, leave the range of a float are refused: by Cauchy and Schwarz a
/// product is at most the product of the lengths, and under cosine the query has length one.
void check_length(float length, std::string_view what, std::size_t i, bool cosine) {
  const float most = cosine ? std::numeric_limits<float>::max() / 2 : 1e19F;
  if (length <= most) return;
  throw InvalidData(
      fmt::format("{} {} has length {}, which is too much for 32-bit floats (at most {:g}); scale the "
                  "vectors down",
                  what, i, length, most));
}

void put_query(const ExactSearch::Query& query, std::size_t position, std::span<float> panel) {
  put_in_panel(query.vector, query.length, position, panel);
}

}  // namespace

ExactSearch::ExactSearch(RunContext& context, MatrixView<const float> embedding, Similarity similarity)
    : x_(embedding), cosine_(similarity == Similarity::cosine), lengths_(embedding.rows()) {
  row_norms(context, x_, lengths_.span());
  for (std::size_t i = 0; i < lengths_.size(); ++i) check_length(lengths_[i], "row", i, cosine_);
  if (!cosine_) std::fill(lengths_.begin(), lengths_.end(), 1.0F);
}

float ExactSearch::similarity(float product, std::size_t row) const noexcept {
  if (!cosine_) return product;
  return lengths_[row] > 0 ? std::clamp(product / lengths_[row], -1.0F, 1.0F) : 0.0F;
}

ExactSearch::Query ExactSearch::make_query(NodeId row) const noexcept {
  const float length = lengths_[index(row)];
  return {x_.row(index(row)), length > 0 ? length : std::numeric_limits<float>::infinity(), index(row)};
}

std::vector<ExactSearch::Query> ExactSearch::make_queries(std::span<const NodeId> rows) const {
  std::vector<Query> queries;
  queries.reserve(rows.size());
  for (const NodeId node : rows) {
    if (index(node) >= x_.rows()) {
      throw InvalidOption(fmt::format("row {} is not in the embedding, which has {} rows", index(node), x_.rows()));
    }
    queries.push_back(make_query(node));
  }
  return queries;
}

std::vector<ExactSearch::Query> ExactSearch::make_queries(MatrixView<const float> vectors) const {
  if (vectors.rows() > 0 && vectors.columns() != x_.columns()) {
    throw InvalidOption(fmt::format("the queries have {} columns and the embedding {}; they must be equal",
                                    vectors.columns(), x_.columns()));
  }
  std::vector<Query> queries(vectors.rows());
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    queries[i].vector = vectors.row(i);
    double squares = 0;
    for (const float value : queries[i].vector) squares += static_cast<double>(value) * static_cast<double>(value);
    const auto length = static_cast<float>(std::sqrt(squares));
    check_length(length, "query", i, cosine_);
    if (!cosine_) continue;
    queries[i].length = length > 0 ? length : std::numeric_limits<float>::infinity();
  }
  return queries;
}

/// Some queries against all rows.
class ExactSearch::Pass {
 public:
  Pass(const ExactSearch& search, std::span<const Query> queries, std::size_t top, std::size_t rows_per_chunk)
      : search_(search),
        queries_(queries),
        top_(top),
        rows_per_chunk_(rows_per_chunk),
        chunks_(chunk_count(search.x_.rows(), rows_per_chunk)),
        panels_(chunk_count(queries.size(), panel_width) * panel_width * search.x_.columns(), 0.0F),
        found_(chunks_ * queries.size()) {
    for (std::size_t q = 0; q < queries.size(); ++q) put_query(queries[q], q % panel_width, panel_of(q));
  }

  void run(RunContext& context, NeighborLists& results) {
    const std::size_t blocks = chunk_count(queries_.size(), queries_per_block);
    const auto chunk_of = [&](std::size_t task) {
      const std::size_t begin = task % chunks_ * rows_per_chunk_;
      return Chunk{begin, std::min(begin + rows_per_chunk_, search_.x_.rows()), task % chunks_};
    };
    const auto block_of = [&](std::size_t task) {
      const std::size_t begin = task / chunks_ * queries_per_block;
      return Chunk{begin, std::min(begin + queries_per_block, queries_.size()), task / chunks_};
    };
    context.for_tasks(
        blocks * chunks_, [&](std::size_t task) { compare(block_of(task), chunk_of(task)); },
        [&](std::size_t task) { return std::uint64_t{block_of(task).size()} * chunk_of(task).size(); });
    const std::size_t first = results.size();
    results.resize(first + queries_.size());
    context.threads().for_chunks(queries_.size(), panel_width, [&](Chunk chunk) {
      for (std::size_t q = chunk.begin; q < chunk.end; ++q) join(q, results[first + q]);
    });
  }

 private:
  std::span<float> panel_of(std::size_t query) {
    const std::size_t size = panel_width * search_.x_.columns();
    return panels_.span().subspan(query / panel_width * size, size);
  }

  void compare(Chunk block, Chunk rows) {
    // Nothing passes the bound of a vector that is not there, but zero rows, which are then offered to nobody.
    std::array<float, queries_per_block> bounds;
    bounds.fill(std::numeric_limits<float>::max());
    std::fill_n(bounds.begin(), block.size(), no_bound);
    std::array<float, rows_per_sweep * panel_width> products{};
    std::array<std::uint32_t, rows_per_sweep> passed;
    for (std::size_t begin = rows.begin; begin < rows.end; begin += rows_per_sweep) {
      const std::size_t count = std::min(rows_per_sweep, rows.end - begin);
      for (std::size_t q = block.begin; q < block.end; q += panel_width) {
        const std::span<float> bound = std::span(bounds).subspan(q - block.begin, panel_width);
        const std::size_t width = std::min(panel_width, block.end - q);
        panel_products(search_.x_, begin, count, panel_of(q).data(), width, products.data());
        const std::size_t passed_count =
            rows_over_bound(products.data(), count, bound.data(), search_.lengths_.data() + begin, passed.data());
        for (std::size_t k = 0; k < passed_count; ++k) {
          const std::size_t row = begin + passed[k];
          const std::span<const float> row_products(products.data() + passed[k] * panel_width, width);
          offer(row, row_products, q, bound, rows.index);
        }
      }
    }
  }

  /// Gives a row to the queries from `first` on whose bound it passes, and raises their bounds.
  void offer(std::size_t row, std::span<const float> products, std::size_t first, std::span<float> bounds,
             std::size_t chunk) {
    for (std::size_t v = 0; v < products.size(); ++v) {
      if (!(products[v] >= bounds[v] * search_.lengths_[row]) || queries_[first + v].row == row) continue;
      std::vector<Neighbor>& heap = found_[chunk * queries_.size() + first + v];
      const Neighbor candidate{node_id(row), search_.similarity(products[v], row)};
      if (heap.size() == top_) {
        if (!nearer(candidate, heap.front())) continue;
        std::pop_heap(heap.begin(), heap.end(), nearer);
        heap.back() = candidate;
      } else {
        heap.push_back(candidate);
      }
      std::push_heap(heap.begin(), heap.end(), nearer);
      if (heap.size() < top_) continue;
      // A little low, because the bound is compared before the division and the division rounds.
      const float farthest = heap.front().similarity;
      bounds[v] = farthest - std::abs(farthest) * 0x1.0p-20F;
    }
  }

  void join(std::size_t query, std::vector<Neighbor>& all) {
    for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
      std::vector<Neighbor>& part = found_[chunk * queries_.size() + query];
      all.insert(all.end(), part.begin(), part.end());
      part = {};
    }
    keep_nearest(all, top_);
    all.shrink_to_fit();
  }

  const ExactSearch& search_;
  std::span<const Query> queries_;
  std::size_t top_;
  std::size_t rows_per_chunk_;
  std::size_t chunks_;
  Array<float> panels_;
  NeighborLists found_;  // of chunk c and query q at c * queries + q, each a heap with its farthest in front
};

NeighborLists ExactSearch::search(RunContext& context, std::span<const Query> queries, std::size_t top) const {
  NeighborLists results;
  results.reserve(queries.size());
  if (x_.rows() == 0 || top == 0) {
    results.resize(queries.size());
    return results;
  }
  if (context.device().kind == DeviceKind::cuda) {
    const RowsOnHost rows{x_, cosine_ ? lengths_.span() : std::span<const float>()};
    if (search_on_cuda(context, rows, queries, top, resident_, results)) return results;
  }
  const Plan plan = plan_search(x_.rows(), queries.size(), top);
  for (std::size_t first = 0; first < queries.size(); first += plan.queries_per_pass) {
    const auto part = queries.subspan(first, std::min(plan.queries_per_pass, queries.size() - first));
    Pass(*this, part, top, plan.rows_per_chunk).run(context, results);
  }
  return results;
}

NeighborLists ExactSearch::nearest(RunContext& context, std::span<const NodeId> queries, std::size_t top) const {
  return search(context, make_queries(queries), top);
}

NeighborLists ExactSearch::nearest(RunContext& context, MatrixView<const float> vectors, std::size_t top) const {
  return search(context, make_queries(vectors), top);
}

std::vector<Neighbor> ExactSearch::rank(const Query& query, std::span<const NodeId> rows, std::size_t top,
                                        std::span<float> panel) const {
  std::fill(panel.begin(), panel.end(), 0.0F);
  put_query(query, 0, panel);
  std::vector<Neighbor> ranked;
  ranked.reserve(rows.size());
  std::array<float, panel_width> products{};
  for (const NodeId node : rows) {
    if (index(node) == query.row) continue;
    panel_products(x_, index(node), 1, panel.data(), 1, products.data());
    ranked.push_back({node, similarity(products[0], index(node))});
  }
  keep_nearest(ranked, top);
  return ranked;
}

std::uint64_t estimate_neighbor_lists_memory(std::uint64_t rows, std::uint64_t queries, std::uint64_t top) {
  return queries * (sizeof(std::vector<Neighbor>) + std::min(rows, top) * sizeof(Neighbor));
}

std::uint64_t estimate_exact_search_memory(std::uint64_t rows, std::uint64_t columns, std::uint64_t queries,
                                           std::uint64_t top) {
  const Plan plan = plan_search(rows, queries, top);
  const std::uint64_t chunks = chunk_count(rows, plan.rows_per_chunk);
  const std::uint64_t in_pass = std::min<std::uint64_t>(queries, plan.queries_per_pass);
  // A heap grows by doubling; all of a pass are held at once, and joined one query at a time.
  const std::uint64_t heaps =
      in_pass * chunks *
      (sizeof(std::vector<Neighbor>) + 2 * std::min<std::uint64_t>(top, plan.rows_per_chunk) * sizeof(Neighbor));
  return rows * sizeof(float) + queries * sizeof(ExactSearch::Query) +
         (in_pass + panel_width) * columns * sizeof(float) + heaps;
}

}  // namespace adjoin
