#include <utility>

#include <adjoin/algorithms/simplicial/triple_training.hpp>

namespace adjoin {

TripleScoringMaker triple_method_maker(std::vector<TripleMethod> methods) {
  return [methods = std::move(methods)](RunContext& context, const TripleTraining& training) {
    return prepare_triple_scores(context, *training.projection, methods);
  };
}

TripleScoring make_scoring(RunContext& context, const TripleTraining& training,
                           std::span<const TripleScoringMaker> makers) {
  std::vector<TripleScoring> parts;
  for (const TripleScoringMaker& make : makers) parts.push_back(make(context, training));
  return joined(std::move(parts));
}

}  // namespace adjoin
