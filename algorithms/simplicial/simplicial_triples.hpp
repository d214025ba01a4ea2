// The scores of simplicial_pagerank.hpp for predictions: all open triangles of the training are scored when the scores
// are made, since they are scored together, and looked up afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/algorithms/simplicial/triple_training.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

/// S itself, and what it is the sum of.
enum class SimplicialPart : std::uint8_t { whole, gradient, curl, harmonic };
template <>
struct EnumNames<SimplicialPart> {
  static constexpr std::array<std::pair<SimplicialPart, std::string_view>, 4> names{
      {{SimplicialPart::whole, "simplicial-pagerank"},
       {SimplicialPart::gradient, "simplicial-pagerank-gradient"},
       {SimplicialPart::curl, "simplicial-pagerank-curl"},
       {SimplicialPart::harmonic, "simplicial-pagerank-harmonic"}}};
};

/// Scores by these parts, solved for together. Only open triangles of the training can be scored; others get 0.
/// Cost and errors as simplicial_pagerank_scores of all of them: for complexes of up to some ten thousand edges.
/// Memory: 12 bytes an open triangle and 8 for each part of it.
TripleScoringMaker simplicial_triple_maker(std::vector<SimplicialPart> parts);

}  // namespace adjoin
