#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/simplicial/simplicial_triples.hpp>
#include <adjoin/algorithms/simplicial/star_expansion.hpp>
#include <adjoin/algorithms/simplicial/vector_triples.hpp>
#include <adjoin/bindings/cli/triple_methods.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {
namespace {

Matrix fastrp_vectors(RunContext& context, GraphView graph, int dim) {
  FastRPOptions options;
  options.dim = dim;
  return fastrp(context, graph, options).embedding;
}

Matrix first_rows(const Matrix& matrix, std::size_t rows) {
  Matrix first(rows, matrix.columns());
  for (std::size_t i = 0; i < rows; ++i) std::ranges::copy(matrix.view().row(i), first.view().row(i).begin());
  return first;
}

TripleScoring by_projection(RunContext& context, const TripleTraining& training, int dim) {
  return prepare_vector_scores(context, "fastrp", fastrp_vectors(context, training.projection->graph, dim));
}

TripleScoring by_star(RunContext& context, const TripleTraining& training, int dim) {
  const Graph star = star_expansion(context, training.projection->incidence);
  const Matrix all = fastrp_vectors(context, star, dim);
  return prepare_vector_scores(context, "fastrp-star", first_rows(all, training.projection->incidence.node_count()));
}

/// Two and a half matrices beside the graph, as of FastRP's four hops, and the vectors that are kept.
ScoringMemory estimate_vectors(const Projection& projection, bool star, int dim) {
  const std::uint64_t n = projection.incidence.node_count();
  const std::uint64_t row = static_cast<std::uint64_t>(dim) * sizeof(float);
  if (!star) {
    FastRPOptions options;
    options.dim = dim;
    return {estimate_fastrp_memory(projection.graph, options), n * row};
  }
  return {estimate_star_expansion_memory(projection.incidence) +
              5 * (n + projection.incidence.simplex_count()) * row / 2 + n * row,
          n * row};
}

/// What is made with options; nothing for a name of another kind.
std::optional<TripleScoringMaker> find_maker(std::string_view name, const TripleMethodOptions& options) {
  const TripleLearningOptions learning{options.max_examples};
  if (name == "logistic-regression") return logistic_triple_maker(learning);
  if (name == "combined") return combined_triple_maker(learning);
  using Make = TripleScoring (*)(RunContext&, const TripleTraining&, int);
  const Make make = name == "fastrp" ? by_projection : name == "fastrp-star" ? by_star : nullptr;
  if (make == nullptr) return std::nullopt;
  TripleScoringMaker maker;
  maker.names = {std::string(name)};
  maker.make = [make, dim = options.dim](RunContext& context, const TripleTraining& training) {
    return make(context, training, dim);
  };
  maker.estimate = [star = make == by_star, dim = options.dim](const Projection& projection, std::uint64_t, int) {
    return estimate_vectors(projection, star, dim);
  };
  return maker;
}

constexpr std::array<std::string_view, 4> made_names{"logistic-regression", "combined", "fastrp", "fastrp-star"};

std::optional<SimplicialPart> find_part(std::string_view name) {
  for (const auto& [part, word] : EnumNames<SimplicialPart>::names) {
    if (word == name) return part;
  }
  return std::nullopt;
}

void add_names(std::vector<std::string>& names, const std::vector<TripleMethod>& methods) {
  for (const TripleMethod& method : methods) names.push_back(triple_method_name(method));
}

/// The names with commas between, words for several of them replaced.
std::vector<std::string> split_names(std::string_view names) {
  std::vector<std::string> split;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    const std::string_view name = names.substr(begin, end - begin);
    begin = end + 1;
    if (name != "quick" && name != "all") {
      split.emplace_back(name);
      continue;
    }
    add_names(split, local_triple_methods());
    split.insert(split.end(), made_names.begin(), made_names.end());
    if (name == "quick") continue;
    add_names(split, walk_triple_methods());
    for (const auto& [part, word] : EnumNames<SimplicialPart>::names) split.emplace_back(word);
  }
  return split;
}

TripleMethod parse_plain(const std::string& name) {
  try {
    return parse_triple_method(name);
  } catch (const InvalidOption& error) {
    std::string others;
    for (const std::string_view made : made_names) others += fmt::format(", {}", made);
    for (const auto& [part, word] : EnumNames<SimplicialPart>::names) others += fmt::format(", {}", word);
    throw InvalidOption(error.what() + others);
  }
}

}  // namespace

std::vector<TripleScoringMaker> parse_triple_makers(std::string_view names, const TripleMethodOptions& options) {
  validate(options);
  std::vector<TripleScoringMaker> makers;
  std::vector<std::string> known;
  // Those one after another are made together, and share what they can.
  std::vector<TripleMethod> plain;
  std::vector<SimplicialPart> parts;
  const auto end_shared = [&] {
    if (!plain.empty()) makers.push_back(triple_method_maker(std::exchange(plain, {})));
    if (!parts.empty()) makers.push_back(simplicial_triple_maker(std::exchange(parts, {})));
  };
  for (const std::string& name : split_names(names)) {
    auto maker = find_maker(name, options);
    const auto part = find_part(name);
    std::string canonical = name;
    if (maker) {
      end_shared();
      makers.push_back(std::move(*maker));
    } else if (part) {
      if (!plain.empty()) end_shared();
      parts.push_back(*part);
    } else {
      if (!parts.empty()) end_shared();
      plain.push_back(parse_plain(name));
      canonical = triple_method_name(plain.back());
    }
    if (std::ranges::find(known, canonical) != known.end()) {
      throw InvalidOption(fmt::format("{} is there twice; leave one out", canonical));
    }
    known.push_back(std::move(canonical));
  }
  end_shared();
  return makers;
}

}  // namespace adjoin::cli
