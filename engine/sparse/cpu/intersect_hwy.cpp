// Intersections of sorted sets at every instruction level.
#include <algorithm>
#include <array>

#include <adjoin/engine/sparse/intersect.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/sparse/cpu/intersect_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef ADJOIN_INTERSECT_TYPES
#define ADJOIN_INTERSECT_TYPES
#include <cstddef>
#include <span>

namespace adjoin {
namespace {

using Nodes = std::span<const NodeId>;
using VisitRun = FunctionRef<void(std::span<const NodeId>)>;
using detail::IntersectMethod;

/// From this ratio of the lengths on, searching the longer set is faster than reading it (intersect_bench).
constexpr std::size_t search_ratio = 128;

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint32_t>;

HWY_INLINE hn::Vec<Words> load(const NodeId* nodes) {
  return hn::LoadU(Words(), reinterpret_cast<const std::uint32_t*>(nodes));
}
HWY_INLINE hn::Vec<Words> repeat(NodeId node) {
  return hn::Set(Words(), static_cast<std::uint32_t>(node));
}

/// Where common elements go. add() takes those lanes of a vector that the mask names, add_if() one element.
class Counter {
 public:
  HWY_INLINE void add(hn::Vec<Words> /*nodes*/, hn::Mask<Words> common) { count_ += hn::CountTrue(Words(), common); }
  HWY_INLINE void add_if(bool common, NodeId /*node*/) { count_ += common ? 1 : 0; }
  std::size_t count() const { return count_; }

 private:
  std::size_t count_ = 0;
};

class Runs {
 public:
  explicit Runs(VisitRun visit) : visit_(visit) {}

  HWY_INLINE void add(hn::Vec<Words> nodes, hn::Mask<Words> common) {
    const Words d;
    hn::StoreU(hn::Compress(nodes, common), d, reinterpret_cast<std::uint32_t*>(run_.data() + count_));
    count_ += hn::CountTrue(d, common);
    if (count_ >= run_length) flush();
  }
  HWY_INLINE void add_if(bool common, NodeId node) {
    run_[count_] = node;
    count_ += common ? 1 : 0;
    if (count_ >= run_length) flush();
  }
  void flush() {
    if (count_ > 0) visit_(Nodes(run_.data(), count_));
    count_ = 0;
  }

 private:
  static constexpr std::size_t run_length = 256;
  VisitRun visit_;
  std::size_t count_ = 0;
  std::array<NodeId, run_length + hn::MaxLanes(Words())> run_;  // a whole vector is written at its end
};

/// The plain merge. Which set moves on is arithmetic, not a branch that half of all guesses get wrong.
template <class Sink>
HWY_INLINE void merge_one_by_one(Nodes a, Nodes b, Sink& sink) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const NodeId x = a[i];
    const NodeId y = b[j];
    sink.add_if(x == y, x);
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
}

/// Each element of `few` by itself is looked for in `many`: blocks of a cache line are passed over by steps that
/// double, the last step is bisected, and the block that is left is compared whole.
template <class Sink>
HWY_INLINE void search_each(Nodes few, Nodes many, Sink& sink) {
  const std::size_t lanes = hn::Lanes(Words());
  constexpr std::size_t block = 16;
  const auto ends_before = [&](std::size_t end, NodeId x) { return end <= many.size() && many[end - 1] < x; };
  std::size_t at = 0;  // what stands before it is less than x
  for (const NodeId x : few) {
    if (ends_before(at + block, x)) {
      std::size_t step = block;
      at += block;
      while (ends_before(at + step, x)) {
        at += step;
        step *= 2;
      }
      for (; step > block; step /= 2) {
        if (ends_before(at + step / 2, x)) at += step / 2;
      }
    }
    if (at + block <= many.size()) {
      const NodeId* const nodes = many.data() + at;
      const auto wanted = repeat(x);
      auto found = hn::Eq(load(nodes), wanted);
      for (std::size_t k = lanes; k < block; k += lanes) found = hn::Or(found, hn::Eq(load(nodes + k), wanted));
      sink.add_if(!hn::AllFalse(Words(), found), x);
    } else {
      while (at < many.size() && many[at] < x) ++at;
      if (at == many.size()) return;
      sink.add_if(many[at] == x, x);
    }
  }
}

/// A vector of `few` at a time is looked for in `many`: steps that double bound where the last of them can be, then all
/// lanes bisect that stretch together, so that the cache misses of one do not wait for those of another.
template <class Sink>
HWY_INLINE void search_vectors(Nodes few, Nodes many, Sink& sink) {
  const Words d;
  const hn::RebindToSigned<Words> signed_words;
  const std::size_t lanes = hn::Lanes(d);
  constexpr std::size_t longest = std::size_t{1} << 30;  // positions in a stretch are 31 bits
  std::size_t i = 0;
  std::size_t at = 0;  // what stands before it is less than few[i]
  for (; i + lanes <= few.size() && at < many.size(); i += lanes) {
    const NodeId last = few[i + lanes - 1];
    std::size_t step = 16 * lanes;
    std::size_t next = at;
    while (next + step <= many.size() && many[next + step - 1] < last) {
      next += step;
      step *= 2;
    }
    const std::size_t end = std::min(next + step, many.size());
    if (end - at > longest) break;
    const auto* const stretch = reinterpret_cast<const std::uint32_t*>(many.data() + at);
    const auto wanted = load(few.data() + i);
    const auto value_at = [&](hn::Vec<Words> position)
                              HWY_ATTR { return hn::GatherIndex(d, stretch, hn::BitCast(signed_words, position)); };
    // The first that is not less than the wanted one stands at position .. position + length.
    auto position = hn::Zero(d);
    std::size_t length = end - at;
    while (length > 1) {
      const auto half = static_cast<std::uint32_t>(length / 2);
      const auto middle = value_at(hn::Add(position, hn::Set(d, half - 1)));
      position = hn::Add(position, hn::IfThenElseZero(hn::Lt(middle, wanted), hn::Set(d, half)));
      length -= half;
    }
    const auto beyond = hn::IfThenElseZero(hn::Lt(value_at(position), wanted), hn::Set(d, 1));
    position = hn::Min(hn::Add(position, beyond), hn::Set(d, static_cast<std::uint32_t>(end - at - 1)));
    sink.add(wanted, hn::Eq(value_at(position), wanted));
    at = next;
  }
  search_each(few.subspan(i), many.subspan(at), sink);
}

/// A vector of `many` against four elements of `few` at a time; the one that ends lower moves on, or both.
template <class Sink>
HWY_INLINE void merge_vectors(Nodes few, Nodes many, Sink& sink) {
  const std::size_t lanes = hn::Lanes(Words());
  constexpr std::size_t group = 4;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i + group <= few.size() && j + lanes <= many.size()) {
    const auto nodes = load(many.data() + j);
    const auto first = hn::Or(hn::Eq(nodes, repeat(few[i])), hn::Eq(nodes, repeat(few[i + 1])));
    const auto second = hn::Or(hn::Eq(nodes, repeat(few[i + 2])), hn::Eq(nodes, repeat(few[i + 3])));
    sink.add(nodes, hn::Or(first, second));
    const NodeId last_of_few = few[i + group - 1];
    const NodeId last_of_many = many[j + lanes - 1];
    i += last_of_few <= last_of_many ? group : 0;
    j += last_of_many <= last_of_few ? lanes : 0;
  }
  // One of the two has less than a group or a vector left, the other may have anything.
  const Nodes few_left = few.subspan(i);
  const Nodes many_left = many.subspan(j);
  if (few_left.size() < many_left.size()) {
    search_each(few_left, many_left, sink);
  } else {
    search_each(many_left, few_left, sink);
  }
}

template <class Sink>
HWY_INLINE void intersect(Nodes a, Nodes b, IntersectMethod method, Sink& sink) {
  const Nodes few = a.size() < b.size() ? a : b;
  const Nodes many = a.size() < b.size() ? b : a;
  if (method == IntersectMethod::by_length) {
    method = many.size() / search_ratio >= few.size() ? IntersectMethod::search : IntersectMethod::vectors;
  }
  switch (method) {
    case IntersectMethod::one_by_one:
      return merge_one_by_one(few, many, sink);
    case IntersectMethod::search:
      return search_vectors(few, many, sink);
    default:
      return merge_vectors(few, many, sink);
  }
}

std::size_t count(Nodes a, Nodes b, IntersectMethod method) {
  Counter counter;
  intersect(a, b, method, counter);
  return counter.count();
}

void visit_runs(Nodes a, Nodes b, IntersectMethod method, VisitRun visit) {
  Runs runs(visit);
  intersect(a, b, method, runs);
  runs.flush();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(count);
HWY_EXPORT(visit_runs);

}  // namespace

namespace detail {

std::size_t intersection_size(Nodes a, Nodes b, IntersectMethod method) noexcept {
  return HWY_DYNAMIC_DISPATCH(count)(a, b, method);
}

void visit_intersection_runs(Nodes a, Nodes b, IntersectMethod method, VisitRun visit) {
  HWY_DYNAMIC_DISPATCH(visit_runs)(a, b, method, visit);
}

}  // namespace detail

std::size_t intersection_size(std::span<const NodeId> a, std::span<const NodeId> b) noexcept {
  return detail::intersection_size(a, b, IntersectMethod::by_length);
}

}  // namespace adjoin
#endif
