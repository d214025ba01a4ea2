// Splits of edges, and how well scores tell what was held out.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/bindings/python/module/arrays.hpp>
#include <adjoin/bindings/python/module/call.hpp>
#include <adjoin/bindings/python/module/graph.hpp>
#include <adjoin/bindings/python/module/keywords.hpp>

namespace adjoin::python {
namespace {

/// Two numbers a pair, one after the other.
nb::ndarray<nb::numpy, std::int64_t, nb::ndim<1>> numbers_of(std::vector<Edge> pairs) {
  Array<std::int64_t> numbers(2 * pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    numbers[2 * i] = static_cast<std::int64_t>(index(pairs[i].source));
    numbers[2 * i + 1] = static_cast<std::int64_t>(index(pairs[i].target));
  }
  return numpy_of(std::move(numbers));
}

/// The training graph, validation, validation_negatives, test, test_negatives, the hash.
nb::tuple split(const DataGraph& graph, const nb::dict& keywords, const nb::object& progress) {
  EdgeSplitOptions options;
  const RunOptions run = run_keywords("split_edges", keywords, options);
  std::optional<EdgeSplit> drawn;
  std::uint64_t hash = 0;
  call(run, progress, [&](RunContext& context) {
    context.require_memory(resident_bytes() + estimate_checked_split_memory(graph.view(), options), "raise memory");
    drawn = split_edges(context, graph.view(), options);
    check_edge_split(context, *drawn, graph.view());
    hash = hash_of(*drawn);
  });
  EdgeSplit& made = *drawn;
  DataGraph training;
  training.data.nodes = made.training.view().shared_nodes();
  training.data.graph = std::move(made.training);
  return nb::make_tuple(std::move(training), numbers_of(std::move(made.validation)),
                        numbers_of(std::move(made.validation_negatives)), numbers_of(std::move(made.test)),
                        numbers_of(std::move(made.test_negatives)), fmt::format("{:016x}", hash));
}

nb::dict metrics(const Vector<double>& positives, const Vector<double>& negatives, const nb::dict& keywords) {
  MetricOptions options;
  assign_keywords("link_metrics", keywords, bind_all(options));
  const std::vector<MetricChoice> choices = parse_metrics(options.metrics);
  std::vector<double> values;
  call({}, nb::none(), [&](RunContext& context) {
    const RankedScores scores(context.threads(), span_of(positives), span_of(negatives));
    for (const MetricChoice choice : choices) values.push_back(value_of(choice, scores, options.ties));
  });
  nb::dict named;
  for (std::size_t i = 0; i < choices.size(); ++i) named[metric_name(choices[i]).c_str()] = values[i];
  return named;
}

}  // namespace

void bind_judging(nb::module_& module) {
  module.def("split_edges", split, nb::arg("graph"), nb::arg("keywords"), nb::arg("progress").none());
  module.def("link_metrics", metrics, nb::arg("positives"), nb::arg("negatives"), nb::arg("keywords"));
}

}  // namespace adjoin::python
