// Numbers of three nodes that scores are learned from.
//
// Source.  published: the 26 of Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link
//          prediction, PNAS 2018, section 4 (supervised). recent: ours.
//
// With i the node of lowest degree (of these the lowest id) and j < k the others, w the ties, d the degrees, s the
// simplices and n the common neighbours of nodes:
//
//   published  w_ij, w_jk, w_ik; d_i, d_j, d_k; s_i, s_j, s_k; n_ij, n_ik, n_jk, n_ijk;
//
//              ln of the first nine; ln(1 + .) of the last four
//
//   recent     by size, so that the order of the nodes is nothing to them: ln of the ties; ln(1 + simplices of three
//              nodes and more) of the pairs; ln(0.001 + fading) of the pairs for four speeds; ln s; ln d;
//              ln(0.001 + fading) of the nodes for four speeds; ln(1 + n) of the pairs; and ln(1 + n_ijk),
//              ln(1 + Adamic-Adar), Jaccard, the sixth root of the product of the ties
//
// Fading counts a simplex of age t as exp(-t / h): t is the share of the simplices that came after it, and h 0.3, 0.1,
// 0.03 and 0.01. Age is by order and not by the clock, as nights and holidays are long for nobody's ties.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin {

enum class TripleFeatures : std::uint8_t { published, recent };

/// The features as scores of open triangles, by name. Keeps to the projection, which has to live as long.
/// Input.   Triples whose nodes have ties, all three.
/// Cost.    O(m sqrt(m)) for common neighbours of edges before the first triple, for recent also O(sum of k^2) over
///          simplices of k nodes; 8 bytes an edge, for recent 48, and 16 a node.
/// Errors.  BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads.
TripleScoring prepare_triple_features(RunContext& context, const Projection& projection, TripleFeatures features);

/// Bytes that it holds beyond the projection.
std::uint64_t estimate_triple_features_memory(GraphView graph, TripleFeatures features) noexcept;

}  // namespace adjoin
