#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/algorithms/embedding/nearest.hpp>

namespace adjoin {

NearestResult nearest(RunContext& context, MatrixView<const float> embedding, std::span<const NodeId> queries,
                      const NearestOptions& options) {
  validate(options);
  // Lengths count as one comparison a row.
  context.begin_stage("compare", "pairs", embedding.rows() * (std::uint64_t{queries.size()} + 1));
  const ExactSearch search(context, embedding, options.similarity);
  NearestResult result;
  result.neighbors = search.nearest(context, queries, static_cast<std::size_t>(options.top));
  result.record = context.record("nearest", option_values(options));
  return result;
}

}  // namespace adjoin
