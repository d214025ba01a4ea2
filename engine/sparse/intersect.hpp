// What two sorted sets of nodes have in common: under common neighbours, triangles, clustering and every score of a
// pair that counts them.
//
// The method is chosen by the lengths alone. Sets of not too different lengths are merged, a vector of the longer one
// against a few elements of the shorter at a time, without a branch that depends on the data (after Schlegel, Willhalm,
// Lehner 2011, and Lemire, Boytsov, Kurz 2016, whose comparisons these are in another shape). Where one is much longer,
// a vector of elements of the shorter one is looked for in it: steps that double (Bentley, Yao 1976) bound a stretch,
// which all lanes bisect together. Tails go one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin {

/// How many nodes are in both. a, b: strictly increasing. With s <= l the lengths, O(s + l) where l < 128 s,
/// else O(s log(l / s)). Reads 4 * (s + l) bytes, in the second case some cache lines for each element of the shorter
/// set instead. Allocates nothing.
std::size_t intersection_size(std::span<const NodeId> a, std::span<const NodeId> b) noexcept;

/// Calls visit(node) for each node in both, in increasing order. The cost of intersection_size, and of visiting.
template <class Visit>
void visit_intersection(std::span<const NodeId> a, std::span<const NodeId> b, Visit&& visit);

namespace detail {

/// The methods by name, for tests and the bench; `by_length` is what everybody else gets.
enum class IntersectMethod : std::uint8_t { by_length, one_by_one, vectors, search };

std::size_t intersection_size(std::span<const NodeId> a, std::span<const NodeId> b, IntersectMethod method) noexcept;

/// Calls visit with runs of the common nodes, in increasing order; none is empty.
void visit_intersection_runs(std::span<const NodeId> a, std::span<const NodeId> b, IntersectMethod method,
                             FunctionRef<void(std::span<const NodeId>)> visit);

}  // namespace detail

template <class Visit>
void visit_intersection(std::span<const NodeId> a, std::span<const NodeId> b, Visit&& visit) {
  detail::visit_intersection_runs(a, b, detail::IntersectMethod::by_length, [&](std::span<const NodeId> run) {
    for (const NodeId node : run) visit(node);
  });
}

}  // namespace adjoin
