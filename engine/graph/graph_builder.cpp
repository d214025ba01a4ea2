// Building a CSR from edges in three passes, each parallel and each with chunks that depend on the data alone:
//   1. count, for each chunk of edges, how many entries go to each bucket (a bucket is a run of source nodes);
//   2. scatter the entries, both ways for an undirected graph, to their buckets;
//   3. sort each bucket by (source, target) inside the cache, or by source alone if the edges came in order,
//      merge duplicates, and copy it to its final place.
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// An entry of the adjacency matrix, as its bucket holds it: the key is the target, and above it the bits of the source
/// that the bucket leaves open. Most graphs fit keys of 32 bits, which halves the bytes that are moved.
template <class KeyType>
struct PlainEntry {
  using Key = KeyType;
  Key key;
};
template <class KeyType>
struct WeightedEntry {
  using Key = KeyType;
  Key key;
  float weight;
};

/// How the work is cut.
struct Plan {
  std::size_t edges_per_chunk;
  std::size_t chunks;
  unsigned target_bits;
  unsigned shift;  // a source's bucket is source >> shift
  std::size_t buckets;

  unsigned key_bits() const { return target_bits + shift; }
};

Plan make_plan(std::size_t node_count, std::size_t edge_count, bool directed) {
  constexpr std::size_t entries_per_bucket = 1 << 15;
  constexpr std::size_t most_buckets = 1024;
  constexpr std::size_t most_chunks = 256;
  Plan plan{};
  plan.edges_per_chunk = std::max<std::size_t>(std::size_t{1} << 16, edge_count / most_chunks + 1);
  plan.chunks = chunk_count(edge_count, plan.edges_per_chunk);
  const std::size_t entries = directed ? edge_count : 2 * edge_count;
  const std::size_t wanted = std::min(most_buckets, std::bit_ceil(entries / entries_per_bucket + 1));
  const auto node_bits = static_cast<unsigned>(std::bit_width(node_count == 0 ? 0 : node_count - 1));
  unsigned bucket_bits = static_cast<unsigned>(std::bit_width(wanted) - 1);
  // Some more buckets, if that makes the keys fit 32 bits and the buckets stay worth their place.
  constexpr unsigned most_bucket_bits = 12;
  constexpr std::size_t fewest_entries = 256;
  const unsigned fitting = 2 * node_bits > 32 ? 2 * node_bits - 32 : 0;
  if (fitting <= most_bucket_bits && entries >> fitting >= fewest_entries) bucket_bits = std::max(bucket_bits, fitting);
  plan.target_bits = node_bits;
  plan.shift = node_bits - std::min(node_bits, bucket_bits);
  plan.buckets = node_count == 0 ? 0 : ((node_count - 1) >> plan.shift) + 1;
  return plan;
}

template <class Entry>
class Builder {
 public:
  Builder(RunContext& context, Array<Edge> edges, Array<float> weights, std::shared_ptr<const NodeIndex> nodes,
          const BuildOptions& options, const Plan& plan)
      : context_(context),
        edges_(std::move(edges)),
        weights_(std::move(weights)),
        nodes_(std::move(nodes)),
        options_(options),
        plan_(plan) {
    report_.edges_given = edges_.size();
  }

  BuiltGraph build() {
    context_.begin_stage("build", "edges", 2 * edges_.size() + 2 * (options_.directed ? 1 : 2) * edges_.size());
    count_entries();
    scatter_entries();
    sort_buckets();
    Csr adjacency = assemble();
    const std::size_t entries = adjacency.targets.size();
    const std::size_t edge_count = options_.directed ? entries : (entries + loops_kept_) / 2;
    return {detail::graph_of_valid(std::move(adjacency), std::move(nodes_), options_.directed, edge_count), report_};
  }

 private:
  using Key = typename Entry::Key;
  static constexpr bool weighted = std::is_same_v<Entry, WeightedEntry<Key>>;

  std::size_t bucket_of(NodeId source) const { return index(source) >> plan_.shift; }
  Key key_of(NodeId source, NodeId target) const {
    const std::size_t open_bits = index(source) & ((std::size_t{1} << plan_.shift) - 1);
    return static_cast<Key>(open_bits << plan_.target_bits | index(target));
  }
  std::size_t source_of(std::size_t bucket, Key key) const {
    return bucket << plan_.shift | static_cast<std::size_t>(std::uint64_t{key} >> plan_.target_bits);
  }
  std::size_t target_of(Key key) const { return key & ((std::size_t{1} << plan_.target_bits) - 1); }

  /// Calls visit(source, target) for each entry that the edge becomes.
  template <class Visit>
  void for_entries(const Edge& edge, Visit&& visit) const {
    if (edge.source == edge.target) {
      if (options_.self_loops == SelfLoops::keep) visit(edge.source, edge.target);
      return;
    }
    visit(edge.source, edge.target);
    if (!options_.directed) visit(edge.target, edge.source);
  }

  void count_entries() {
    struct Count {
      std::size_t loops = 0;
      bool in_order = true;
      std::size_t bad_edge = none;  // the first that the policies or the weights forbid
    };
    std::vector<Count> counts(plan_.chunks);
    places_ = Array<std::uint64_t>(plan_.chunks * plan_.buckets, 0);
    context_.for_chunks(edges_.size(), plan_.edges_per_chunk, [&](Chunk chunk) {
      Count& count = counts[chunk.index];
      std::uint64_t* const bucket_counts = places_.data() + chunk.index * plan_.buckets;
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        count.in_order = count.in_order && follows_in_order(e);
        const bool loop = edges_[e].source == edges_[e].target;
        count.loops += loop ? 1 : 0;
        bool bad = loop && options_.self_loops == SelfLoops::refuse;
        if constexpr (weighted) bad = bad || !(weights_[e] >= 0 && std::isfinite(weights_[e]));
        if (bad && count.bad_edge == none) count.bad_edge = e;
        for_entries(edges_[e], [&](NodeId source, NodeId) { ++bucket_counts[bucket_of(source)]; });
      }
    });
    std::size_t loops = 0;
    for (const Count& count : counts) {
      if (count.bad_edge != none) refuse_edge(count.bad_edge);
      loops += count.loops;
      in_order_ = in_order_ && count.in_order;
    }
    if (options_.self_loops == SelfLoops::drop) report_.self_loops_dropped = loops;

    // Counts become places: bucket after bucket, and within a bucket chunk after chunk.
    bucket_begin_.assign(plan_.buckets + 1, 0);
    std::uint64_t total = 0;
    for (std::size_t bucket = 0; bucket < plan_.buckets; ++bucket) {
      bucket_begin_[bucket] = static_cast<std::size_t>(total);
      for (std::size_t chunk = 0; chunk < plan_.chunks; ++chunk) {
        const std::uint64_t count = std::exchange(places_[chunk * plan_.buckets + bucket], total);
        total += count;
      }
    }
    bucket_begin_[plan_.buckets] = static_cast<std::size_t>(total);
  }

  /// Whether the edges up to e are sorted, an undirected one by its lower end. Most programs write them so, and then
  /// every row of the matrix gets its entries in order.
  bool follows_in_order(std::size_t e) const {
    const auto [source, target] = edges_[e];
    if (!options_.directed && source > target) return false;
    return e == 0 || edges_[e - 1].source < source ||
           (edges_[e - 1].source == source && edges_[e - 1].target <= target);
  }

  [[noreturn]] void refuse_edge(std::size_t e) const {
    const std::string source = nodes_->name(edges_[e].source);
    const std::string target = nodes_->name(edges_[e].target);
    if constexpr (weighted) {
      if (!(weights_[e] >= 0 && std::isfinite(weights_[e]))) {
        throw InvalidData(fmt::format("edge {} ({} - {}) has weight {}; weights are finite and not negative", e + 1,
                                      source, target, weights_[e]));
      }
    }
    throw InvalidData(
        fmt::format("edge {} goes from node {} to itself; use self-loops drop or keep to allow that", e + 1, source));
  }

  /// Entries gather in a line of the cache for each bucket and leave a line at a time.
  void scatter_entries() {
    constexpr std::size_t line = cache_line_bytes / sizeof(Entry);
    entries_ = Array<Entry>(bucket_begin_[plan_.buckets]);
    context_.for_chunks(edges_.size(), plan_.edges_per_chunk, [&](Chunk chunk) {
      std::uint64_t* const place = places_.data() + chunk.index * plan_.buckets;
      Array<Entry> waiting(plan_.buckets * line);
      Array<std::uint8_t> waiting_count(plan_.buckets, std::uint8_t{0});
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        for_entries(edges_[e], [&](NodeId source, NodeId target) {
          const std::size_t bucket = bucket_of(source);
          Entry& entry = waiting[bucket * line + waiting_count[bucket]];
          entry.key = key_of(source, target);
          if constexpr (weighted) entry.weight = weights_[e];
          if (++waiting_count[bucket] == line) {
            // Not copy_n, which calls a function for these few bytes.
            std::memcpy(entries_.data() + place[bucket], &waiting[bucket * line], line * sizeof(Entry));
            place[bucket] += line;
            waiting_count[bucket] = 0;
          }
        });
      }
      for (std::size_t bucket = 0; bucket < plan_.buckets; ++bucket) {
        std::copy_n(&waiting[bucket * line], waiting_count[bucket], entries_.data() + place[bucket]);
      }
    });
    weights_ = {};
    places_ = {};
  }

  /// Sorts by the bits [first_bit, end_bit) of the key with one pass for each 11 of them, least first; entries that
  /// agree in them keep their order. Returns where the sorted entries stand: in `entries` or in `other`, which is as
  /// large.
  static std::span<Entry> radix_sort(std::span<Entry> entries, std::span<Entry> other, unsigned first_bit,
                                     unsigned end_bit) {
    constexpr unsigned digit_bits = 11;
    std::span<Entry> from = entries;
    std::span<Entry> to = other;
    const unsigned key_bits = end_bit - first_bit;
    const unsigned passes = (key_bits + digit_bits - 1) / digit_bits;
    for (unsigned pass = 0; pass < passes; ++pass) {
      const unsigned begin = pass * key_bits / passes;  // digits of nearly equal width
      const unsigned bits = (pass + 1) * key_bits / passes - begin;
      const unsigned shift = first_bit + begin;
      const auto mask = static_cast<Key>((std::uint64_t{1} << bits) - 1);
      std::array<std::uint32_t, 1 << digit_bits> place{};
      for (const Entry& entry : from) ++place[entry.key >> shift & mask];
      std::uint32_t total = 0;
      for (std::uint32_t& at : place) total += std::exchange(at, total);
      for (const Entry& entry : from) to[place[entry.key >> shift & mask]++] = entry;
      std::swap(from, to);
    }
    return from;
  }

  struct Bucket {
    std::size_t unique = 0;
    std::size_t duplicate_edges = 0;
    std::size_t loops = 0;
    std::size_t isolated = 0;
    std::optional<Edge> refused;  // the first duplicate, if refused
  };

  std::span<Entry> bucket_entries(std::size_t bucket) {
    return entries_.span().subspan(bucket_begin_[bucket], bucket_begin_[bucket + 1] - bucket_begin_[bucket]);
  }
  std::uint64_t bucket_size(std::size_t bucket) const { return bucket_begin_[bucket + 1] - bucket_begin_[bucket]; }

  void sort_buckets() {
    buckets_.resize(plan_.buckets);
    context_.for_tasks(
        plan_.buckets, [&](std::size_t b) { sort_bucket(b); }, [&](std::size_t b) { return bucket_size(b); });
    for (const Bucket& bucket : buckets_) {
      if (bucket.refused) refuse_duplicate(*bucket.refused);
      report_.duplicates_merged += bucket.duplicate_edges;
      loops_kept_ += bucket.loops;
    }
  }

  void sort_bucket(std::size_t b) {
    constexpr std::size_t small = 64;
    const std::span<Entry> entries = bucket_entries(b);
    if (entries.size() <= small || entries.size() > std::numeric_limits<std::uint32_t>::max()) {
      std::sort(entries.begin(), entries.end(), [](const Entry& x, const Entry& y) { return x.key < y.key; });
      merge_duplicates(b, entries, entries);
    } else {
      Array<Entry> other(entries.size());
      const unsigned first_bit = in_order_ ? plan_.target_bits : 0;
      merge_duplicates(b, radix_sort(entries, other.span(), first_bit, plan_.key_bits()), entries);
    }
  }

  [[noreturn]] void refuse_duplicate(const Edge& edge) const {
    throw InvalidData(
        fmt::format("the edge between {} and {} is given more than once; use duplicates sum, max or min to "
                    "allow that",
                    nodes_->name(edge.source), nodes_->name(edge.target)));
  }

  /// Writes the distinct ones of the sorted entries to the front of `out`, which may be where they stand.
  void merge_duplicates(std::size_t b, std::span<Entry> sorted, std::span<Entry> out) {
    Bucket& bucket = buckets_[b];
    std::size_t kept = 0;
    for (std::size_t first = 0; first < sorted.size();) {
      const Key key = sorted[first].key;
      std::size_t end = first + 1;
      while (end < sorted.size() && sorted[end].key == key) ++end;
      const std::size_t repeats = end - first - 1;
      const std::size_t source = source_of(b, key);
      const std::size_t target = target_of(key);
      Entry merged = sorted[first];
      if (repeats > 0) {
        if constexpr (weighted) merged.weight = merged_weight(sorted.subspan(first, end - first));
        if (options_.duplicates == Duplicates::refuse && !bucket.refused) {
          bucket.refused = Edge{node_id(source), node_id(target)};
        }
        // An undirected edge stands in two rows: count it in the row of its lower end.
        if (options_.directed || source <= target) bucket.duplicate_edges += repeats;
      }
      bucket.loops += source == target ? 1 : 0;
      out[kept++] = merged;
      first = end;
    }
    bucket.unique = kept;
  }

  /// In increasing order of weight, so that a sum does not depend on the order of the input.
  float merged_weight(std::span<Entry> same_edge) const
    requires weighted
  {
    std::sort(same_edge.begin(), same_edge.end(), [](const Entry& a, const Entry& b) { return a.weight < b.weight; });
    if (options_.duplicates == Duplicates::max) return same_edge.back().weight;
    if (options_.duplicates == Duplicates::min) return same_edge.front().weight;
    double sum = 0;
    for (const Entry& entry : same_edge) sum += static_cast<double>(entry.weight);
    // Past the largest float a sum of finite weights would be infinite, which no weight may be.
    return static_cast<float>(std::min(sum, static_cast<double>(std::numeric_limits<float>::max())));
  }

  Csr assemble() {
    const std::size_t n = nodes_->size();
    std::vector<std::size_t> begin(plan_.buckets + 1, 0);
    for (std::size_t b = 0; b < plan_.buckets; ++b) begin[b + 1] = begin[b] + buckets_[b].unique;
    Csr result;
    result.column_count = n;
    result.offsets = Array<EdgeOffset>(n + 1);
    result.offsets[0] = EdgeOffset{0};
    // An edge is two node ids and becomes at most two entries: the targets fit where the edges were, in memory that is
    // warm.
    result.targets = std::move(edges_).template reuse_as<NodeId>();
    result.targets.shrink(begin[plan_.buckets]);
    if constexpr (weighted) result.weights = Array<float>(begin[plan_.buckets]);
    Array<std::uint8_t> is_target(options_.directed ? n : 0, std::uint8_t{0});
    context_.for_tasks(
        plan_.buckets,
        [&](std::size_t b) {
          const std::span<const Entry> entries = bucket_entries(b).first(buckets_[b].unique);
          std::size_t node = b << plan_.shift;
          for (std::size_t i = 0; i < entries.size(); ++i) {
            for (; node < source_of(b, entries[i].key); ++node) result.offsets[node + 1] = edge_offset(begin[b] + i);
            const std::size_t target = target_of(entries[i].key);
            result.targets[begin[b] + i] = node_id(target);
            if constexpr (weighted) result.weights[begin[b] + i] = entries[i].weight;
            if (options_.directed) std::atomic_ref(is_target[target]).store(1, std::memory_order_relaxed);
          }
          const std::size_t end = std::min(n, (b + 1) << plan_.shift);
          for (; node < end; ++node) result.offsets[node + 1] = edge_offset(begin[b] + entries.size());
        },
        [&](std::size_t b) { return bucket_size(b); });
    report_.isolated_nodes = context_.threads().reduce_ordered(
        n, std::size_t{1} << 16, std::uint64_t{0},
        [&](Chunk chunk) {
          std::uint64_t count = 0;
          for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
            const bool alone = result.offsets[v] == result.offsets[v + 1] && (!options_.directed || is_target[v] == 0);
            count += alone ? 1 : 0;
          }
          return count;
        },
        [](std::uint64_t a, std::uint64_t b) { return a + b; });
    return result;
  }

  RunContext& context_;
  Array<Edge> edges_;
  Array<float> weights_;
  std::shared_ptr<const NodeIndex> nodes_;
  BuildOptions options_;
  Plan plan_;
  BuildReport report_;
  Array<std::uint64_t> places_;  // [chunk][bucket]: where the chunk puts its next entry of the bucket
  std::vector<std::size_t> bucket_begin_;
  Array<Entry> entries_;
  std::vector<Bucket> buckets_;
  std::size_t loops_kept_ = 0;
  bool in_order_ = true;
};

}  // namespace

std::vector<Remark> BuildReport::remarks() const {
  std::vector<Remark> remarks;
  const auto add = [&](const char* what, std::uint64_t count) {
    if (count > 0) remarks.push_back({what, count});
  };
  add("self-loops dropped", self_loops_dropped);
  add("duplicate edges merged", duplicates_merged);
  add("isolated nodes", isolated_nodes);
  return remarks;
}

BuiltGraph build_graph(RunContext& context, Array<Edge> edges, Array<float> weights,
                       std::shared_ptr<const NodeIndex> nodes, const BuildOptions& options) {
  validate(options);
  if (!weights.empty() && weights.size() != edges.size()) {
    throw InvalidData(fmt::format("there are {} weights for {} edges", weights.size(), edges.size()));
  }
  const Plan plan = make_plan(nodes->size(), edges.size(), options.directed);
  const auto build_with = [&]<class Entry>(Entry) {
    return Builder<Entry>(context, std::move(edges), std::move(weights), std::move(nodes), options, plan).build();
  };
  if (plan.key_bits() <= 32) {
    return weights.empty() ? build_with(PlainEntry<std::uint32_t>{}) : build_with(WeightedEntry<std::uint32_t>{});
  }
  return weights.empty() ? build_with(PlainEntry<std::uint64_t>{}) : build_with(WeightedEntry<std::uint64_t>{});
}

BuiltGraph build_graph(RunContext& context, Array<Edge> edges, Array<float> weights, NodeIndex nodes,
                       const BuildOptions& options) {
  return build_graph(context, std::move(edges), std::move(weights), std::make_shared<const NodeIndex>(std::move(nodes)),
                     options);
}

std::uint64_t estimate_build_memory(std::size_t node_count, std::size_t edge_count, bool weighted, bool directed) {
  const std::uint64_t edges = std::uint64_t{edge_count} * sizeof(Edge);
  const std::uint64_t entries = (directed ? 1 : 2) * std::uint64_t{edge_count};
  const bool narrow = make_plan(node_count, edge_count, directed).key_bits() <= 32;
  const std::uint64_t plain = narrow ? sizeof(PlainEntry<std::uint32_t>) : sizeof(PlainEntry<std::uint64_t>);
  const std::uint64_t with_weight =
      narrow ? sizeof(WeightedEntry<std::uint32_t>) : sizeof(WeightedEntry<std::uint64_t>);
  const std::uint64_t buckets = entries * (weighted ? with_weight : plain);
  const std::uint64_t given_weights = weighted ? edge_count * sizeof(float) : 0;
  const std::uint64_t result = (weighted ? entries * sizeof(float) : 0) +
                               (std::uint64_t{node_count} + 1) * sizeof(EdgeOffset) + (directed ? node_count : 0);
  // The targets of the result take the place of the edges. Sorting takes a second copy of the buckets in hand, of which
  // the largest of a skewed graph holds some percent of all entries.
  return edges + buckets + std::max(given_weights, result) + buckets / 20;
}

void GraphBuilder::add_node(std::string_view name) {
  names_.emplace_back(name);
}

void GraphBuilder::add_edge(std::string_view source, std::string_view target) {
  names_.emplace_back(source);
  names_.emplace_back(target);
  edges_.emplace_back(names_.size() - 2, names_.size() - 1);
  weights_.push_back(1);
}

void GraphBuilder::add_edge(std::string_view source, std::string_view target, float weight) {
  add_edge(source, target);
  weights_.back() = weight;
  weighted_ = true;
}

BuiltGraph GraphBuilder::build(RunContext& context) const {
  NodeIndex nodes = NodeIndex::from_names(names_);
  Array<Edge> edges(edges_.size());
  context.for_chunks(edges_.size(), std::size_t{1} << 14, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      edges[e] = {*nodes.find(names_[edges_[e].first]), *nodes.find(names_[edges_[e].second])};
    }
  });
  Array<float> weights(weighted_ ? weights_.size() : 0);
  std::copy_n(weights_.begin(), weights.size(), weights.begin());
  return build_graph(context, std::move(edges), std::move(weights), std::move(nodes), options_);
}

}  // namespace adjoin
