#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/edge_lookup.hpp>
#include <adjoin/algorithms/simplicial/triple_features.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin {
namespace {

constexpr std::array<double, 4> fading_spans{0.3, 0.1, 0.03, 0.01};
constexpr std::size_t spans = fading_spans.size();
constexpr double least_fading = 1e-3;
using Fading = std::array<float, spans>;

/// What many triples share.
struct Tables {
  Array<std::uint32_t> common;    // of each entry of the adjacency matrix
  Array<std::uint32_t> in_large;  // simplices of three nodes and more of each entry; like the rest only for recent
  Array<Fading> fading;           // of each entry
  Array<Fading> node_fading;
  Array<double> inverse_logs;
};

Fading fading_of(std::size_t simplex, std::size_t count) noexcept {
  const double age = static_cast<double>(count - 1 - simplex) / static_cast<double>(count);
  Fading fading{};
  for (std::size_t h = 0; h < spans; ++h) fading[h] = static_cast<float>(std::exp(-age / fading_spans[h]));
  return fading;
}

void add(Fading& sum, const Fading& fading) noexcept {
  for (std::size_t h = 0; h < spans; ++h) sum[h] += fading[h];
}

/// Both entries of an edge are added up in the order of time, so they have the same bits.
void fade(RunContext& context, const Projection& projection, Tables& tables) {
  constexpr std::size_t nodes_per_chunk = 1 << 6;
  const CsrView a = projection.graph.view().out();
  const CsrView simplices_of = projection.incidence.simplices_of.view();
  const CsrView nodes_of = projection.incidence.nodes_of.view();
  tables.in_large = Array<std::uint32_t>(a.nonzero_count(), 0U);
  tables.fading = Array<Fading>(a.nonzero_count(), Fading{});
  tables.node_fading = Array<Fading>(a.row_count(), Fading{});
  tables.inverse_logs = Array<double>(a.row_count());
  context.begin_stage("recent ties", "nodes", a.row_count());
  context.for_chunks(a.row_count(), nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t u = chunk.begin; u < chunk.end; ++u) {
      tables.inverse_logs[u] = 1 / std::log(static_cast<double>(a.row_size(u)));
      for (const NodeId simplex : simplices_of.row_targets(u)) {
        const Fading fading = fading_of(index(simplex), nodes_of.row_count());
        add(tables.node_fading[u], fading);
        const auto members = nodes_of.row_targets(index(simplex));
        for (const NodeId member : members) {
          if (index(member) == u) continue;
          const std::size_t entry = detail::entry_in_row(a, node_id(u), member);
          add(tables.fading[entry], fading);
          tables.in_large[entry] += members.size() > 2 ? 1 : 0;
        }
      }
    }
  });
  context.end_stage();
}

/// The ends of three edges and their entries: xy, xz, yz.
struct Triangle {
  std::array<NodeId, 3> nodes;
  std::array<std::size_t, 3> entries;
};

class Computer {
 public:
  Computer(const Projection& projection, const Tables& tables)
      : projection_(projection), tables_(tables), a_(projection.graph.view().out()) {}

  /// i of lowest degree, j < k.
  void begin(const NodeTriple& triple) {
    std::array<NodeId, 3> nodes{triple.a, triple.b, triple.c};
    std::ranges::sort(nodes);
    const auto least = std::ranges::min_element(nodes, {}, [&](NodeId v) { return a_.row_size(index(v)); });
    std::rotate(nodes.begin(), least, least + 1);
    nodes_ = nodes;
    const auto [i, j, k] = nodes;
    entries_ = {detail::entry_of(a_, i, j), detail::entry_of(a_, i, k), detail::entry_of(a_, j, k)};
    // As given, since visits keep their first two nodes for a while.
    if (triple.a != first_ || triple.b != second_) {
      first_ = triple.a;
      second_ = triple.b;
      of_two_.clear();
      visit_intersection(row(first_), row(second_), [&](NodeId node) { of_two_.push_back(node); });
    }
    common_ = 0;
    adamic_adar_ = 0;
    if (tables_.inverse_logs.empty()) {
      common_ = intersection_size(of_two_, row(triple.c));
    } else {
      visit_intersection(of_two_, row(triple.c), [&](NodeId node) {
        ++common_;
        adamic_adar_ += tables_.inverse_logs[index(node)];
      });
    }
  }

  /// out(value) in the order of the features.
  template <class Out>
  void published(Out&& out) const {
    const auto [ij, ik, jk] = entries_;
    std::array<double, 9> sizes{weight(ij), weight(jk), weight(ik)};
    for (std::size_t v = 0; v < 3; ++v) {
      sizes[3 + v] = degree(v);
      sizes[6 + v] = simplices(v);
    }
    const std::array<double, 4> commons{common(ij), common(ik), common(jk), static_cast<double>(common_)};
    for (const double size : sizes) out(size);
    for (const double count : commons) out(count);
    for (const double size : sizes) out(std::log(size));
    for (const double count : commons) out(std::log1p(count));
  }

  template <class Out>
  void recent(Out&& out) const {
    const auto of_pairs = [&](const auto& value) {
      return std::array<double, 3>{value(entries_[0]), value(entries_[1]), value(entries_[2])};
    };
    const auto of_nodes = [&](const auto& value) { return std::array<double, 3>{value(0), value(1), value(2)}; };
    const auto by_size = [&](std::array<double, 3> values, const auto& transform) {
      std::ranges::sort(values);
      for (const double value : values) out(transform(value));
    };
    const auto log = [](double x) { return std::log(x); };
    const auto log_from_one = [](double x) { return std::log1p(x); };
    const auto log_faded = [](double x) { return std::log(least_fading + x); };
    const auto ties = of_pairs([&](std::size_t entry) { return weight(entry); });
    by_size(ties, log);
    by_size(of_pairs([&](std::size_t entry) { return static_cast<double>(tables_.in_large[entry]); }), log_from_one);
    for (std::size_t h = 0; h < spans; ++h) {
      by_size(of_pairs([&](std::size_t entry) { return static_cast<double>(tables_.fading[entry][h]); }), log_faded);
    }
    by_size(of_nodes([&](std::size_t v) { return simplices(v); }), log);
    by_size(of_nodes([&](std::size_t v) { return degree(v); }), log);
    for (std::size_t h = 0; h < spans; ++h) {
      by_size(of_nodes([&](std::size_t v) { return static_cast<double>(tables_.node_fading[index(nodes_[v])][h]); }),
              log_faded);
    }
    const auto shared = of_pairs([&](std::size_t entry) { return common(entry); });
    by_size(shared, log_from_one);
    out(std::log1p(static_cast<double>(common_)));
    out(std::log1p(adamic_adar_));
    const double all =
        degree(0) + degree(1) + degree(2) + static_cast<double>(common_) - shared[0] - shared[1] - shared[2];
    out(static_cast<double>(common_) / all);
    out(std::pow(ties[0] * ties[1] * ties[2], 1.0 / 6));
  }

 private:
  std::span<const NodeId> row(NodeId node) const noexcept { return a_.row_targets(index(node)); }
  double weight(std::size_t entry) const noexcept { return static_cast<double>(a_.weights[entry]); }
  double common(std::size_t entry) const noexcept { return static_cast<double>(tables_.common[entry]); }
  double degree(std::size_t v) const noexcept { return static_cast<double>(a_.row_size(index(nodes_[v]))); }
  double simplices(std::size_t v) const noexcept {
    return static_cast<double>(projection_.simplicial_degree(nodes_[v]));
  }

  const Projection& projection_;
  const Tables& tables_;
  CsrView a_;
  std::array<NodeId, 3> nodes_{};
  std::array<std::size_t, 3> entries_{};  // ij, ik, jk
  NodeId first_ = no_node;
  NodeId second_ = no_node;
  std::vector<NodeId> of_two_;  // common neighbours of the first two as given
  std::size_t common_ = 0;
  double adamic_adar_ = 0;
};

std::vector<std::string> published_names() {
  std::vector<std::string> names;
  const std::array<std::string_view, 13> columns{"w_ij", "w_jk", "w_ik", "d_i",  "d_j",  "d_k",  "s_i",
                                                 "s_j",  "s_k",  "n_ij", "n_ik", "n_jk", "n_ijk"};
  for (const std::string_view name : columns) names.emplace_back(name);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    names.push_back(k < 9 ? fmt::format("ln {}", columns[k]) : fmt::format("ln(1 + {})", columns[k]));
  }
  return names;
}

std::vector<std::string> recent_names() {
  std::vector<std::string> names;
  const auto three = [&](const std::string& name) {
    for (const std::string_view which : {"least", "middle", "most"})
      names.push_back(fmt::format("{}, {}", name, which));
  };
  three("tie");
  three("large simplices of a pair");
  for (const double span : fading_spans) three(fmt::format("tie fading in {}", span));
  three("simplices");
  three("degree");
  for (const double span : fading_spans) three(fmt::format("simplices fading in {}", span));
  three("common neighbors of a pair");
  for (const std::string_view name : {"common neighbors", "adamic-adar", "jaccard", "root of ties"}) {
    names.emplace_back(name);
  }
  return names;
}

}  // namespace

TripleScoring prepare_triple_features(RunContext& context, const Projection& projection, TripleFeatures features) {
  context.require_memory(resident_bytes() + estimate_triple_features_memory(projection.graph, features),
                         "leave methods that learn out or raise --memory");
  auto tables = std::make_shared<Tables>();
  tables->common = detail::common_neighbors_of_entries(context, projection.graph.view().out());
  const bool recent = features == TripleFeatures::recent;
  if (recent) fade(context, projection, *tables);
  TripleScoring scoring;
  scoring.names = recent ? recent_names() : published_names();
  scoring.score = [&projection, tables = std::shared_ptr<const Tables>(std::move(tables)), recent](
                      std::span<const NodeTriple> triples, std::span<double> scores) {
    Computer computer(projection, *tables);
    for (std::size_t i = 0; i < triples.size(); ++i) {
      computer.begin(triples[i]);
      std::size_t at = i;
      const auto out = [&](double value) {
        scores[at] = value;
        at += triples.size();
      };
      if (recent) {
        computer.recent(out);
      } else {
        computer.published(out);
      }
    }
  };
  return scoring;
}

std::uint64_t estimate_triple_features_memory(GraphView graph, TripleFeatures features) noexcept {
  const std::uint64_t entries = 2 * graph.edge_count();
  const std::uint64_t common = entries * sizeof(std::uint32_t);
  if (features == TripleFeatures::published) return common;
  return common + entries * (sizeof(std::uint32_t) + sizeof(Fading)) +
         graph.node_count() * (sizeof(Fading) + sizeof(double));
}

}  // namespace adjoin
