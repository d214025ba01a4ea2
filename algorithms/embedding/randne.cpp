#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/backend.hpp>
#include <adjoin/engine/sparse/device_room.hpp>

namespace adjoin {
namespace {

/// The last order with a weight.
std::size_t highest_order(const RandNEOptions& options) {
  const auto last = std::find_if(options.weights.rbegin(), options.weights.rend(), [](float w) { return w != 0; });
  return static_cast<std::size_t>(options.weights.rend() - last) - 1;
}

std::size_t buffer_count(const RandNEOptions& options) {
  return highest_order(options) > 2 ? 3 : 2;
}

void check(const RandNEOptions& options) {
  validate(options);
  if (std::ranges::all_of(options.weights, [](float weight) { return weight == 0; })) {
    throw InvalidOption("weights are all 0, which leaves nothing to embed; give one of them another value");
  }
}

/// One run on one device.
template <Backend Device>
class RandNERun {
 public:
  RandNERun(RunContext& context, Device device, const CsrView& a, const NodeIndex& nodes,
            std::span<const float> row_scale, const RandNEOptions& options)
      : context_(context),
        device_(device),
        a_(device_.upload(a)),
        nodes_(nodes),
        row_scale_(device_.upload(row_scale)),
        options_(options),
        n_(a.row_count()),
        dim_(static_cast<std::size_t>(options.dim)) {}

  Matrix run() {
    Buffer random = project();
    return device_.download(propagate(std::move(random)));
  }

 private:
  using Buffer = typename Device::DenseMatrix;
  using Vector = typename Device::Vector;
  using Terms = std::vector<DenseTerm<Buffer, Vector>>;

  /// R up to scale_, which goes into the weights.
  Buffer project() {
    context_.begin_stage("project", "rows", n_);
    Buffer random = device_.random_normals([&](std::size_t v) { return nodes_.name_hash(node_id(v)); },
                                           RandomStream::randne, n_, dim_);
    scale_ = 1 / std::sqrt(static_cast<double>(dim_));
    if (options_.projection == RandNEProjection::orthogonal) {
      context_.begin_stage("orthogonalize", "rows", 2 * n_);
      device_.orthonormalize_columns(random);
      scale_ = std::sqrt(static_cast<double>(std::max(n_, dim_)) / static_cast<double>(dim_));
    }
    return random;
  }

  float weight(std::size_t order) const {
    return static_cast<float>(static_cast<double>(options_.weights[order]) * scale_);
  }

  /// Horner's rule: w_0 R + M (w_1 R + M (w_2 R + ...)), one product an order. Nothing reads R after the last product,
  /// which is written over it.
  Buffer propagate(Buffer random) {
    const std::size_t order = highest_order(options_);
    context_.begin_stage("propagate", "rows", std::max<std::size_t>(order, 1) * n_);
    if (order == 0) {
      Buffer result = device_.matrix(n_, dim_);
      device_.fill(result, 0);
      device_.add_rows(weight(0), random, false, result, 0);
      return result;
    }
    const auto own = [&](std::size_t k) { return Terms{{&random, weight(k)}}; };
    if (order == 1) {
      Buffer result = device_.matrix(n_, dim_);
      device_.spmm_combine(a_, row_scale_, random, weight(1), false, own(0), result);
      return result;
    }
    Buffer state = device_.matrix(n_, dim_);
    Buffer next = device_.matrix(order > 2 ? n_ : 0, dim_);
    device_.spmm_combine(a_, row_scale_, random, weight(order), false, own(order - 1), state);
    for (std::size_t k = order - 1; k > 1; --k) {
      device_.spmm_combine(a_, row_scale_, state, 1, false, own(k - 1), next);
      std::swap(state, next);
    }
    device_.spmm_combine(a_, row_scale_, state, 1, false, own(0), random);
    return random;
  }

  RunContext& context_;
  Device device_;
  typename Device::SparseMatrix a_;
  const NodeIndex& nodes_;
  Vector row_scale_;
  const RandNEOptions& options_;
  std::size_t n_;
  std::size_t dim_;
  double scale_ = 1;
};

}  // namespace

RandNEResult randne(RunContext& context, GraphView graph, const RandNEOptions& options) {
  check(options);
  context.require_memory(resident_bytes() + estimate_randne_memory(graph, options, context.threads().count()),
                         "lower --dim, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, false);
  const WeightedDegrees degrees = weighted_degrees(context, neighbors.rows, graph.nodes());
  Array<float> row_scale;  // of the product; empty for ones
  if (options.matrix == NeighborMatrix::transition) row_scale = reciprocals(degrees.values.span());
  const DeviceRoom room({&neighbors.rows, 1}, buffer_count(options), {.tall_products = true});
  const auto run_on = [&](auto device) {
    return RandNERun(context, device, neighbors.rows, graph.nodes(), row_scale.span(), options).run();
  };
  Matrix embedding = on_device(context, run_on, [&](std::uint64_t free) {
    return room.columns_that_fit(static_cast<std::size_t>(options.dim), free) > 0;
  });
  if (const auto row = first_row_not_finite(context, embedding.view())) {
    throw InvalidData(
        fmt::format("the vector of node {} left the range of a 32-bit float; lower --weights or the weights of the "
                    "graph, or multiply by the transition matrix",
                    graph.nodes().name(node_id(*row))));
  }
  RunRecord record = context.record("randne", option_values(options));
  if (degrees.without_neighbors > 0) {
    record.remarks.push_back({options.weights.front() == 0
                                  ? "nodes without neighbours, whose rows are zero"
                                  : "nodes without neighbours, whose rows are their own random vectors",
                              degrees.without_neighbors});
  }
  return {std::move(embedding), std::move(record)};
}

std::uint64_t estimate_randne_memory(GraphView graph, const RandNEOptions& options, int threads) {
  const std::uint64_t n = graph.node_count();
  const auto dim = static_cast<std::uint64_t>(options.dim);
  const std::uint64_t buffer = n * dim * sizeof(float);
  // The products of the orthogonalisation are over before the second buffer is made.
  std::uint64_t beside = (buffer_count(options) - 1) * buffer;
  if (options.projection == RandNEProjection::orthogonal) {
    beside = std::max(beside, estimate_tall_product_memory(n, dim, threads));
  }
  const std::uint64_t scales = n * sizeof(float) * (options.matrix == NeighborMatrix::transition ? 2 : 1);
  return buffer + beside + scales + estimate_neighbors_memory(graph, options.direction, false);
}

}  // namespace adjoin
