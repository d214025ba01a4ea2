#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/algorithms/gnn/learned_links.hpp>
#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/algorithms/linkpred/embedding_scores.hpp>
#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/algorithms/linkpred/link_classifier.hpp>
#include <adjoin/algorithms/linkpred/structural_features.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct Embedder {
  std::string_view name;
  Matrix (*embed)(RunContext&, GraphView, int dim);
  std::uint64_t (*estimate)(GraphView, int dim, int threads);
};

template <class Options>
Options of_dim(int dim) {
  Options options;
  options.dim = dim;
  return options;
}

constexpr std::array<Embedder, 3> embedders{
    {{"fastrp",
      [](RunContext& context, GraphView graph, int dim) {
        return fastrp(context, graph, of_dim<FastRPOptions>(dim)).embedding;
      },
      [](GraphView graph, int dim, int) { return estimate_fastrp_memory(graph, of_dim<FastRPOptions>(dim)); }},
     {"prone",
      [](RunContext& context, GraphView graph, int dim) {
        return prone(context, graph, of_dim<ProNEOptions>(dim)).embedding;
      },
      [](GraphView graph, int dim, int threads) {
        return estimate_prone_memory(graph, of_dim<ProNEOptions>(dim), threads);
      }},
     {"randne",
      [](RunContext& context, GraphView graph, int dim) {
        return randne(context, graph, of_dim<RandNEOptions>(dim)).embedding;
      },
      [](GraphView graph, int dim, int threads) {
        return estimate_randne_memory(graph, of_dim<RandNEOptions>(dim), threads);
      }}}};

constexpr std::string_view combined = "combined";
/// Evaluations without gain, 5 epochs from one to the next, after which a network is trained.
constexpr int network_patience = 10;
constexpr std::string_view feature_cosine = "feature-cosine";
constexpr std::string_view given_embedding = "embedding";

template <class Enum>
std::optional<Enum> find_enum(std::string_view word) {
  for (const auto& [value, name] : EnumNames<Enum>::names) {
    if (name == word) return value;
  }
  return std::nullopt;
}

/// What follows "fastrp-" in "fastrp-cosine"; nothing if the name does not begin so.
std::optional<std::string_view> head_of(std::string_view name, std::string_view embedding) {
  if (!name.starts_with(embedding) || !name.substr(embedding.size()).starts_with('-')) return std::nullopt;
  return name.substr(embedding.size() + 1);
}

/// "fastrp-cosine" as its two halves; none for a method that is not of an embedding that is learned here.
std::optional<std::pair<Embedder, std::string_view>> find_embedding_method(std::string_view name) {
  for (const Embedder& embedder : embedders) {
    if (const auto head = head_of(name, embedder.name)) return std::pair(embedder, *head);
  }
  return std::nullopt;
}

/// Calls use(vectors) with those of the graph's nodes: learned from it, or from a file.
class Vectors {
 public:
  Vectors(const Embedder& embedder, int dim) : embed_(embedder.embed), dim_(dim) {}
  explicit Vectors(MatrixView<const float> given) : given_(given) {}

  template <class Use>
  auto with(RunContext& context, GraphView graph, Use&& use) const {
    if (embed_ == nullptr) {
      if (given_.rows() == 0) throw InvalidOption("the nodes have no vectors; add --embedding FILE");
      return use(given_);
    }
    const Matrix vectors = embed_(context, graph, dim_);
    return use(vectors.view());
  }

 private:
  Matrix (*embed_)(RunContext&, GraphView, int dim) = nullptr;
  int dim_ = 0;
  MatrixView<const float> given_;
};

LinkClassifierOptions classifier_options(const LinkLearningOptions& learning, FeatureScaling scaling) {
  LinkClassifierOptions options;
  options.rounds = learning.rounds;
  options.max_examples = learning.max_examples;
  options.scaling = scaling;
  return options;
}

LinkScorer structural_scorer(const std::string& name, const LinkScoreOptions& options) {
  return [name, options](RunContext& context, GraphView training, std::span<const Edge> pairs) {
    const Matrix values = link_scores(context, training, pairs, std::array{name}, options);
    Array<float> scores(pairs.size());
    std::copy_n(values.view().data(), pairs.size(), scores.begin());
    return scores;
  };
}

LinkScorer embedding_scorer(const Vectors& vectors, std::string_view head, const LinkLearningOptions& learning) {
  if (const auto score = find_enum<EmbeddingScore>(head)) {
    return [=](RunContext& context, GraphView training, std::span<const Edge> pairs) {
      return vectors.with(context, training,
                          [&](MatrixView<const float> rows) { return embedding_scores(context, rows, pairs, *score); });
    };
  }
  const PairFeature feature = find_enum<PairFeature>(head).value();
  const auto features = [=](RunContext& context, GraphView graph, std::span<const Edge> pairs) {
    return vectors.with(context, graph,
                        [&](MatrixView<const float> rows) { return pair_features(context, rows, pairs, feature); });
  };
  return [=](RunContext& context, GraphView training, std::span<const Edge> pairs) {
    return classify_links(context, training, pairs, features, classifier_options(learning, FeatureScaling::none))
        .scores;
  };
}

LinkScorer feature_scorer(const CsrView& features) {
  return [features](RunContext& context, GraphView, std::span<const Edge> pairs) {
    if (features.row_count() == 0) throw InvalidOption("the nodes have no features; add --features FILE");
    return feature_cosine_scores(context, features, pairs);
  };
}

/// What the structure says of pairs, the cosine by each embedding, and that of the nodes' features if they have some.
class CombinedFeatures {
 public:
  CombinedFeatures(const LinkScoreOptions& options, int dim, const CsrView& features)
      : options_(options), dim_(dim), features_(features) {}

  Matrix operator()(RunContext& context, GraphView graph, std::span<const Edge> pairs) const {
    Matrix result = begin(context, graph, pairs);
    for (std::size_t e = 0; e < embedders.size(); ++e) {
      const Matrix vectors = embedders[e].embed(context, graph, dim_);
      add_cosine(context, vectors, pairs, e, result);
    }
    return result;
  }

  /// The same with vectors that are there: one matrix an embedder.
  Matrix by_vectors(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                    std::span<const Matrix> vectors) const {
    Matrix result = begin(context, graph, pairs);
    for (std::size_t e = 0; e < embedders.size(); ++e) add_cosine(context, vectors[e], pairs, e, result);
    return result;
  }

  std::vector<Matrix> embed(RunContext& context, GraphView graph) const {
    std::vector<Matrix> vectors;
    for (const Embedder& embedder : embedders) vectors.push_back(embedder.embed(context, graph, dim_));
    return vectors;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names = structural_feature_names();
    for (const Embedder& embedder : embedders) names.push_back(fmt::format("{}-cosine", embedder.name));
    if (features_.row_count() > 0) names.emplace_back(feature_cosine);
    return names;
  }

  static std::size_t columns(bool with_features) {
    return structural_feature_names().size() + embedders.size() + (with_features ? 1 : 0);
  }

 private:
  /// All columns but those of the embeddings.
  Matrix begin(RunContext& context, GraphView graph, std::span<const Edge> pairs) const {
    const Matrix structural = structural_features(context, graph, pairs, options_);
    Matrix result(pairs.size(), columns(features_.row_count() > 0));
    for (std::size_t i = 0; i < pairs.size(); ++i) std::ranges::copy(structural.row(i), result.row(i).begin());
    if (features_.row_count() > 0) {
      put(feature_cosine_scores(context, features_, pairs), structural.columns() + embedders.size(), result);
    }
    return result;
  }

  static void add_cosine(RunContext& context, const Matrix& vectors, std::span<const Edge> pairs, std::size_t embedder,
                         Matrix& result) {
    put(embedding_scores(context, vectors.view(), pairs, EmbeddingScore::cosine),
        structural_feature_names().size() + embedder, result);
  }

  static void put(const Array<float>& scores, std::size_t column, Matrix& result) {
    for (std::size_t i = 0; i < scores.size(); ++i) result(i, column) = scores[i];
  }

  LinkScoreOptions options_;
  int dim_;
  CsrView features_;
};

LinkScorer combined_scorer(const LinkScoreOptions& options, const LinkLearningOptions& learning,
                           const CsrView& features) {
  return [=](RunContext& context, GraphView training, std::span<const Edge> pairs) {
    return classify_links(context, training, pairs, CombinedFeatures(options, learning.dim, features),
                          classifier_options(learning, FeatureScaling::logarithm))
        .scores;
  };
}

gnn::LearnedLinksOptions network_options(gnn::LinkModelName name, const LinkLearningOptions& learning) {
  gnn::LearnedLinksOptions options;
  options.link = gnn::link_model_options(name);
  options.link.training.epochs = learning.epochs;
  options.link.training.patience = network_patience;
  return options;
}

/// The features of nodes as networks take them, if there are any.
class NetworkFeatures {
 public:
  NetworkFeatures(RunContext& context, gnn::LinkModelName name, const CsrView& features) {
    if (features.row_count() > 0) {
      prepared_.emplace(context, features, gnn::FeatureRows::as_given);
      features_.emplace(prepared_->features());
    } else if (name == gnn::LinkModelName::mlp) {
      throw InvalidOption("mlp knows nodes by their features alone, and they have none; add --features FILE");
    }
  }

  const gnn::NodeFeatures* get() const noexcept { return features_ ? &*features_ : nullptr; }

 private:
  std::optional<gnn::PreparedFeatures> prepared_;
  std::optional<gnn::NodeFeatures> features_;
};

/// A network that was trained on a graph, ready to score its pairs. Stays where it is.
class TrainedNetwork {
 public:
  TrainedNetwork(RunContext& context, GraphView graph, gnn::LinkModelName name, const LinkLearningOptions& learning,
                 const CsrView& features)
      : features_(context, name, features),
        network_(gnn::learned_links(context, {graph, features_.get()}, network_options(name, learning))),
        whole_(context, network_, {graph, features_.get()}) {}
  TrainedNetwork(const TrainedNetwork&) = delete;
  TrainedNetwork& operator=(const TrainedNetwork&) = delete;

  Array<float> scores(RunContext& context, std::span<const Edge> pairs) {
    Array<float> scores(pairs.size());
    whole_.scorer().score(context, pairs, scores.span());
    return scores;
  }

 private:
  NetworkFeatures features_;
  gnn::LinkNetwork network_;
  gnn::WholeGraphScorer whole_;
};

LinkScorer scorer_of(const std::string& name, const LinkScoreOptions& options, const LinkLearningOptions& learning,
                     const MethodData& data) {
  if (name == combined) return combined_scorer(options, learning, data.features);
  if (name == feature_cosine) return feature_scorer(data.features);
  if (const auto network = find_enum<gnn::LinkModelName>(name)) {
    return [=, features = data.features](RunContext& context, GraphView training, std::span<const Edge> pairs) {
      return TrainedNetwork(context, training, *network, learning, features).scores(context, pairs);
    };
  }
  if (const auto head = head_of(name, given_embedding)) return embedding_scorer(Vectors(data.vectors), *head, learning);
  if (const auto found = find_embedding_method(name)) {
    return embedding_scorer(Vectors(found->first, learning.dim), found->second, learning);
  }
  return structural_scorer(name, options);
}

PreparedMethod prepare_combined(RunContext& context, GraphView graph, const LinkScoreOptions& options,
                                const LinkLearningOptions& learning, const CsrView& data) {
  const CombinedFeatures features(options, learning.dim, data);
  const LinkModel model =
      learn_links(context, graph, features, classifier_options(learning, FeatureScaling::logarithm));
  const auto vectors = std::make_shared<const std::vector<Matrix>>(features.embed(context, graph));
  PreparedMethod method;
  method.score = [=](RunContext& run, std::span<const Edge> pairs) {
    return model.scores(run, features.by_vectors(run, graph, pairs, *vectors));
  };
  method.part_names = features.names();
  method.parts = [=](RunContext& run, std::span<const Edge> pairs) {
    return model.contributions(run, features.by_vectors(run, graph, pairs, *vectors));
  };
  return method;
}

PreparedMethod prepare_by_vectors(RunContext& context, GraphView graph, std::string_view head,
                                  MatrixView<const float> rows, const std::shared_ptr<const Matrix>& own,
                                  const Embedder* embedder, const LinkLearningOptions& learning) {
  PreparedMethod method;
  method.vectors = rows;
  method.own_vectors = own;
  if (const auto score = find_enum<EmbeddingScore>(head)) {
    method.score = [=](RunContext& run, std::span<const Edge> pairs) {
      return embedding_scores(run, rows, pairs, *score);
    };
    return method;
  }
  const PairFeature feature = find_enum<PairFeature>(head).value();
  const Vectors source = embedder != nullptr ? Vectors(*embedder, learning.dim) : Vectors(rows);
  const auto features = [=](RunContext& run, GraphView part, std::span<const Edge> pairs) {
    return source.with(run, part,
                       [&](MatrixView<const float> vectors) { return pair_features(run, vectors, pairs, feature); });
  };
  const LinkModel model = learn_links(context, graph, features, classifier_options(learning, FeatureScaling::none));
  method.score = [=](RunContext& run, std::span<const Edge> pairs) {
    return model.scores(run, pair_features(run, rows, pairs, feature));
  };
  return method;
}

void add_scores_by_vectors(std::vector<MethodName>& names, std::string_view embedding, bool in_all) {
  for (const auto& [score, head] : EnumNames<EmbeddingScore>::names) {
    const bool usual = score == EmbeddingScore::cosine;
    names.push_back({fmt::format("{}-{}", embedding, head), usual ? std::string(embedding) : "", in_all});
  }
}

void add_learned_heads(std::vector<MethodName>& names, std::string_view embedding, bool in_all) {
  for (const auto& [feature, head] : EnumNames<PairFeature>::names) {
    names.push_back({fmt::format("{}-{}", embedding, head), "", in_all});
  }
}

std::string find_method(std::string_view word, const std::vector<MethodName>& known) {
  const auto found = std::ranges::find_if(
      known, [&](const MethodName& method) { return !word.empty() && (word == method.name || word == method.alias); });
  if (found != known.end()) return found->name;
  std::vector<std::string> names;
  for (const MethodName& method : known) names.push_back(method.name);
  const auto near = nearest_word(word, names);
  throw InvalidOption(fmt::format("the method {} is not one of {}{}", quote_for_message(word), fmt::join(names, ", "),
                                  near ? fmt::format("; did you mean {}?", *near) : ""));
}

}  // namespace

std::vector<MethodName> score_method_names() {
  std::vector<MethodName> names;
  for (const auto& [name, alias, of_any_size] : link_score_names()) {
    names.push_back({std::string(name), std::string(alias), of_any_size});
  }
  add_scores_by_vectors(names, given_embedding, false);
  return names;
}

std::vector<MethodName> link_method_names() {
  std::vector<MethodName> names;
  for (const auto& [name, alias, of_any_size] : link_score_names()) {
    names.push_back({std::string(name), std::string(alias)});
  }
  names.push_back({std::string(feature_cosine), "fc", false});
  for (const Embedder& embedder : embedders) {
    add_scores_by_vectors(names, embedder.name, true);
    add_learned_heads(names, embedder.name, true);
  }
  add_scores_by_vectors(names, given_embedding, false);
  add_learned_heads(names, given_embedding, false);
  names.push_back({std::string(combined), ""});
  for (const auto& [model, word] : EnumNames<gnn::LinkModelName>::names)
    names.push_back({std::string(word), "", false});
  return names;
}

std::vector<std::string> parse_methods(const std::string& text, const std::vector<MethodName>& known) {
  std::vector<std::string> methods;
  if (text == "all") {
    for (const MethodName& method : known) {
      if (method.in_all) methods.push_back(method.name);
    }
    return methods;
  }
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string name = find_method(std::string_view(text).substr(begin, end - begin), known);
    if (std::ranges::find(methods, name) != methods.end()) {
      throw InvalidOption(fmt::format("methods: {} stands twice", name));
    }
    methods.push_back(std::move(name));
    begin = end + 1;
  }
  return methods;
}

std::vector<LinkMethod> link_methods(std::span<const std::string> names, const LinkScoreOptions& scores,
                                     const LinkLearningOptions& learning, const MethodData& data) {
  validate(scores);
  validate(learning);
  std::vector<LinkMethod> methods;
  for (const std::string& name : names) methods.push_back({name, scorer_of(name, scores, learning, data)});
  return methods;
}

PreparedMethod prepare_link_method(RunContext& context, GraphView graph, const std::string& name,
                                   const LinkScoreOptions& scores, const LinkLearningOptions& learning,
                                   const MethodData& data) {
  validate(scores);
  validate(learning);
  if (name == combined) return prepare_combined(context, graph, scores, learning, data.features);
  if (const auto head = head_of(name, given_embedding)) {
    return prepare_by_vectors(context, graph, *head, data.vectors, nullptr, nullptr, learning);
  }
  if (const auto found = find_embedding_method(name)) {
    const auto vectors = std::make_shared<const Matrix>(found->first.embed(context, graph, learning.dim));
    return prepare_by_vectors(context, graph, found->second, vectors->view(), vectors, &found->first, learning);
  }
  if (const auto network = find_enum<gnn::LinkModelName>(name)) {
    const auto trained = std::make_shared<TrainedNetwork>(context, graph, *network, learning, data.features);
    PreparedMethod method;
    method.score = [=](RunContext& run, std::span<const Edge> pairs) { return trained->scores(run, pairs); };
    return method;
  }
  const LinkScorer scorer = scorer_of(name, scores, learning, data);
  PreparedMethod method;
  method.score = [=](RunContext& run, std::span<const Edge> pairs) { return scorer(run, graph, pairs); };
  return method;
}

Matrix usual_vectors(RunContext& context, GraphView graph, int dim) {
  return embedders.front().embed(context, graph, dim);
}

std::uint64_t estimate_usual_vectors_memory(GraphView graph, int dim) {
  return embedders.front().estimate(graph, dim, 1);
}

std::optional<EmbeddingScore> score_by_vectors_alone(std::string_view name) {
  const auto found = find_embedding_method(name);
  const auto head = found ? std::optional(found->second) : head_of(name, given_embedding);
  return head ? find_enum<EmbeddingScore>(*head) : std::nullopt;
}

EmbeddingScore given_embedding_score(std::string_view name) {
  if (const auto head = head_of(name, given_embedding)) {
    if (const auto score = find_enum<EmbeddingScore>(*head)) return *score;
  }
  throw InvalidOption(fmt::format("{} is no score by vectors alone", name));
}

bool is_given_embedding(std::string_view name) noexcept {
  return head_of(name, given_embedding).has_value();
}

bool use_features(std::span<const std::string> names) {
  return std::ranges::any_of(names, [](const std::string& name) {
    return name == combined || name == feature_cosine || find_enum<gnn::LinkModelName>(name);
  });
}

std::uint64_t estimate_link_methods_memory(RunContext& context, GraphView graph, std::size_t pair_count,
                                           std::span<const std::string> names, const LinkScoreOptions& scores,
                                           const LinkLearningOptions& learning, const MethodData& data) {
  const int threads = context.threads().count();
  const auto learned_from = [&](std::size_t columns) {
    return estimate_link_classifier_memory(graph, pair_count, columns,
                                           classifier_options(learning, FeatureScaling::logarithm));
  };
  const auto estimate_of = [&](const std::string& name) -> std::uint64_t {
    if (name == combined) {
      std::uint64_t bytes = estimate_structural_features_memory(graph, pair_count, scores, threads);
      for (const Embedder& embedder : embedders) {
        bytes = std::max(bytes, embedder.estimate(graph, learning.dim, threads));
      }
      return bytes + learned_from(CombinedFeatures::columns(true));
    }
    if (const auto network = find_enum<gnn::LinkModelName>(name)) {
      const NetworkFeatures features(context, *network, data.features);
      return gnn::estimate_learned_links_memory(context, {graph, features.get()}, network_options(*network, learning));
    }
    if (name == feature_cosine) return estimate_feature_cosine_memory(graph.node_count(), pair_count);
    const auto learned_here = find_embedding_method(name);
    const auto head = learned_here ? std::optional(learned_here->second) : head_of(name, given_embedding);
    if (!head) return estimate_link_scores_memory(graph, pair_count, std::array{name}, scores, threads);
    const std::uint64_t vectors = learned_here ? learned_here->first.estimate(graph, learning.dim, threads) : 0;
    return vectors + (find_enum<PairFeature>(*head) ? learned_from(static_cast<std::size_t>(learning.dim)) : 0);
  };
  std::uint64_t most = 0;
  for (const std::string& name : names) most = std::max(most, estimate_of(name));
  return most;
}

}  // namespace adjoin::cli
