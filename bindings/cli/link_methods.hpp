// The methods that `adjoin linkpred` compares, made of linkpred's scores and of embeddings.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/algorithms/linkpred/embedding_scores.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/predict_links.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct MethodName {
  std::string name;
  std::string alias;   // may be empty
  bool in_all = true;  // whether "all" means it too
};

/// What `adjoin score` knows: the scores of linkpred, and "embedding-cosine" (embedding) and "embedding-dot", by
/// vectors from a file. All are those of graphs of any size, as one that cannot be had fails the whole table.
std::vector<MethodName> score_method_names();

/// Everything that `adjoin linkpred` knows: the scores of linkpred; "feature-cosine"; "fastrp-cosine" (fastrp) and the
/// like for each embedding and each of cosine, dot, hadamard, average, l1, l2; the same by vectors from a file;
/// "combined"; "gcn" and the other networks of gnn. All are the quick ones of those that need no file, as one that
/// cannot be had is told in its row.
std::vector<MethodName> link_method_names();

/// "cn,aa,katz" or "all" as names, each once. InvalidOption, with the nearest name, for one that is not there.
std::vector<std::string> parse_methods(const std::string& text, const std::vector<MethodName>& known);

struct LinkLearningOptions {
  int dim = 128;
  int rounds = 5;
  int max_examples = 20'000;
  int epochs = 500;

  static constexpr auto fields() {
    using O = LinkLearningOptions;
    return std::tuple{
        option_field("dim", &O::dim, {1, 65'536}, "embeddings: columns of each"),
        option_field("rounds", &O::rounds, {1, 1000},
                     "methods that learn: how many times edges of the training graph are held out to learn from"),
        option_field("max-examples", &O::max_examples, {10, 1'000'000'000},
                     "methods that learn: most edges learned from, over all rounds"),
        option_field("epochs", &O::epochs, {1, 1'000'000},
                     "networks: passes over the edges at most; they end when edges held out are told no better")};
  }
};

/// What methods know beside the training graph: a row a node, or no rows.
struct MethodData {
  CsrView features;
  MatrixView<const float> vectors;  // from a file
};

/// names: as parse_methods of link_method_names gives them. `data` must outlive the methods.
std::vector<LinkMethod> link_methods(std::span<const std::string> names, const LinkScoreOptions& scores,
                                     const LinkLearningOptions& learning, const MethodData& data);

/// A method made ready on one graph, for any number of calls: what it learns is learned, its vectors are there.
struct PreparedMethod {
  PairScorer score;
  /// Of a method that learns from scores and says so: what each of part_names adds to a pair's score.
  std::vector<std::string> part_names;
  std::function<Matrix(RunContext&, std::span<const Edge>)> parts;
  /// The vectors that an embedding's method goes by, a row a node; without rows for others.
  MatrixView<const float> vectors;
  std::shared_ptr<const Matrix> own_vectors;  // where they are not from a file; the functions go by them too
};

/// name: as parse_methods of link_method_names gives it. The graph and `data` must outlive the result.
PreparedMethod prepare_link_method(RunContext& context, GraphView graph, const std::string& name,
                                   const LinkScoreOptions& scores, const LinkLearningOptions& learning,
                                   const MethodData& data);

/// FastRP's vectors with its defaults.
Matrix usual_vectors(RunContext& context, GraphView graph, int dim);
std::uint64_t estimate_usual_vectors_memory(GraphView graph, int dim);

/// By which similarity of vectors alone a method scores; nothing for all others.
std::optional<EmbeddingScore> score_by_vectors_alone(std::string_view name);

/// The score by vectors from a file of that name. InvalidOption for one that has to learn.
EmbeddingScore given_embedding_score(std::string_view name);
bool is_given_embedding(std::string_view name) noexcept;

/// Whether any of them goes by features of nodes.
bool use_features(std::span<const std::string> names);

/// Bytes that the hungriest of these methods takes at its peak beyond the graph, the pairs and the data.
std::uint64_t estimate_link_methods_memory(RunContext& context, GraphView graph, std::size_t pair_count,
                                           std::span<const std::string> names, const LinkScoreOptions& scores,
                                           const LinkLearningOptions& learning, const MethodData& data);

}  // namespace adjoin::cli
