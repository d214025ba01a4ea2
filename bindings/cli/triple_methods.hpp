// The scores of three nodes that `adjoin simplices predict` knows: simplicial's own, those that learn, and those by
// vectors that are made here, of the training alone.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/simplicial/learned_triples.hpp>
#include <adjoin/algorithms/simplicial/triple_training.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct TripleMethodOptions {
  int max_examples = TripleLearningOptions{}.max_examples;
  int dim = 128;

  static constexpr auto fields() {
    using O = TripleMethodOptions;
    return std::tuple{option_field("max-examples", &O::max_examples, {100, 1'000'000'000},
                                   "methods that learn: most open triangles learned from; of more, a sample"),
                      option_field("dim", &O::dim, {1, 65'536}, "fastrp, fastrp-star: columns of the vectors")};
  }
};

/// What --methods says of its names.
inline constexpr std::string_view triple_methods_help =
    "names with commas between: harmonic-mean, geometric-mean, arithmetic-mean, minimum, maximum, mean-of-power-P for "
    "any number P, common-neighbors, jaccard, adamic-adar, degrees, simplicial-degrees; logistic-regression and "
    "combined, learned from what closed before; fastrp and fastrp-star, by vectors of the projected graph and of the "
    "graph of nodes and simplices; quick, which is all of these; katz, weighted-katz, pagerank and weighted-pagerank, "
    "by walks of any length; simplicial-pagerank and its -gradient, -curl and -harmonic parts, for some ten thousand "
    "pairs at most; all, which is every one. Of four nodes: the means, also with triple- before them, of what every "
    "three share, and those from common-neighbors to simplicial-degrees";

/// The makers of names with commas between, "quick" and "all" for several, in this order. InvalidOption for an unknown
/// name, one twice, or none.
std::vector<TripleScoringMaker> parse_triple_makers(std::string_view names, const TripleMethodOptions& options);

}  // namespace adjoin::cli
