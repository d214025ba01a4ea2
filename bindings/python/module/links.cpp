#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/bindings/python/module/arrays.hpp>
#include <adjoin/bindings/python/module/call.hpp>
#include <adjoin/bindings/python/module/graph.hpp>
#include <adjoin/bindings/python/module/keywords.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::python {
namespace {

std::string score_name(const std::string& word) {
  const std::string_view name = find_link_score(word);
  if (!name.empty()) return std::string(name);
  std::vector<std::string> names;
  for (const LinkScoreName& known : link_score_names()) names.emplace_back(known.name);
  const auto meant = nearest_word(word, names);
  throw InvalidOption(fmt::format(
      "{} is not a score; {}", quote_for_message(word),
      meant ? fmt::format("did you mean {}?", *meant) : fmt::format("there are {}", fmt::join(names, ", "))));
}

/// pairs: sources and targets, as rows of nodes.
nb::object score_pairs(const DataGraph& graph, const Vector<std::int64_t>& sources, const Vector<std::int64_t>& targets,
                       const std::vector<std::string>& methods, const nb::dict& keywords, const nb::object& progress) {
  LinkScoreOptions options;
  const RunOptions run = run_keywords("link_scores", keywords, options);
  std::vector<std::string> names;
  for (const std::string& method : methods) names.push_back(score_name(method));
  Matrix scores;
  call(run, progress, [&](RunContext& context) {
    std::vector<Edge> pairs(sources.shape(0));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i] = {node_id(static_cast<std::size_t>(sources(i))), node_id(static_cast<std::size_t>(targets(i)))};
    }
    scores = link_scores(context, graph.view(), pairs, names, options);
  });
  return nb::cast(numpy_of(std::move(scores)));
}

/// Rows of sources, rows of targets, scores.
nb::tuple find_best(const DataGraph& graph, const std::string& method, std::size_t count, const nb::dict& keywords,
                    const nb::object& progress) {
  LinkScoreOptions options;
  const RunOptions run = run_keywords("best_links", keywords, options);
  const std::string name = score_name(method);
  check_has_best_links(name);
  std::vector<ScoredPair> best;
  call(run, progress, [&](RunContext& context) {
    context.require_memory(
        resident_bytes() + estimate_best_links_by_memory(graph.view(), name, count, options, context.threads().count()),
        "ask for fewer links, or raise --memory");
    best = best_links_by(context, graph.view(), name, count, options);
  });
  Array<std::int64_t> sources(best.size());
  Array<std::int64_t> targets(best.size());
  Array<float> scores(best.size());
  for (std::size_t i = 0; i < best.size(); ++i) {
    sources[i] = static_cast<std::int64_t>(index(best[i].source));
    targets[i] = static_cast<std::int64_t>(index(best[i].target));
    scores[i] = best[i].score;
  }
  return nb::make_tuple(numpy_of(std::move(sources)), numpy_of(std::move(targets)), numpy_of(std::move(scores)));
}

nb::list method_names() {
  nb::list names;
  for (const LinkScoreName& known : link_score_names()) names.append(std::string(known.name));
  return names;
}

}  // namespace

void bind_links(nb::module_& module) {
  module.def("link_scores", score_pairs, nb::arg("graph"), nb::arg("sources"), nb::arg("targets"), nb::arg("methods"),
             nb::arg("keywords"), nb::arg("progress").none());
  module.def("best_links", find_best, nb::arg("graph"), nb::arg("method"), nb::arg("count"), nb::arg("keywords"),
             nb::arg("progress").none());
  module.def("link_score_names", method_names);
}

}  // namespace adjoin::python
