#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/edge_lookup.hpp>
#include <adjoin/algorithms/simplicial/group_scores.hpp>
#include <adjoin/algorithms/simplicial/power_means.hpp>
#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin {
namespace {

constexpr std::size_t groups_per_chunk = 1 << 8;
constexpr std::string_view triple_prefix = "triple-";

constexpr std::array<std::pair<std::string_view, GroupScore>, 5> other_scores{
    {{"common-neighbors", GroupScore::common_neighbors},
     {"jaccard", GroupScore::jaccard},
     {"adamic-adar", GroupScore::adamic_adar},
     {"degrees", GroupScore::degrees},
     {"simplicial-degrees", GroupScore::simplicial_degrees}}};
constexpr std::array<double, 5> usual_powers{-1, 0, 1, -detail::infinite_power, detail::infinite_power};

bool is_mean(GroupScore score) noexcept {
  return score == GroupScore::pair_mean || score == GroupScore::triple_mean;
}

void check_methods(std::span<const GroupMethod> methods) {
  for (const GroupMethod& method : methods) {
    if (is_mean(method.score) && std::isnan(method.p)) {
      throw InvalidOption("the power of a mean is not a number; give one, or an infinite one");
    }
  }
}

void check_group(std::size_t i, std::span<const NodeId> group, std::size_t n) {
  if (group.size() < 2) {
    throw InvalidData(fmt::format("group {} has {} nodes, and a score is of two or more", i, group.size()));
  }
  std::vector<NodeId> sorted(group.begin(), group.end());
  std::ranges::sort(sorted);
  if (index(sorted.back()) >= n) {
    throw InvalidData(fmt::format("group {} has node {}, and the graph has {} nodes", i, index(sorted.back()), n));
  }
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) throw InvalidData(fmt::format("group {} has node {} twice", i, index(*twice)));
}

double mean_of_sorted(std::span<const double> w, double p) noexcept {
  if (w.front() == w.back()) return w.front();
  if (p == detail::infinite_power) return w.back();
  if (p == -detail::infinite_power) return w.front();
  if (std::abs(p) < detail::geometric_below) p = 0;
  if (p <= 0 && w.front() == 0) return 0;
  const auto count = static_cast<double>(w.size());
  double sum = 0;
  if (p == 0) {
    for (const double weight : w) sum += std::log(weight);
    return std::exp(sum / count);
  }
  const double scale = p > 0 ? w.back() : w.front();  // so that no power overflows
  for (const double weight : w) sum += p == 1 ? weight : std::pow(weight / scale, p);
  return p == 1 ? sum / count : scale * std::pow(sum / count, 1 / p);
}

/// The scores of groups one after another; what methods share of a group is made when the first asks for it.
class GroupScorer {
 public:
  explicit GroupScorer(const Projection& projection)
      : projection_(projection),
        a_(projection.graph.view().out()),
        simplices_of_(projection.incidence.simplices_of.view()) {}

  void begin(std::span<const NodeId> group) {
    nodes_.assign(group.begin(), group.end());
    std::ranges::sort(nodes_);
    pairs_.clear();
    triples_.clear();
    has_common_ = false;
  }

  double score(const GroupMethod& method) {
    switch (method.score) {
      case GroupScore::pair_mean:
        return mean_of_sorted(pairs(), method.p);
      case GroupScore::triple_mean:
        return mean_of_sorted(nodes_.size() < 3 ? pairs() : triples(), method.p);
      case GroupScore::common_neighbors:
        return static_cast<double>(common().size());
      case GroupScore::jaccard:
        return jaccard();
      case GroupScore::adamic_adar:
        return adamic_adar();
      case GroupScore::degrees:
        return product([&](NodeId v) { return a_.row_size(index(v)); });
      case GroupScore::simplicial_degrees:
        break;
    }
    return product([&](NodeId v) { return projection_.simplicial_degree(v); });
  }

 private:
  std::span<const NodeId> row(NodeId node) const noexcept { return a_.row_targets(index(node)); }

  std::span<const double> pairs() {
    if (!pairs_.empty()) return pairs_;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes_.size(); ++j) {
        const std::size_t entry = detail::entry_of(a_, nodes_[i], nodes_[j]);
        pairs_.push_back(entry == detail::no_entry ? 0 : a_.weighted() ? static_cast<double>(a_.weights[entry]) : 1);
      }
    }
    std::ranges::sort(pairs_);
    return pairs_;
  }

  std::span<const double> triples() {
    if (!triples_.empty()) return triples_;
    const auto simplices = [&](std::size_t i) { return simplices_of_.row_targets(index(nodes_[i])); };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes_.size(); ++j) {
        of_two_.clear();
        visit_intersection(simplices(i), simplices(j), [&](NodeId simplex) { of_two_.push_back(simplex); });
        for (std::size_t k = j + 1; k < nodes_.size(); ++k) {
          triples_.push_back(static_cast<double>(intersection_size(of_two_, simplices(k))));
        }
      }
    }
    std::ranges::sort(triples_);
    return triples_;
  }

  const std::vector<NodeId>& common() {
    if (has_common_) return common_;
    has_common_ = true;
    common_.assign(row(nodes_[0]).begin(), row(nodes_[0]).end());
    for (std::size_t i = 1; i < nodes_.size(); ++i) {
      of_two_.clear();
      visit_intersection(common_, row(nodes_[i]), [&](NodeId node) { of_two_.push_back(node); });
      std::swap(common_, of_two_);
    }
    return common_;
  }

  double jaccard() {
    any_.clear();
    for (const NodeId node : nodes_) {
      of_two_.clear();
      std::ranges::set_union(any_, row(node), std::back_inserter(of_two_));
      std::swap(any_, of_two_);
    }
    return any_.empty() ? 0 : static_cast<double>(common().size()) / static_cast<double>(any_.size());
  }

  double adamic_adar() {
    double sum = 0;
    for (const NodeId node : common()) sum += 1 / std::log(static_cast<double>(row(node).size()));
    return sum;
  }

  template <class Count>
  double product(Count&& count) const {
    double product = 1;
    for (const NodeId node : nodes_) product *= static_cast<double>(count(node));
    return product;
  }

  const Projection& projection_;
  CsrView a_;
  CsrView simplices_of_;
  std::vector<NodeId> nodes_;    // by rising id
  std::vector<double> pairs_;    // rising, as the means want them
  std::vector<double> triples_;  // the same
  std::vector<NodeId> common_;
  std::vector<NodeId> any_;
  std::vector<NodeId> of_two_;
  bool has_common_ = false;
};

/// The power of a mean by its name; nothing for another name.
std::optional<double> find_power(std::string_view name) {
  try {
    const TripleMethod method = parse_triple_method(name);
    return method.score == TripleScore::mean ? std::optional(method.p) : std::nullopt;
  } catch (const InvalidOption&) {
    return std::nullopt;
  }
}

}  // namespace

std::string group_method_name(const GroupMethod& method) {
  for (const auto& [name, score] : other_scores) {
    if (score == method.score) return std::string(name);
  }
  const std::string mean = triple_method_name({TripleScore::mean, method.p});
  return method.score == GroupScore::pair_mean ? mean : std::string(triple_prefix) + mean;
}

GroupMethod parse_group_method(std::string_view name) {
  for (const auto& [other, score] : other_scores) {
    if (other == name) return {score, 0};
  }
  const bool of_triples = name.starts_with(triple_prefix);
  if (const auto p = find_power(of_triples ? name.substr(triple_prefix.size()) : name)) {
    return {of_triples ? GroupScore::triple_mean : GroupScore::pair_mean, *p};
  }
  std::string names;
  for (const GroupMethod& method : all_group_methods()) names += fmt::format("{}, ", group_method_name(method));
  throw InvalidOption(
      fmt::format("{} is no score of a group; there are {}mean-of-power-P and triple-mean-of-power-P for a number P",
                  quote_for_message(std::string(name)), names));
}

std::vector<GroupMethod> all_group_methods() {
  std::vector<GroupMethod> methods;
  for (const GroupScore score : {GroupScore::pair_mean, GroupScore::triple_mean}) {
    for (const double p : usual_powers) methods.push_back({score, p});
  }
  for (const auto& [name, score] : other_scores) methods.push_back({score, 0});
  return methods;
}

std::vector<GroupMethod> parse_group_methods(std::string_view names) {
  if (names == "all") return all_group_methods();
  std::vector<GroupMethod> methods;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    const GroupMethod method = parse_group_method(names.substr(begin, end - begin));
    for (const GroupMethod& other : methods) {
      if (other.score == method.score && other.p == method.p) {
        throw InvalidOption(fmt::format("{} is there twice; leave one out", group_method_name(method)));
      }
    }
    methods.push_back(method);
    begin = end + 1;
  }
  return methods;
}

double generalized_mean(std::span<const double> values, double p) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return mean_of_sorted(sorted, p);
}

std::vector<Array<double>> group_scores(RunContext& context, const Projection& projection, const NodeGroups& groups,
                                        std::span<const GroupMethod> methods) {
  check_methods(methods);
  for (std::size_t i = 0; i < groups.size(); ++i) check_group(i, groups.group(i), projection.incidence.node_count());
  context.require_memory(resident_bytes() + groups.size() * methods.size() * sizeof(double), "raise --memory");
  std::vector<Array<double>> scores;
  for (std::size_t k = 0; k < methods.size(); ++k) scores.emplace_back(groups.size());
  context.begin_stage("score groups", "groups", groups.size());
  context.for_chunks(groups.size(), groups_per_chunk, [&](Chunk chunk) {
    GroupScorer scorer(projection);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      scorer.begin(groups.group(i));
      for (std::size_t k = 0; k < methods.size(); ++k) scores[k][i] = scorer.score(methods[k]);
    }
  });
  context.end_stage();
  return scores;
}

NodeQuadruple in_order(NodeQuadruple quadruple) noexcept {
  std::array<NodeId, 4> nodes{quadruple.a, quadruple.b, quadruple.c, quadruple.d};
  std::ranges::sort(nodes);
  return {nodes[0], nodes[1], nodes[2], nodes[3]};
}

QuadrupleScoring prepare_quadruple_scores(const Projection& projection, std::span<const GroupMethod> methods) {
  check_methods(methods);
  QuadrupleScoring scoring;
  for (const GroupMethod& method : methods) scoring.names.push_back(group_method_name(method));
  scoring.score = [&projection, chosen = std::vector<GroupMethod>(methods.begin(), methods.end())](
                      std::span<const NodeQuadruple> quadruples, std::span<double> scores) {
    GroupScorer scorer(projection);
    for (std::size_t i = 0; i < quadruples.size(); ++i) {
      const auto [a, b, c, d] = quadruples[i];
      const std::array<NodeId, 4> nodes{a, b, c, d};
      scorer.begin(nodes);
      for (std::size_t k = 0; k < chosen.size(); ++k) scores[k * quadruples.size() + i] = scorer.score(chosen[k]);
    }
  };
  return scoring;
}

}  // namespace adjoin
