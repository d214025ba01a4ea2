#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {
namespace {

constexpr std::size_t rows_per_chunk = 4096;
/// Queries that share one pass over the embedding: a block of rows stays in the cache while all of them read it.
constexpr std::size_t queries_per_pass = 16;
constexpr std::size_t rows_per_block = 64;

bool nearer(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.node < b.node;
}

void keep_nearest(std::vector<Neighbor>& candidates, std::size_t top) {
  if (candidates.size() <= top) return;
  const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(top);
  std::nth_element(candidates.begin(), middle, candidates.end(), nearer);
  candidates.resize(top);
}

class NearestRun {
 public:
  NearestRun(RunContext& context, MatrixView<const float> x, const NearestOptions& options)
      : context_(context),
        x_(x),
        top_(static_cast<std::size_t>(options.top)),
        norms_(options.similarity == Similarity::cosine ? x.rows() : 0) {
    if (!norms_.empty()) row_norms(context, x, norms_.span());
  }

  /// The nearest rows of each of at most queries_per_pass queries.
  void pass(std::span<const NodeId> queries, std::vector<std::vector<Neighbor>>& results) {
    const std::size_t chunks = chunk_count(x_.rows(), rows_per_chunk);
    std::vector<std::vector<Neighbor>> found(chunks * queries.size());
    context_.for_chunks(x_.rows(), rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t begin = chunk.begin; begin < chunk.end; begin += rows_per_block) {
        const std::size_t count = std::min(rows_per_block, chunk.end - begin);
        for (std::size_t q = 0; q < queries.size(); ++q) {
          compare_block(queries[q], begin, count, found[chunk.index * queries.size() + q]);
        }
      }
    });
    for (std::size_t q = 0; q < queries.size(); ++q) {
      std::vector<Neighbor> all;
      for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
        const auto& part = found[chunk * queries.size() + q];
        all.insert(all.end(), part.begin(), part.end());
      }
      keep_nearest(all, top_);
      std::sort(all.begin(), all.end(), nearer);
      results.push_back(std::move(all));
    }
  }

 private:
  void compare_block(NodeId query, std::size_t begin, std::size_t count, std::vector<Neighbor>& found) const {
    std::array<float, rows_per_block> similarity{};
    dot_rows(x_, begin, x_.row(index(query)), std::span(similarity).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      if (begin + i == index(query)) continue;
      if (!norms_.empty()) {
        const float length = norms_[index(query)] * norms_[begin + i];
        similarity[i] = length > 0 ? std::clamp(similarity[i] / length, -1.0F, 1.0F) : 0.0F;
      }
      found.push_back({node_id(begin + i), similarity[i]});
    }
    if (found.size() >= 2 * top_ + rows_per_block) keep_nearest(found, top_);
  }

  RunContext& context_;
  MatrixView<const float> x_;
  std::size_t top_;
  Array<float> norms_;
};

}  // namespace

NearestResult nearest(RunContext& context, MatrixView<const float> embedding, std::span<const NodeId> queries,
                      const NearestOptions& options) {
  validate(options);
  for (const NodeId query : queries) {
    if (index(query) >= embedding.rows()) {
      throw InvalidOption(
          fmt::format("row {} is not in the embedding, which has {} rows", index(query), embedding.rows()));
    }
  }
  context.begin_stage("compare", "rows", embedding.rows() * (chunk_count(queries.size(), queries_per_pass) + 1));
  NearestResult result;
  NearestRun run(context, embedding, options);
  for (std::size_t first = 0; first < queries.size(); first += queries_per_pass) {
    run.pass(queries.subspan(first, std::min(queries_per_pass, queries.size() - first)), result.neighbors);
  }
  result.record = context.record("nearest", option_values(options));
  return result;
}

}  // namespace adjoin
