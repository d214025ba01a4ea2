#include <array>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/tetrahedron_candidates.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin::detail {
namespace {

/// Checks first, as it takes memory.
NeighborsAbove rank_for_tetrahedra(RunContext& context, const Projection& projection, const Incidence* later) {
  require_counts(projection);
  if (later != nullptr && projection.incidence.node_count() != later->node_count()) {
    throw InvalidData(fmt::format("the first simplices are of {} nodes and the later ones of {}",
                                  projection.incidence.node_count(), later->node_count()));
  }
  context.require_memory(resident_bytes() + estimate_tetrahedron_visit_memory(projection, context.threads().count()),
                         "lower --threads or raise --memory");
  return {context, projection.graph};
}

/// Whether a simplex has all three.
bool together(const CsrView& simplices_of, NodeId a, NodeId b, NodeId c, std::vector<NodeId>& of_two) {
  of_two.clear();
  visit_intersection(simplices_of.row_targets(index(a)), simplices_of.row_targets(index(b)),
                     [&](NodeId simplex) { of_two.push_back(simplex); });
  return intersection_size(of_two, simplices_of.row_targets(index(c))) > 0;
}

}  // namespace

void PlacedSimplices::assign(const Incidence& incidence, NodeId u, const Array<std::uint32_t>& places,
                             std::size_t size) {
  const CsrView nodes_of = incidence.nodes_of.view();
  members_.clear();
  ends_.clear();
  for (const NodeId simplex : incidence.simplices_of.view().row_targets(index(u))) {
    const std::size_t begin = members_.size();
    for (const NodeId node : nodes_of.row_targets(index(simplex))) {
      if (places[index(node)] > 0) members_.push_back(places[index(node)] - 1);
    }
    if (members_.size() - begin < 3) {
      members_.resize(begin);
      continue;
    }
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(begin), members_.end());
    ends_.push_back(members_.size());
  }
  after_.resize(std::max(after_.size(), size));
  for (std::size_t place = 0; place < size; ++place) after_[place].clear();
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    for (std::size_t at = begin; at + 2 < end; ++at) after_[members_[at]].push_back({at + 1, end});
    begin = end;
  }
}

void PlacedSimplices::mark_with(std::size_t place, PlaceBits& pairs) const {
  for (const auto& [begin, end] : after_[place]) {
    for (std::size_t j = begin; j < end; ++j) {
      for (std::size_t k = j + 1; k < end; ++k) pairs.set(members_[j], members_[k]);
    }
  }
}

TetrahedronCandidates::TetrahedronCandidates(RunContext& context, const Projection& projection, const Incidence* later,
                                             Faces faces)
    : projection_(projection),
      later_(later),
      faces_(faces),
      ranked_(rank_for_tetrahedra(context, projection, later)),
      tasks_(triangle_task_count(ranked_.above.view())) {}

bool TetrahedronCandidates::faces_closed(const NodeQuadruple& four) const {
  const CsrView simplices_of = projection_.incidence.simplices_of.view();
  std::vector<NodeId> of_two;
  const auto [a, b, c, d] = four;
  return together(simplices_of, a, b, c, of_two) && together(simplices_of, a, b, d, of_two) &&
         together(simplices_of, a, c, d, of_two) && together(simplices_of, b, c, d, of_two);
}

std::uint64_t estimate_tetrahedron_visit_memory(const Projection& projection, int threads) noexcept {
  // A third table of bits; the places of the nodes of simplices, and where each of them begins in its own.
  const auto two_tables = estimate_triangle_visit_memory(projection.graph, threads);
  const std::uint64_t nodes_of_simplices = projection.incidence.nodes_of.targets.size();
  return two_tables + two_tables / 2 +
         static_cast<std::uint64_t>(threads) * nodes_of_simplices * (sizeof(std::uint32_t) + 4 * sizeof(std::size_t));
}

}  // namespace adjoin::detail
