#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/bindings/python/module/arrays.hpp>
#include <adjoin/bindings/python/module/call.hpp>
#include <adjoin/bindings/python/module/embedding_file_options.hpp>
#include <adjoin/bindings/python/module/graph.hpp>
#include <adjoin/bindings/python/module/keywords.hpp>
#include <adjoin/bindings/python/module/nodes.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::python {
namespace {

/// The rows of a sparse matrix of SciPy's: offsets, columns, values.
struct SparseArrays {
  std::size_t columns = 0;
  Vector<std::int64_t> offsets;
  Vector<std::int32_t> targets;
  Vector<float> weights;

  CsrView view() const {
    return {columns,
            {reinterpret_cast<const EdgeOffset*>(offsets.data()), offsets.shape(0)},
            {reinterpret_cast<const NodeId*>(targets.data()), targets.shape(0)},
            span_of(weights)};
  }
};

void require_finite(RunContext& context, MatrixView<const float> x, std::string_view what) {
  if (const auto row = first_row_not_finite(context, x)) {
    throw InvalidData(fmt::format("row {} of the {} has a value that is not finite", *row, what));
  }
}

MatrixView<const float> view_of(const FloatMatrix& x) {
  return {x.data(), x.shape(0), x.shape(1)};
}

/// What a call to fastrp takes beside the graph; what is not given comes from the graph.
class Inputs {
 public:
  /// features: None, or (columns, offsets, targets, weights). start: None, or a matrix.
  Inputs(const DataGraph& graph, const nb::object& features, const nb::object& start) : graph_(&graph) {
    if (!features.is_none()) {
      features_ = SparseArrays{nb::cast<std::size_t>(features[0]), nb::cast<Vector<std::int64_t>>(features[1]),
                               nb::cast<Vector<std::int32_t>>(features[2]), nb::cast<Vector<float>>(features[3])};
    }
    if (!start.is_none()) start_ = nb::cast<FloatMatrix>(start);
  }

  /// To be called on the run's thread, and once. InvalidData for arrays that are not what they should be.
  FastRPInputs get(RunContext& context, bool wants_features) {
    FastRPInputs inputs;
    if (start_) {
      inputs.start = view_of(*start_);
      require_finite(context, inputs.start, "start vectors");
    }
    if (!wants_features) return inputs;
    if (features_) {
      inputs.features = features_->view();
      check_csr(context, inputs.features, inputs.features.row_count(), features_->columns, "matrix of features", true);
    } else if (graph_->data.sparse_features) {
      inputs.features = graph_->data.sparse_features->view();
    } else if (graph_->data.features.rows() > 0) {
      from_dense_ = sparse_of(context, graph_->data.features.view());
      inputs.features = from_dense_.view();
    }
    return inputs;
  }

 private:
  const DataGraph* graph_;
  std::optional<SparseArrays> features_;
  std::optional<FloatMatrix> start_;
  Csr from_dense_;
};

nb::tuple made(ResidentMatrix vectors, const RunRecord& record) {
  return nb::make_tuple(std::move(vectors), to_json(record));
}

nb::tuple embed_by_fastrp(const DataGraph& graph, const nb::object& features, const nb::object& start, bool on_device,
                          const nb::dict& keywords, const nb::object& progress) {
  FastRPOptions options;
  const RunOptions run = run_keywords("fastrp", keywords, options);
  Inputs inputs(graph, features, start);
  FastRPResidentResult result;
  call(run, progress, [&](RunContext& context) {
    const FastRPInputs given = inputs.get(context, options.property_ratio > 0);
    if (on_device) {
      result = fastrp_resident(context, graph.view(), options, given);
    } else {
      FastRPResult here = fastrp(context, graph.view(), options, given);
      result = {ResidentMatrix(std::move(here.embedding)), std::move(here.record)};
    }
  });
  return made(std::move(result.embedding), result.record);
}

template <class Options, class Result>
nb::tuple embed_by(const char* name, Result (*method)(RunContext&, GraphView, const Options&), const DataGraph& graph,
                   const nb::dict& keywords, const nb::object& progress) {
  Options options;
  const RunOptions run = run_keywords(name, keywords, options);
  Result result;
  call(run, progress, [&](RunContext& context) { result = method(context, graph.view(), options); });
  return made(ResidentMatrix(std::move(result.embedding)), result.record);
}

/// estimate: of a run's context and the options.
template <class Options, class Estimate>
std::uint64_t estimate_of(const char* name, const nb::dict& keywords, Estimate&& estimate) {
  Options options;
  const RunOptions run = run_keywords(name, keywords, options);
  RunContext context(run_settings(run));
  return estimate(context, options);
}

std::uint64_t estimate_memory(const std::string& method, const DataGraph& graph, const nb::dict& keywords) {
  const GraphView view = graph.view();
  if (method == "fastrp") {
    return estimate_of<FastRPOptions>("fastrp", keywords, [&](RunContext& context, const FastRPOptions& options) {
      Inputs inputs(graph, nb::none(), nb::none());
      return estimate_fastrp_memory(view, options, inputs.get(context, options.property_ratio > 0));
    });
  }
  if (method == "randne") {
    return estimate_of<RandNEOptions>("randne", keywords, [&](RunContext& context, const RandNEOptions& options) {
      return estimate_randne_memory(view, options, context.threads().count());
    });
  }
  if (method == "prone") {
    return estimate_of<ProNEOptions>("prone", keywords, [&](RunContext& context, const ProNEOptions& options) {
      return estimate_prone_memory(view, options, context.threads().count());
    });
  }
  throw InvalidOption(fmt::format("{} is no embedding; it is fastrp, randne or prone", method));
}

ResidentMatrix vectors_of(const FloatMatrix& vectors) {
  Matrix copy(vectors.shape(0), vectors.shape(1));
  std::copy_n(vectors.data(), vectors.size(), copy.view().data());
  return ResidentMatrix(std::move(copy));
}

nb::object array_of(const ResidentMatrix& vectors) {
  if (const auto* here = std::get_if<MatrixView<float>>(&vectors.view())) return nb::cast(numpy_of(*here, vectors));
  Matrix copy;
  call({}, nb::none(), [&](RunContext& context) { copy = vectors.to_host(context); });
  return nb::cast(numpy_of(std::move(copy)));
}

/// What speaks DLPack, where the vectors are.
nb::object exchange_of(const ResidentMatrix& vectors) {
  auto* const held = new ResidentMatrix(vectors);
  const nb::capsule owner(held, [](void* memory) noexcept { delete static_cast<ResidentMatrix*>(memory); });
  return std::visit(
      [&](const auto& x) {
        const std::size_t shape[] = {x.rows(), x.columns()};
        const std::int64_t strides[] = {static_cast<std::int64_t>(x.stride()), 1};
        const Device device = vectors.device();
        const int type = device.kind == DeviceKind::cuda ? nb::device::cuda::value : nb::device::cpu::value;
        return nb::cast(nb::ndarray<nb::array_api, float>(x.data(), 2, shape, owner, strides, nb::dtype<float>(), type,
                                                          device.ordinal));
      },
      vectors.view());
}

nb::list nearest_rows(const FloatMatrix& vectors, const std::vector<std::uint32_t>& rows, const nb::dict& keywords,
                      const nb::object& progress) {
  NearestOptions options;
  const RunOptions run = run_keywords("nearest", keywords, options);
  NearestResult result;
  call(run, progress, [&](RunContext& context) {
    std::vector<NodeId> queries;
    for (const std::uint32_t row : rows) queries.push_back(node_id(row));
    require_finite(context, view_of(vectors), "vectors");
    result = nearest(context, view_of(vectors), queries, options);
  });
  nb::list lists;
  for (const auto& neighbors : result.neighbors) {
    nb::list list;
    for (const Neighbor& neighbor : neighbors) list.append(nb::make_tuple(index(neighbor.node), neighbor.similarity));
    lists.append(list);
  }
  return lists;
}

void write_vectors(const std::filesystem::path& path, const FloatMatrix& vectors, const Nodes& nodes,
                   const std::string& record, const nb::dict& keywords, const nb::object& progress) {
  EmbeddingFileOptions options;
  const RunOptions run = run_keywords("save", keywords, options);
  call(run, progress, [&](RunContext& context) {
    write_embedding(context, path, options.format, view_of(vectors), *nodes.index, record);
  });
}

nb::tuple read_vectors(const std::filesystem::path& path, const nb::dict& keywords, const nb::object& progress) {
  const RunOptions run = run_keywords("read_embedding", keywords);
  EmbeddingFile file;
  call(run, progress, [&](RunContext& context) { file = read_embedding(context, path); });
  return nb::make_tuple(ResidentMatrix(std::move(file.values)), nodes_in_order(file.names));
}

}  // namespace

void bind_embedding(nb::module_& module) {
  nb::class_<ResidentMatrix>(module, "Vectors")
      .def_prop_ro("shape",
                   [](const ResidentMatrix& vectors) { return nb::make_tuple(vectors.rows(), vectors.columns()); })
      .def_prop_ro("device", [](const ResidentMatrix& vectors) { return to_string(vectors.device()); })
      .def("array", array_of)
      .def("exchange", exchange_of);
  module.def("vectors_of", vectors_of, nb::arg("vectors"));
  module.def("fastrp", embed_by_fastrp, nb::arg("graph"), nb::arg("features").none(), nb::arg("start").none(),
             nb::arg("on_device"), nb::arg("keywords"), nb::arg("progress").none());
  module.def(
      "randne",
      [](const DataGraph& graph, const nb::dict& keywords, const nb::object& progress) {
        return embed_by("randne", randne, graph, keywords, progress);
      },
      nb::arg("graph"), nb::arg("keywords"), nb::arg("progress").none());
  module.def(
      "prone",
      [](const DataGraph& graph, const nb::dict& keywords, const nb::object& progress) {
        return embed_by("prone", prone, graph, keywords, progress);
      },
      nb::arg("graph"), nb::arg("keywords"), nb::arg("progress").none());
  module.def("estimate_memory", estimate_memory, nb::arg("method"), nb::arg("graph"), nb::arg("keywords"));
  module.def("nearest", nearest_rows, nb::arg("vectors"), nb::arg("rows"), nb::arg("keywords"),
             nb::arg("progress").none());
  module.def("write_embedding", write_vectors, nb::arg("path"), nb::arg("vectors"), nb::arg("nodes"), nb::arg("record"),
             nb::arg("keywords"), nb::arg("progress").none());
  module.def("read_embedding", read_vectors, nb::arg("path"), nb::arg("keywords"), nb::arg("progress").none());
}

}  // namespace adjoin::python
