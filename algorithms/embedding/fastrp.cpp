#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/backend.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin {
namespace {

constexpr std::size_t nodes_per_chunk = 1 << 14;

bool normalizes_hops(const FastRPOptions& options) {
  return options.dialect != FastRPDialect::paper;
}

/// The hops that are worth computing: those up to the last one with a weight.
std::size_t needed_hops(const FastRPOptions& options) {
  const auto last = std::find_if(options.weights.rbegin(), options.weights.rend(), [](float w) { return w != 0; });
  return static_cast<std::size_t>(options.weights.rend() - last);
}

std::size_t hops_with_weight(const FastRPOptions& options) {
  return options.weights.size() -
         static_cast<std::size_t>(std::count(options.weights.begin(), options.weights.end(), 0.0F));
}

/// Columns of the result, in units of dim.
std::size_t result_blocks(const FastRPOptions& options) {
  if (!options.concatenate) return 1;
  return hops_with_weight(options) + (options.self_influence != 0 ? 1 : 0);
}

/// Whether N_1 is made a second time, for its weight, because nothing holds it any more at the last hop (see
/// propagate).
bool repeats_first_hop(const FastRPOptions& options) {
  return needed_hops(options) > 3 && options.weights.front() != 0;
}

/// Whether a hop has a weight that neither the last pass over the graph nor a second first hop picks up.
bool needs_third_buffer(const FastRPOptions& options) {
  const std::size_t hops = needed_hops(options);
  return hops > 4 && std::any_of(options.weights.begin() + 1, options.weights.begin() + static_cast<int>(hops - 3),
                                 [](float w) { return w != 0; });
}

/// Whether the random vectors are wanted after the first hop.
bool keeps_signs(const FastRPOptions& options) {
  return !options.concatenate && (options.self_influence != 0 || repeats_first_hop(options));
}

std::size_t buffer_count(const FastRPOptions& options) {
  if (options.concatenate) return result_blocks(options) + 2;
  if (needed_hops(options) < 2) return 1;
  return needs_third_buffer(options) ? 3 : 2;
}

void check(const FastRPOptions& options) {
  validate(options);
  if (options.sparsity != 0 && options.sparsity < 1) {
    throw InvalidOption(
        fmt::format("sparsity = {} is between 0 and 1; use 1 or more, or 0 for the dialect's own", options.sparsity));
  }
  if (needed_hops(options) == 0 && options.self_influence == 0) {
    throw InvalidOption(
        "weights and self-influence are all 0, which leaves nothing to embed; give one of them a weight");
  }
}

/// The matrix whose row v lists the nodes that v gathers from; `owned` holds it where the graph does not.
CsrView gathered_matrix(RunContext& context, GraphView graph, FastRPDirection direction, Csr& owned) {
  if (!graph.directed() || direction == FastRPDirection::out) return graph.out();
  const CsrView in = graph.in(context);
  if (direction == FastRPDirection::in) return in;
  owned = sum(context, graph.out(), in);
  return owned.view();
}

/// What the run knows of each node, computed once. All of size n.
struct NodeScales {
  Array<float> start;    // scales the random vector: (degree or degree / 2m)^beta
  Array<float> product;  // scales each product; empty for ones
  Array<std::uint8_t> without_neighbors;
  std::uint64_t without_neighbors_count = 0;
  double degree_sum = 0;  // 2m of an undirected graph
};

NodeScales node_scales(RunContext& context, const CsrView& a, const NodeIndex& nodes, const FastRPOptions& options) {
  const std::size_t n = a.row_count();
  NodeScales scales{Array<float>(n), Array<float>(n), Array<std::uint8_t>(n), 0, 0};
  const std::span<float> degrees = scales.product.span();  // turned into scales in place, below
  row_sums(context, a, degrees);
  struct Totals {
    double degrees = 0;
    std::uint64_t without = 0;
    float max = 0;
  };
  const Totals totals = context.threads().reduce_ordered(
      n, nodes_per_chunk, Totals{},
      [&](Chunk chunk) {
        Totals part;
        for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
          part.degrees += degrees[v];
          part.max = std::max(part.max, degrees[v]);
          scales.without_neighbors[v] = degrees[v] > 0 ? 0 : 1;
          part.without += scales.without_neighbors[v];
        }
        return part;
      },
      [](Totals a_part, const Totals& b_part) {
        return Totals{a_part.degrees + b_part.degrees, a_part.without + b_part.without,
                      std::max(a_part.max, b_part.max)};
      });
  if (!std::isfinite(totals.max)) {
    const auto node = std::find_if_not(degrees.begin(), degrees.end(), [](float d) { return std::isfinite(d); });
    throw InvalidData(
        fmt::format("the weights of node {} add up to more than a 32-bit float can hold; scale the weights down",
                    nodes.name(node_id(static_cast<std::size_t>(node - degrees.begin())))));
  }
  scales.degree_sum = totals.degrees;
  scales.without_neighbors_count = totals.without;

  // A node without neighbours counts as one of degree 1, so that no power of 0 is taken.
  const double unit = options.dialect == FastRPDialect::paper ? std::max(totals.degrees, 1.0) : 1.0;
  // Sums over neighbours grow by the degree at every hop. Where each hop's rows are brought to length one anyway, a
  // common factor, a power of two, keeps them inside the range of a float without changing a bit of the result.
  int exponent = 0;
  if (normalizes_hops(options)) std::frexp(totals.max, &exponent);
  const float common = std::ldexp(1.0F, -exponent);
  context.threads().for_chunks(n, nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      const double degree = degrees[v] > 0 ? degrees[v] : 1;
      scales.start[v] = static_cast<float>(std::pow(degree / unit, static_cast<double>(options.beta)));
      if (options.matrix == FastRPMatrix::transition) {
        scales.product[v] = degrees[v] > 0 ? 1.0F / degrees[v] : 0.0F;
      } else {
        scales.product[v] = common;
      }
    }
  });
  return scales;
}

double projection_sparsity(const FastRPOptions& options, std::size_t node_count, double degree_sum) {
  if (options.sparsity != 0) return options.sparsity;
  switch (options.dialect) {
    case FastRPDialect::adjoin:
      return 3;
    case FastRPDialect::paper:
      return std::max(1.0, std::sqrt(degree_sum / 2));
    case FastRPDialect::gtmac:
      return std::max(1.0, std::sqrt(static_cast<double>(node_count)));
  }
  return 3;
}

/// One run on one device.
template <Backend Device>
class FastRPRun {
 public:
  FastRPRun(RunContext& context, Device device, const CsrView& a, const NodeIndex& nodes, const NodeScales& scales,
            const FastRPOptions& options)
      : context_(context),
        device_(device),
        a_(device_.upload(a)),
        nodes_(nodes),
        scales_(scales),
        options_(options),
        n_(a.row_count()),
        dim_(static_cast<std::size_t>(options.dim)),
        normalize_(normalizes_hops(options)),
        sparsity_(projection_sparsity(options, n_, scales.degree_sum)) {}

  Matrix run() { return options_.concatenate ? run_concatenated() : run_sum(); }

 private:
  using Buffer = typename Device::DenseMatrix;
  using Signs = typename Device::SignMatrix;
  using Terms = std::vector<DenseTerm<Buffer>>;

  /// N_0 = L R.
  Signs start() {
    context_.begin_stage("project", "rows", n_);
    // Achlioptas' sqrt(s) keeps lengths in expectation; the authors' library divides by the number of columns as well.
    const double magnitude = options_.dialect == FastRPDialect::paper
                                 ? std::sqrt(sparsity_)
                                 : std::sqrt(sparsity_ / static_cast<double>(dim_));
    return device_.random_signs([&](std::size_t v) { return nodes_.name_hash(node_id(v)); }, sparsity_,
                                static_cast<float>(magnitude), scales_.start.span(), dim_);
  }

  Matrix run_sum() {
    Signs signs = start();
    Buffer result;
    if (needed_hops(options_) > 0) {
      result = propagate(signs);
    } else {
      result = device_.matrix(n_, dim_);
      device_.fill(result, 0);
    }
    if (options_.self_influence != 0) device_.add_rows(options_.self_influence, signs, normalize_, result, 0);
    if (normalize_) standardize(result);
    return device_.download(std::move(result));
  }

  /// The weighted sum over the hops in two buffers. Before the last hop h, `state` holds N_(h-1) and `spare` still
  /// holds N_(h-2); the last pass adds both to the product and writes over `spare`. N_1, if that was before them, is
  /// made once more from the signs, which costs less than a buffer. Only a hop between needs a third one, `early`.
  Buffer propagate(Signs& signs) {
    const std::size_t hops = needed_hops(options_);
    const auto weight = [&](std::size_t hop) { return options_.weights[hop - 1]; };
    context_.begin_stage("propagate", "rows", (hops + (repeats_first_hop(options_) ? 1 : 0)) * n_);
    Buffer state = device_.matrix(n_, dim_);
    if (hops == 1) {
      device_.spmm_combine(a_, scales_.product.span(), signs, weight(1), normalize_, Terms{}, state);
      return state;
    }
    device_.spmm(a_, scales_.product.span(), signs, state);
    if (!keeps_signs(options_)) signs = Signs();
    Buffer spare = device_.matrix(n_, dim_);
    Buffer early = device_.matrix(needs_third_buffer(options_) ? n_ : 0, dim_);
    device_.fill(early, 0);
    for (std::size_t hop = 2; hop < hops; ++hop) {
      device_.spmm(a_, scales_.product.span(), state, spare);
      std::swap(state, spare);
      if (weight(hop) != 0 && hop + 2 < hops) device_.add_rows(weight(hop), state, normalize_, early, 0);
    }
    Terms terms;
    if (hops >= 3 && weight(hops - 2) != 0) terms.push_back({&spare, weight(hops - 2), normalize_});
    if (weight(hops - 1) != 0) terms.push_back({&state, weight(hops - 1), normalize_});
    device_.spmm_combine(a_, scales_.product.span(), state, weight(hops), normalize_, terms, spare);
    if (repeats_first_hop(options_)) {
      device_.spmm_combine(a_, scales_.product.span(), signs, weight(1), normalize_, Terms{{&spare, 1, false}}, spare);
    }
    if (needs_third_buffer(options_)) device_.add_rows(1, early, false, spare, 0);
    return spare;
  }

  void standardize(Buffer& result) {
    context_.begin_stage("standardize", "rows", 2 * n_);
    // Zero rows stay zero: they say that nothing is known of a node.
    const auto skip = options_.self_influence == 0 ? scales_.without_neighbors.span() : std::span<const std::uint8_t>{};
    device_.standardize_columns(result, skip);
  }

  /// Every hop with a weight beside the one before it, the node's own vector first.
  Matrix run_concatenated() {
    const std::size_t hops = needed_hops(options_);
    const Signs signs = start();
    Buffer result = device_.matrix(n_, result_blocks(options_) * dim_);
    device_.fill(result, 0);
    std::size_t column = 0;
    const auto append = [&](float weight, const auto& rows) {
      if (weight == 0) return;
      device_.add_rows(weight, rows, normalize_, result, column);
      column += dim_;
    };
    append(options_.self_influence, signs);
    context_.begin_stage("propagate", "rows", hops * n_);
    Buffer state = device_.matrix(n_, dim_);
    Buffer next = device_.matrix(n_, dim_);
    for (std::size_t hop = 1; hop <= hops; ++hop) {
      if (hop == 1) {
        device_.spmm(a_, scales_.product.span(), signs, next);
      } else {
        device_.spmm(a_, scales_.product.span(), state, next);
      }
      std::swap(state, next);
      append(options_.weights[hop - 1], state);
    }
    return device_.download(std::move(result));
  }

  RunContext& context_;
  Device device_;
  typename Device::SparseMatrix a_;
  const NodeIndex& nodes_;
  const NodeScales& scales_;
  const FastRPOptions& options_;
  std::size_t n_;
  std::size_t dim_;
  bool normalize_;
  double sparsity_;
};

}  // namespace

FastRPResult fastrp(RunContext& context, GraphView graph, const FastRPOptions& options) {
  check(options);
  context.require_memory(resident_bytes() + estimate_fastrp_memory(graph, options),
                         "lower --dim or the number of --weights, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  Csr owned;
  const CsrView a = gathered_matrix(context, graph, options.direction, owned);
  const NodeScales scales = node_scales(context, a, graph.nodes(), options);
  Matrix embedding = on_device(
      context, [&](auto device) { return FastRPRun(context, device, a, graph.nodes(), scales, options).run(); });
  RunRecord record = context.record("fastrp", option_values(options));
  if (scales.without_neighbors_count > 0) {
    record.remarks.push_back({options.self_influence == 0
                                  ? "nodes without neighbours, whose rows are zero"
                                  : "nodes without neighbours, whose rows are their own vectors",
                              scales.without_neighbors_count});
  }
  return {std::move(embedding), std::move(record)};
}

std::uint64_t estimate_fastrp_memory(GraphView graph, const FastRPOptions& options) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t buffer = n * static_cast<std::uint64_t>(options.dim) * sizeof(float);
  const std::uint64_t signs = SignMatrix::bytes(n, static_cast<std::size_t>(options.dim));
  // Signs that are not kept are gone before the second buffer is made.
  std::uint64_t bytes = buffer_count(options) * buffer;
  if (options.concatenate || keeps_signs(options) || buffer_count(options) == 1) bytes += signs;
  bytes += n * (2 * sizeof(float) + sizeof(std::uint8_t));  // NodeScales
  if (graph.directed() && options.direction != FastRPDirection::out) {
    const CsrView out = graph.out();
    const std::uint64_t entry = sizeof(NodeId) + (graph.weighted() ? sizeof(float) : 0);
    bytes += (n + 1) * sizeof(EdgeOffset) + out.nonzero_count() * entry;  // the transpose
    if (options.direction == FastRPDirection::both) {
      bytes += (n + 1) * sizeof(EdgeOffset) + 2 * out.nonzero_count() * (sizeof(NodeId) + sizeof(float));
    }
  }
  return bytes;
}

}  // namespace adjoin
