// From names to ids. Ids follow the order of the names, so all three ways below end in sorted, distinct names:
// a bitmap over the range where whole numbers are dense, a sort where they are not, and a partition by hash for text.
#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <utility>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/bits.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin {
namespace {

constexpr std::size_t indexed_edges_per_chunk = 1 << 17;

/// A set of the numbers 0 .. range-1 that many threads may add to, and the rank of each number in it.
class RankedBitmap {
 public:
  explicit RankedBitmap(std::size_t range) : words_((range + 63) / 64, std::uint64_t{0}) {}

  void add(std::uint64_t number) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    const std::atomic_ref<std::uint64_t> word(words_[number / 64]);
    // Most numbers are seen many times: looking first keeps the cache line shared.
    if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
  }

  /// Ends adding. Returns how many numbers there are.
  std::size_t rank() {
    ranks_ = Array<std::uint32_t>(words_.size());
    std::size_t count = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      if (count > max_node_count) throw InvalidData("the graph has more nodes than 32 bits can count");
      ranks_[w] = static_cast<std::uint32_t>(count);
      count += static_cast<std::size_t>(std::popcount(words_[w]));
    }
    return count;
  }

  std::uint32_t rank_of(std::uint64_t number) const noexcept {
    const std::uint64_t below = words_[number / 64] & ((std::uint64_t{1} << (number % 64)) - 1);
    return ranks_[number / 64] + count_bits(below);
  }

  Array<std::uint64_t> numbers(std::size_t count) const {
    Array<std::uint64_t> sorted(count);
    std::size_t at = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1) {
        sorted[at++] = w * 64 + static_cast<std::uint64_t>(std::countr_zero(rest));
      }
    }
    return sorted;
  }

 private:
  Array<std::uint64_t> words_;
  Array<std::uint32_t> ranks_;
};

template <class Number>
Number largest(const RunContext& context, const Array<NamedEdge<Number>>& edges) {
  return context.threads().reduce_ordered(
      edges.size(), indexed_edges_per_chunk, Number{0},
      [&](Chunk chunk) {
        Number most = 0;
        for (std::size_t e = chunk.begin; e < chunk.end; ++e) most = std::max({most, edges[e].source, edges[e].target});
        return most;
      },
      [](Number a, Number b) { return std::max(a, b); });
}

/// Applies `id_of` to both ends of every edge. Edges of 32-bit numbers keep their memory.
template <class Name, class IdOf>
Array<Edge> rewrite(RunContext& context, Array<NamedEdge<Name>> edges, IdOf&& id_of) {
  if constexpr (std::is_same_v<Name, std::uint32_t>) {
    context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        edges[e] = {id_of(edges[e].source), id_of(edges[e].target)};
      }
    });
    return std::move(edges).template reuse_as<Edge>();
  } else {
    Array<Edge> indexed(edges.size());
    context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        indexed[e] = {NodeId{id_of(edges[e].source)}, NodeId{id_of(edges[e].target)}};
      }
    });
    return indexed;
  }
}

template <class Number>
IndexedEdges index_numbers(RunContext& context, Array<NamedEdge<Number>> edges) {
  if (edges.empty()) return {};
  context.begin_stage("index", "edges", 2 * edges.size());
  const std::uint64_t most = largest(context, edges);
  if (most / 64 < edges.size() + 1024) {  // a bitmap no larger than the edges themselves
    RankedBitmap seen(static_cast<std::size_t>(most) + 1);
    context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
      Number last = edges[chunk.begin].source;
      seen.add(last);
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        if (edges[e].source != last)
          seen.add(last = edges[e].source);  // files often run through one source after another
        seen.add(edges[e].target);
      }
    });
    const std::size_t count = seen.rank();
    NodeIndex nodes = NodeIndex::from_numbers(seen.numbers(count));
    if (sizeof(Number) == sizeof(std::uint32_t) && count == most + 1) {  // already 0 .. n-1
      if constexpr (std::is_same_v<Number, std::uint32_t>) {
        return {std::move(nodes), std::move(edges).template reuse_as<Edge>()};
      }
    }
    return {std::move(nodes), rewrite(context, std::move(edges), [&](Number name) { return seen.rank_of(name); })};
  }
  Array<std::uint64_t> names(2 * edges.size());
  context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      names[2 * e] = edges[e].source;
      names[2 * e + 1] = edges[e].target;
    }
  });
  parallel_sort(context.threads(), names.span(), std::less<>{});
  const auto count = static_cast<std::size_t>(std::unique(names.begin(), names.end()) - names.begin());
  names.shrink(count);
  NodeIndex nodes = NodeIndex::from_numbers(names.copy());
  Array<Edge> indexed = rewrite(context, std::move(edges), [&](Number name) {
    return static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), std::uint64_t{name}) -
                                      names.begin());
  });
  return {std::move(nodes), std::move(indexed)};
}

/// The distinct names among the occurrences whose hash falls into one part, and which of them each occurrence is.
class NamePart {
 public:
  NamePart() = default;
  explicit NamePart(std::size_t occurrences) : slots_(std::bit_ceil(2 * occurrences + 1), 0) {}

  std::uint32_t add(std::string_view name, std::uint64_t hash) {
    for (std::size_t slot = hash & (slots_.size() - 1);; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == 0) {
        names_.push_back(name);
        slots_[slot] = static_cast<std::uint32_t>(names_.size());
        return slots_[slot] - 1;
      }
      if (names_[slots_[slot] - 1] == name) return slots_[slot] - 1;
    }
  }
  void release_table() { slots_ = {}; }
  const std::vector<std::string_view>& names() const noexcept { return names_; }

 private:
  std::vector<std::uint32_t> slots_;  // 1 + position in names_; 0: free
  std::vector<std::string_view> names_;
};

constexpr std::size_t name_parts = 256;
std::size_t part_of(std::uint64_t hash) {
  return hash >> 56;
}

}  // namespace

IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::uint32_t>> edges) {
  return index_numbers(context, std::move(edges));
}

IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::uint64_t>> edges) {
  return index_numbers(context, std::move(edges));
}

IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::string_view>> edges) {
  const std::size_t occurrences = 2 * edges.size();
  if (occurrences > std::numeric_limits<std::uint32_t>::max() * std::size_t{16}) {
    throw InvalidData("the graph has more edges of text names than adjoin can index");
  }
  context.begin_stage("index", "edges", 3 * edges.size());
  const auto name_at = [&](std::size_t o) { return o % 2 == 0 ? edges[o / 2].source : edges[o / 2].target; };

  // Occurrences by part of the hash, in the order of the file within each part.
  const std::size_t chunks = chunk_count(edges.size(), indexed_edges_per_chunk);
  Array<std::uint64_t> hashes(occurrences);
  std::vector<std::uint64_t> next(chunks * name_parts, 0);
  context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t o = 2 * chunk.begin; o < 2 * chunk.end; ++o) {
      hashes[o] = hash_name(name_at(o));
      ++next[chunk.index * name_parts + part_of(hashes[o])];
    }
  });
  std::vector<std::size_t> part_begin(name_parts + 1, 0);
  std::size_t total = 0;
  for (std::size_t part = 0; part < name_parts; ++part) {
    part_begin[part] = total;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      const std::uint64_t count = std::exchange(next[chunk * name_parts + part], total);
      total += static_cast<std::size_t>(count);
    }
  }
  part_begin[name_parts] = total;
  Array<std::uint64_t> by_part(occurrences);
  context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t o = 2 * chunk.begin; o < 2 * chunk.end; ++o) {
      by_part[next[chunk.index * name_parts + part_of(hashes[o])]++] = o;
    }
  });

  // Each part numbers its own names.
  std::vector<NamePart> parts(name_parts);
  Array<std::uint32_t> local(occurrences);
  context.threads().for_tasks(name_parts, [&](std::size_t part) {
    parts[part] = NamePart(part_begin[part + 1] - part_begin[part]);
    for (std::size_t i = part_begin[part]; i < part_begin[part + 1]; ++i) {
      const std::size_t o = by_part[i];
      local[o] = parts[part].add(name_at(o), hashes[o]);
    }
    parts[part].release_table();
  });

  // All names in order, and the id of every part's every name.
  struct PartName {
    std::string_view name;
    std::size_t place;  // among all parts' names, one part after the other
  };
  std::vector<std::size_t> first_name(name_parts + 1, 0);
  for (std::size_t part = 0; part < name_parts; ++part)
    first_name[part + 1] = first_name[part] + parts[part].names().size();
  const std::size_t count = first_name[name_parts];
  if (count > max_node_count) throw InvalidData("the graph has more nodes than 32 bits can count");
  Array<PartName> sorted(count);
  for (std::size_t part = 0; part < name_parts; ++part) {
    for (std::size_t i = 0; i < parts[part].names().size(); ++i) {
      sorted[first_name[part] + i] = {parts[part].names()[i], first_name[part] + i};
    }
  }
  parallel_sort(context.threads(), sorted.span(), [](const PartName& a, const PartName& b) { return a.name < b.name; });
  Array<std::uint32_t> id_of_place(count);
  Array<std::uint64_t> offsets(count + 1);
  std::size_t bytes = 0;
  for (std::size_t id = 0; id < count; ++id) {
    id_of_place[sorted[id].place] = static_cast<std::uint32_t>(id);
    offsets[id] = bytes;
    bytes += sorted[id].name.size();
  }
  offsets[count] = bytes;
  Array<char> text(bytes);
  context.threads().for_chunks(count, indexed_edges_per_chunk, [&](Chunk chunk) {
    for (std::size_t id = chunk.begin; id < chunk.end; ++id) {
      std::ranges::copy(sorted[id].name, text.begin() + offsets[id]);
    }
  });
  Array<Edge> indexed(edges.size());
  context.for_chunks(edges.size(), indexed_edges_per_chunk, [&](Chunk chunk) {
    const auto id_of = [&](std::size_t o) { return NodeId{id_of_place[first_name[part_of(hashes[o])] + local[o]]}; };
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) indexed[e] = {id_of(2 * e), id_of(2 * e + 1)};
  });
  return {NodeIndex::from_sorted_names(std::move(text), std::move(offsets)), std::move(indexed)};
}

}  // namespace adjoin
