#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/vector_triples.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {

TripleScoring prepare_vector_scores(RunContext& context, std::string name, Matrix vectors) {
  if (const auto row = first_row_not_finite(context, vectors.view())) {
    throw InvalidData(fmt::format("the vector of node {} has a value that is NaN or infinite", *row));
  }
  normalize_rows(context, vectors.view());
  TripleScoring scoring;
  scoring.names = {std::move(name)};
  scoring.score = [vectors = std::make_shared<const Matrix>(std::move(vectors))](std::span<const NodeTriple> triples,
                                                                                 std::span<double> scores) {
    const MatrixView<const float> x = vectors->view();
    const auto cosine = [&](NodeId u, NodeId v) {
      float product = 0;
      dot_rows(x, index(u), x.row(index(v)), {&product, 1});
      return static_cast<double>(product);
    };
    for (std::size_t i = 0; i < triples.size(); ++i) {
      const auto [a, b, c] = in_order(triples[i]);
      std::array<double, 3> cosines{cosine(a, b), cosine(a, c), cosine(b, c)};
      std::ranges::sort(cosines);
      scores[i] = (cosines[0] + cosines[1] + cosines[2]) / 3;
    }
  };
  return scoring;
}

}  // namespace adjoin
