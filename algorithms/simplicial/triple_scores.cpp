#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/check_triples.hpp>
#include <adjoin/algorithms/simplicial/common_neighbors.hpp>
#include <adjoin/algorithms/simplicial/edge_lookup.hpp>
#include <adjoin/algorithms/simplicial/edge_walk_scores.hpp>
#include <adjoin/algorithms/simplicial/power_means.hpp>
#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin {
namespace {

constexpr std::string_view mean_prefix = "mean-of-power-";

struct NamedMethod {
  std::string_view name;
  TripleMethod method;
};
constexpr std::array<NamedMethod, 14> named_methods{{{"harmonic-mean", {TripleScore::mean, -1}},
                                                     {"geometric-mean", {TripleScore::mean, 0}},
                                                     {"arithmetic-mean", {TripleScore::mean, 1}},
                                                     {"minimum", {TripleScore::mean, -detail::infinite_power}},
                                                     {"maximum", {TripleScore::mean, detail::infinite_power}},
                                                     {"common-neighbors", {TripleScore::common_neighbors}},
                                                     {"jaccard", {TripleScore::jaccard}},
                                                     {"adamic-adar", {TripleScore::adamic_adar}},
                                                     {"degrees", {TripleScore::degrees}},
                                                     {"simplicial-degrees", {TripleScore::simplicial_degrees}},
                                                     {"katz", {TripleScore::katz}},
                                                     {"weighted-katz", {TripleScore::weighted_katz}},
                                                     {"pagerank", {TripleScore::pagerank}},
                                                     {"weighted-pagerank", {TripleScore::weighted_pagerank}}}};

bool counts_neighbors(TripleScore score) noexcept {
  return score == TripleScore::common_neighbors || score == TripleScore::jaccard || score == TripleScore::adamic_adar;
}

/// For a sum over edges that walks give; of other scores nothing.
std::optional<EdgeWalkOptions> edge_walk_of(TripleScore score) {
  EdgeWalkOptions options;
  switch (score) {
    case TripleScore::katz:
      return options;
    case TripleScore::weighted_katz:
      options.use_weights = true;
      return options;
    case TripleScore::pagerank:
      options.walk = EdgeWalk::pagerank;
      return options;
    case TripleScore::weighted_pagerank:
      options.walk = EdgeWalk::pagerank;
      options.use_weights = true;
      return options;
    default:
      return std::nullopt;
  }
}

/// Exact where the root is a whole number, so that 1, 3, 9 is tied with 3, 3, 3.
double cube_root(double x) noexcept {
  const double root = std::cbrt(x);
  const double whole = std::round(root);
  return whole * whole * whole == x ? whole : root;
}

bool wants(std::span<const TripleMethod> methods, TripleScore score) noexcept {
  return std::ranges::any_of(methods, [&](const TripleMethod& method) { return method.score == score; });
}

/// What many triples share.
struct SharedTables {
  Array<double> inverse_logs;   // 1 / ln d of each node, for Adamic-Adar
  Array<std::uint32_t> common;  // of each entry of the adjacency matrix, for Jaccard; empty where triples are few
  std::map<TripleScore, Array<double>> of_edges;  // of each entry, what a sum over edges adds up
};

SharedTables shared_tables(RunContext& context, GraphView graph, std::size_t triple_count,
                           std::span<const TripleMethod> methods) {
  const CsrView a = graph.out();
  SharedTables tables;
  if (wants(methods, TripleScore::adamic_adar)) {
    tables.inverse_logs = Array<double>(a.row_count());
    for (std::size_t u = 0; u < a.row_count(); ++u) {
      tables.inverse_logs[u] = 1 / std::log(static_cast<double>(a.row_size(u)));
    }
  }
  if (wants(methods, TripleScore::jaccard) && 3 * triple_count >= a.nonzero_count()) {
    tables.common = detail::common_neighbors_of_entries(context, a);
  }
  for (const TripleMethod& method : methods) {
    const auto walk = edge_walk_of(method.score);
    if (walk) tables.of_edges[method.score] = std::move(edge_walk_scores(context, graph, *walk).values);
  }
  return tables;
}

/// The scores of triples one after another, with what neighbouring ones share.
class TripleScorer {
 public:
  TripleScorer(const Projection& projection, const SharedTables& tables, bool neighbors)
      : projection_(projection),
        tables_(tables),
        a_(projection.graph.view().out()),
        neighbors_(neighbors),
        neighbors_of_all_(a_) {}

  void begin(const NodeTriple& given) {
    triple_ = in_order(given);
    const auto [x, y, z] = triple_;
    xy_ = detail::entry_of(a_, x, y);
    xz_ = detail::entry_of(a_, x, z);
    yz_ = detail::entry_of(a_, y, z);
    if (!neighbors_) return;
    // As given, since lists of triples tend to keep their first node for a while.
    if (tables_.inverse_logs.empty()) {
      common_ = neighbors_of_all_.count(given);
      return;
    }
    common_ = 0;
    adamic_adar_ = 0;
    neighbors_of_all_.visit(given, [&](NodeId node) {
      ++common_;
      adamic_adar_ += tables_.inverse_logs[index(node)];
    });
  }

  double score(const TripleMethod& method) const {
    const auto [x, y, z] = triple_;
    switch (method.score) {
      case TripleScore::mean:
        return generalized_mean(weight(xy_), weight(xz_), weight(yz_), method.p);
      case TripleScore::common_neighbors:
        return static_cast<double>(common_);
      case TripleScore::jaccard:
        return jaccard();
      case TripleScore::adamic_adar:
        return adamic_adar_;
      case TripleScore::degrees:
        return degree(x) * degree(y) * degree(z);
      case TripleScore::simplicial_degrees:
        return static_cast<double>(projection_.simplicial_degree(x)) *
               static_cast<double>(projection_.simplicial_degree(y)) *
               static_cast<double>(projection_.simplicial_degree(z));
      default:
        return sum_over_edges(tables_.of_edges.at(method.score));
    }
  }

 private:
  std::span<const NodeId> row(NodeId node) const noexcept { return a_.row_targets(index(node)); }
  double degree(NodeId node) const noexcept { return static_cast<double>(row(node).size()); }

  double weight(std::size_t entry) const noexcept {
    if (entry == detail::no_entry) return 0;
    return a_.weighted() ? a_.weights[entry] : 1;
  }

  std::size_t common(NodeId u, NodeId v, std::size_t entry) const noexcept {
    return entry == detail::no_entry || tables_.common.empty() ? intersection_size(row(u), row(v))
                                                               : tables_.common[entry];
  }

  /// From the least, so that triples of equal numbers have equal sums.
  double sum_over_edges(const Array<double>& of_edges) const noexcept {
    std::array<double, 3> values{};
    const std::array<std::size_t, 3> entries{xy_, xz_, yz_};
    for (std::size_t i = 0; i < 3; ++i) values[i] = entries[i] == detail::no_entry ? 0 : of_edges[entries[i]];
    std::ranges::sort(values);
    return values[0] + values[1] + values[2];
  }

  double jaccard() const noexcept {
    const auto [x, y, z] = triple_;
    const std::size_t all = row(x).size() + row(y).size() + row(z).size() + common_ - common(x, y, xy_) -
                            common(x, z, xz_) - common(y, z, yz_);
    return all == 0 ? 0 : static_cast<double>(common_) / static_cast<double>(all);
  }

  const Projection& projection_;
  const SharedTables& tables_;
  CsrView a_;
  bool neighbors_;
  NodeTriple triple_{};
  std::size_t xy_ = detail::no_entry;
  std::size_t xz_ = detail::no_entry;
  std::size_t yz_ = detail::no_entry;
  detail::CommonNeighbors neighbors_of_all_;
  std::size_t common_ = 0;  // of all three
  double adamic_adar_ = 0;
};

void check_methods(std::span<const TripleMethod> methods) {
  for (const TripleMethod& method : methods) {
    if (method.score == TripleScore::mean && std::isnan(method.p)) {
      throw InvalidOption("the power of a mean is not a number; give one, or an infinite one");
    }
  }
}

bool wants_neighbors(std::span<const TripleMethod> methods) noexcept {
  return std::ranges::any_of(methods, [](const TripleMethod& method) { return counts_neighbors(method.score); });
}

}  // namespace

NodeTriple in_order(NodeTriple triple) noexcept {
  if (triple.b < triple.a) std::swap(triple.a, triple.b);
  if (triple.c < triple.b) std::swap(triple.b, triple.c);
  if (triple.b < triple.a) std::swap(triple.a, triple.b);
  return triple;
}

std::string triple_method_name(const TripleMethod& method) {
  for (const NamedMethod& named : named_methods) {
    if (named.method.score == method.score && (method.score != TripleScore::mean || named.method.p == method.p)) {
      return std::string(named.name);
    }
  }
  return fmt::format("{}{}", mean_prefix, method.p);
}

TripleMethod parse_triple_method(std::string_view name) {
  for (const NamedMethod& named : named_methods) {
    if (named.name == name) return named.method;
  }
  if (name.starts_with(mean_prefix)) {
    const std::string_view number = name.substr(mean_prefix.size());
    double p = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), p);
    if (error == std::errc{} && end == number.data() + number.size() && !std::isnan(p)) return {TripleScore::mean, p};
  }
  std::string names;
  for (const NamedMethod& named : named_methods) names += fmt::format("{}, ", named.name);
  throw InvalidOption(fmt::format("{} is no score of three nodes; there are {}and {}P for a number P",
                                  quote_for_message(std::string(name)), names, mean_prefix));
}

std::vector<TripleMethod> local_triple_methods() {
  std::vector<TripleMethod> methods;
  for (const NamedMethod& named : named_methods) {
    if (!edge_walk_of(named.method.score)) methods.push_back(named.method);
  }
  return methods;
}

std::vector<TripleMethod> walk_triple_methods() {
  std::vector<TripleMethod> methods;
  for (const NamedMethod& named : named_methods) {
    if (edge_walk_of(named.method.score)) methods.push_back(named.method);
  }
  return methods;
}

double generalized_mean(double a, double b, double c, double p) noexcept {
  std::array<double, 3> w{a, b, c};
  std::ranges::sort(w);
  if (w[0] == w[2]) return w[0];
  if (p == detail::infinite_power) return w[2];
  if (p == -detail::infinite_power) return w[0];
  if (std::abs(p) < detail::geometric_below) p = 0;
  if (p <= 0 && w[0] == 0) return 0;
  // Of products and sums of whole numbers there is one rounding, so that what is equal stays equal.
  if (p == -1) return 3 * (w[0] * w[1] * w[2]) / (w[0] * w[1] + w[0] * w[2] + w[1] * w[2]);
  if (p == 0) return cube_root(w[0] * w[1] * w[2]);
  if (p == 1) return (w[0] + w[1] + w[2]) / 3;
  // By what dominates the sum where a power could overflow; else as it is, as sums of whole numbers are exact.
  constexpr double safe_power = 16;
  const double scale = std::abs(p) <= safe_power ? 1 : p > 0 ? w[2] : w[0];
  double sum = 0;
  for (const double weight : w) sum += std::pow(weight / scale, p);
  return scale * std::pow(sum / 3, 1 / p);
}

std::vector<Array<double>> triple_scores(RunContext& context, const Projection& projection,
                                         std::span<const NodeTriple> triples, std::span<const TripleMethod> methods) {
  check_methods(methods);
  detail::check_triples(triples, projection.incidence.node_count());
  context.require_memory(resident_bytes() + estimate_triple_scores_memory(projection.graph, triples.size(),
                                                                          methods.size(), context.threads().count()),
                         "raise --memory");
  std::vector<Array<double>> scores;
  for (std::size_t k = 0; k < methods.size(); ++k) scores.emplace_back(triples.size());
  const bool neighbors = wants_neighbors(methods);
  const SharedTables tables = shared_tables(context, projection.graph, triples.size(), methods);
  context.begin_stage("score triples", "triples", triples.size());
  constexpr std::size_t triples_per_chunk = 1 << 12;
  context.for_chunks(triples.size(), triples_per_chunk, [&](Chunk chunk) {
    TripleScorer scorer(projection, tables, neighbors);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      scorer.begin(triples[i]);
      for (std::size_t k = 0; k < methods.size(); ++k) scores[k][i] = scorer.score(methods[k]);
    }
  });
  context.end_stage();
  return scores;
}

TripleScoring prepare_triple_scores(RunContext& context, const Projection& projection,
                                    std::span<const TripleMethod> methods) {
  check_methods(methods);
  context.require_memory(
      resident_bytes() + estimate_triple_preparation_memory(projection.graph, methods, context.threads().count()),
      "leave the scores of neighbours and walks out or raise --memory");
  constexpr auto many = std::numeric_limits<std::size_t>::max() / 3;
  auto tables = std::make_shared<const SharedTables>(shared_tables(context, projection.graph, many, methods));
  TripleScoring scoring;
  for (const TripleMethod& method : methods) scoring.names.push_back(triple_method_name(method));
  scoring.score = [&projection, tables, chosen = std::vector<TripleMethod>(methods.begin(), methods.end()),
                   neighbors = wants_neighbors(methods)](std::span<const NodeTriple> triples,
                                                         std::span<double> scores) {
    TripleScorer scorer(projection, *tables, neighbors);
    for (std::size_t i = 0; i < triples.size(); ++i) {
      scorer.begin(triples[i]);
      for (std::size_t k = 0; k < chosen.size(); ++k) scores[k * triples.size() + i] = scorer.score(chosen[k]);
    }
  };
  return scoring;
}

std::uint64_t estimate_triple_tables_memory(GraphView graph, std::span<const TripleMethod> methods) noexcept {
  const std::uint64_t entries = 2 * graph.edge_count();
  std::uint64_t bytes = wants(methods, TripleScore::adamic_adar) ? graph.node_count() * sizeof(double) : 0;
  if (wants(methods, TripleScore::jaccard)) bytes += entries * sizeof(std::uint32_t);
  for (const TripleMethod& method : methods) {
    if (edge_walk_of(method.score)) bytes += entries * sizeof(double);
  }
  return bytes;
}

std::uint64_t estimate_triple_preparation_memory(GraphView graph, std::span<const TripleMethod> methods,
                                                 int threads) noexcept {
  const bool walks =
      std::ranges::any_of(methods, [](const TripleMethod& method) { return edge_walk_of(method.score).has_value(); });
  return estimate_triple_tables_memory(graph, methods) + (walks ? estimate_edge_walk_memory(graph, threads) : 0);
}

std::uint64_t estimate_triple_scores_memory(GraphView graph, std::size_t triple_count, std::size_t method_count,
                                            int threads) noexcept {
  return triple_count * method_count * sizeof(double) + graph.node_count() * sizeof(double) +
         2 * graph.edge_count() * sizeof(std::uint32_t) +
         static_cast<std::uint64_t>(threads) * graph.node_count() * sizeof(NodeId);
}

}  // namespace adjoin
