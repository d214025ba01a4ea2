#include <algorithm>
#include <utility>

#include <adjoin/algorithms/simplicial/triple_training.hpp>

namespace adjoin {

TripleTraining training_until(const SimplexView& simplices, double share, std::shared_ptr<const NodeIndex> nodes,
                              const Projection& projection, int max_size, ClosureLabels labels) {
  TripleTraining training{.simplices = simplices_until(simplices, time_quantile(simplices, share)),
                          .nodes = std::move(nodes),
                          .projection = &projection,
                          .max_size = max_size,
                          .labels = labels};
  const std::size_t last = training.eighths.size() - 1;
  for (std::size_t k = 0; k <= last; ++k) {
    training.eighths[k] = time_quantile(simplices, share * static_cast<double>(k) / static_cast<double>(last));
  }
  return training;
}

ScoringMemory estimate_scoring_memory(std::span<const TripleScoringMaker> makers, const Projection& projection,
                                      std::uint64_t open_triangles, int threads) {
  ScoringMemory all;
  for (const TripleScoringMaker& maker : makers) {
    const ScoringMemory one = maker.estimate(projection, open_triangles, threads);
    all.making = std::max(all.making, all.kept + one.making);
    all.kept += one.kept;
  }
  return all;
}

TripleScoringMaker triple_method_maker(std::vector<TripleMethod> methods) {
  TripleScoringMaker maker;
  for (const TripleMethod& method : methods) maker.names.push_back(triple_method_name(method));
  maker.estimate = [methods](const Projection& projection, std::uint64_t, int threads) {
    return ScoringMemory{estimate_triple_preparation_memory(projection.graph, methods, threads),
                         estimate_triple_tables_memory(projection.graph, methods)};
  };
  maker.make = [methods = std::move(methods)](RunContext& context, const TripleTraining& training) {
    return prepare_triple_scores(context, *training.projection, methods);
  };
  return maker;
}

}  // namespace adjoin
