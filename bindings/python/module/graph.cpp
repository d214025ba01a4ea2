#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <adjoin/bindings/python/module/arrays.hpp>
#include <adjoin/bindings/python/module/call.hpp>
#include <adjoin/bindings/python/module/graph.hpp>
#include <adjoin/bindings/python/module/keywords.hpp>
#include <adjoin/bindings/python/module/nodes.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/matrix_as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::python {
namespace {

using Weights = std::optional<Vector<float>>;
/// An array of pairs, one an edge.
using Pairs = nb::ndarray<const std::int64_t, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;

Array<float> copy_of(const Weights& weights) {
  if (!weights) return {};
  Array<float> copy(weights->shape(0));
  std::ranges::copy(span_of(*weights), copy.begin());
  return copy;
}

DataGraph from_built(BuiltGraph built) {
  DataGraph graph;
  graph.remarks = built.report.remarks();
  graph.data.nodes = built.graph.view().shared_nodes();
  graph.data.graph = std::move(built.graph);
  return graph;
}

DataGraph read_file(const std::filesystem::path& path, const nb::dict& keywords, const nb::object& progress) {
  ReadOptions reading;
  BuildOptions building;
  const RunOptions run = run_keywords("read_graph", keywords, reading, building);
  DataGraph graph;
  call(run, progress, [&](RunContext& context) {
    DatasetFile file = read_dataset(context, path, reading, building);
    graph.read_as = file.read.sentence();
    graph.remarks = file.build.remarks();
    if (!file.data.graph) {
      BuiltGraph built = as_graph(context, file.data, building);
      graph.remarks = built.report.remarks();
      file.data.graph = std::move(built.graph);
    }
    graph.data = std::move(file.data);
  });
  return graph;
}

void write_file(const DataGraph& graph, const std::filesystem::path& path, const nb::dict& keywords,
                const nb::object& progress) {
  WriteOptions options;
  const RunOptions run = run_keywords("write", keywords, options);
  call(run, progress, [&](RunContext& context) { write_dataset(context, graph.data, path, options); });
}

/// Nodes are the numbers that edges name.
DataGraph from_numbers(const Pairs& pairs, const Weights& weights, const nb::dict& keywords,
                       const nb::object& progress) {
  BuildOptions building;
  const RunOptions run = run_keywords("as_graph", keywords, building);
  DataGraph graph;
  call(run, progress, [&](RunContext& context) {
    Array<NamedEdge<std::uint64_t>> edges(pairs.shape(0));
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const std::int64_t source = pairs(e, 0);
      const std::int64_t target = pairs(e, 1);
      if (source < 0 || target < 0) {
        throw InvalidData(fmt::format("edge {} goes from {} to {}: nodes are numbered from 0", e, source, target));
      }
      edges[e] = {static_cast<std::uint64_t>(source), static_cast<std::uint64_t>(target)};
    }
    IndexedEdges indexed = index_nodes(context, std::move(edges));
    graph = from_built(
        build_graph(context, std::move(indexed.edges), copy_of(weights), std::move(indexed.nodes), building));
  });
  return graph;
}

/// Edges name rows of `nodes`.
DataGraph from_rows(const Nodes& nodes, const Pairs& pairs, const Weights& weights, const nb::dict& keywords,
                    const nb::object& progress) {
  BuildOptions building;
  const RunOptions run = run_keywords("as_graph", keywords, building);
  DataGraph graph;
  call(run, progress, [&](RunContext& context) {
    const auto n = static_cast<std::int64_t>(nodes.index->size());
    Array<Edge> edges(pairs.shape(0));
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const std::int64_t source = pairs(e, 0);
      const std::int64_t target = pairs(e, 1);
      if (source < 0 || target < 0 || source >= n || target >= n) {
        throw InvalidData(fmt::format("edge {} goes from node {} to node {} of {}", e, source, target, n));
      }
      edges[e] = {node_id(static_cast<std::size_t>(source)), node_id(static_cast<std::size_t>(target))};
    }
    graph = from_built(build_graph(context, std::move(edges), copy_of(weights), nodes.index, building));
  });
  return graph;
}

/// The arrays of a matrix of SciPy's; its columns increase in every row.
DataGraph from_matrix(const Nodes& nodes, const Vector<std::int64_t>& offsets, const Vector<std::int32_t>& targets,
                      const Weights& weights, const nb::dict& keywords, const nb::object& progress) {
  MatrixGraphOptions options;
  const RunOptions run = run_keywords("as_graph", keywords, options);
  Csr matrix{nodes.index->size(), shared_array<EdgeOffset>(offsets), shared_array<NodeId>(targets),
             weights ? shared_array<float>(*weights) : Array<float>{}};
  DataGraph graph;
  call(run, progress, [&](RunContext& context) {
    graph = from_built(matrix_as_graph(context, std::move(matrix), nodes.index, options));
  });
  return graph;
}

/// offsets, targets and weights (None without any), which live as long as any of the arrays.
nb::tuple arrays_of(const nb::object& self) {
  const CsrView a = nb::cast<const DataGraph&>(self).view().out();
  const auto view_of = [&]<class Value, class Stored>(std::span<const Stored> values, Value) {
    return nb::ndarray<nb::numpy, const Value, nb::ndim<1>>(reinterpret_cast<const Value*>(values.data()),
                                                            {values.size()}, self);
  };
  return nb::make_tuple(view_of(a.offsets, std::int64_t{}), view_of(a.targets, std::int32_t{}),
                        a.weighted() ? nb::cast(view_of(a.weights, float{})) : nb::none());
}

std::size_t feature_count(const DataGraph& graph) {
  const Dataset& data = graph.data;
  return data.sparse_features ? data.sparse_features->column_count : data.features.columns();
}

nb::dict remarks_of(const DataGraph& graph) {
  nb::dict remarks;
  for (const Remark& remark : graph.remarks) remarks[nb::str(remark.what.c_str())] = remark.count;
  return remarks;
}

}  // namespace

void bind_graph(nb::module_& module) {
  nb::class_<DataGraph>(module, "Graph")
      .def_prop_ro("node_count", [](const DataGraph& graph) { return graph.view().node_count(); })
      .def_prop_ro("edge_count", [](const DataGraph& graph) { return graph.view().edge_count(); })
      .def_prop_ro("directed", [](const DataGraph& graph) { return graph.view().directed(); })
      .def_prop_ro("weighted", [](const DataGraph& graph) { return graph.view().weighted(); })
      .def_prop_ro("nbytes", [](const DataGraph& graph) { return graph.view().bytes(); })
      .def_prop_ro("nodes", [](const DataGraph& graph) { return Nodes{graph.data.nodes}; })
      .def_ro("read_as", &DataGraph::read_as)
      .def_prop_ro("remarks", remarks_of)
      .def_prop_ro("arrays", arrays_of)
      .def_prop_ro("feature_count", feature_count)
      .def("write", write_file, nb::arg("path"), nb::arg("keywords"), nb::arg("progress").none());
  module.def("read_graph", read_file, nb::arg("path"), nb::arg("keywords"), nb::arg("progress").none());
  module.def("graph_from_numbers", from_numbers, nb::arg("pairs"), nb::arg("weights").none(), nb::arg("keywords"),
             nb::arg("progress").none());
  module.def("graph_from_rows", from_rows, nb::arg("nodes"), nb::arg("pairs"), nb::arg("weights").none(),
             nb::arg("keywords"), nb::arg("progress").none());
  module.def("graph_from_matrix", from_matrix, nb::arg("nodes"), nb::arg("offsets"), nb::arg("targets"),
             nb::arg("weights").none(), nb::arg("keywords"), nb::arg("progress").none());
}

}  // namespace adjoin::python
