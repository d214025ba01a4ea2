#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/fastrp_block_run.hpp>
#include <adjoin/algorithms/embedding/fastrp_run.hpp>
#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/device_room.hpp>

namespace adjoin {
namespace {

using detail::FastRPSteps;

bool starts_dense(const FastRPOptions& options, const FastRPInputs& inputs) {
  return inputs.start.columns() > 0 || detail::property_columns(options) > 0;
}

/// n x dim buffers at the peak, the start vectors not counted. Hops in bfloat16 take two half ones and the result's.
std::size_t buffer_count(const FastRPOptions& options, const FastRPSteps& steps) {
  if (options.concatenate) {
    const std::size_t result = steps.hops_with_weight() + (steps.start_weight != 0 ? 1 : 0);
    return result + (options.precision == FastRPPrecision::bf16 ? 1 : 2);
  }
  if (steps.needs_third_buffer()) return 3;
  return steps.hops() < 2 ? 1 : 2;
}

/// Whether blocks of columns, fastrp_in_blocks's, can stand in for the run.
bool may_be_cut(const FastRPOptions& options, const FastRPSteps& steps, const FastRPInputs& inputs) {
  return steps.fused() && !options.concatenate && options.precision == FastRPPrecision::float32 &&
         !starts_dense(options, inputs) && inputs.projection == 0;
}

template <class Device>
Matrix in_blocks(RunContext& context, Device device, const CsrView& a, const NodeIndex& nodes,
                 const detail::NodeScales& scales, const FastRPOptions& options, const FastRPSteps& steps,
                 std::size_t block) {
  Matrix embedding(a.row_count(), static_cast<std::size_t>(options.dim));
  const auto put = [&](std::size_t first, MatrixView<const float> columns) {
    constexpr std::size_t rows_per_copy = 1 << 10;
    context.threads().for_chunks(columns.rows(), rows_per_copy, [&](Chunk rows) {
      for (std::size_t v = rows.begin; v < rows.end; ++v) {
        std::ranges::copy(columns.row(v), embedding.row(v).begin() + static_cast<std::ptrdiff_t>(first));
      }
    });
  };
  detail::FastRPBlockRun(context, device, a, nodes, scales, options, steps, block).run(put);
  return embedding;
}

void check_inputs(GraphView graph, const FastRPOptions& options, const FastRPInputs& inputs) {
  const auto check_rows = [&](const char* what, std::size_t rows) {
    if (rows == graph.node_count()) return;
    throw InvalidOption(fmt::format("there are {} rows of {} for {} nodes", rows, what, graph.node_count()));
  };
  const auto dim = static_cast<std::size_t>(options.dim);
  if (inputs.start.columns() > 0) {
    check_rows("start vectors", inputs.start.rows());
    if (inputs.start.columns() != dim) {
      throw InvalidOption(fmt::format("the start vectors have {} columns and dim is {}; they must be the same",
                                      inputs.start.columns(), dim));
    }
    if (options.property_ratio > 0) throw InvalidOption("property-ratio and start vectors exclude one another");
  }
  if (options.property_ratio == 0) return;
  if (detail::property_columns(options) == 0) {
    throw InvalidOption(fmt::format("property-ratio = {} of {} columns is less than one column; raise one of them",
                                    options.property_ratio, dim));
  }
  if (inputs.features.column_count == 0) {
    throw InvalidOption("property-ratio needs features of the nodes, and there are none");
  }
  check_rows("features", inputs.features.row_count());
}

/// Result: FastRPResult, or FastRPResidentResult, whose vectors stay where they are made.
template <class Result>
Result embed(RunContext& context, GraphView graph, const FastRPOptions& options, const FastRPInputs& inputs) {
  constexpr bool stays = std::same_as<Result, FastRPResidentResult>;
  const FastRPSteps steps = detail::fastrp_steps(options);
  detail::check_fastrp(options, steps);
  check_inputs(graph, options, inputs);
  context.require_memory(resident_bytes() + estimate_fastrp_memory(graph, options, inputs),
                         "lower --dim or the number of --weights, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, false);
  const CsrView& a = neighbors.rows;
  const detail::NodeScales scales = detail::node_scales(context, a, graph.nodes(), options, steps);
  const bool in_parts = !stays && may_be_cut(options, steps, inputs);
  const DeviceRoom room({&a, 1}, buffer_count(options, steps) + 1, {.in_blocks = in_parts});
  const auto dim = static_cast<std::size_t>(options.dim);
  using Embedding = decltype(Result::embedding);
  const auto run_on = [&](auto device) {
    using Target = decltype(device);
    const std::size_t columns = room.columns_that_fit(dim, device.free_bytes().value_or(UINT64_MAX));
    if (columns < dim) {
      return Embedding(in_blocks(context, device, a, graph.nodes(), scales, options, steps, columns));
    }
    const auto run = [&]<class State>(std::type_identity<State>) -> Embedding {
      detail::FastRPRun<Target, State> on_target(context, device, a, graph.nodes(), scales, options, steps, inputs);
      if constexpr (stays) {
        return device.keep(on_target.run());
      } else {
        return on_target.run_and_download();
      }
    };
    return options.precision == FastRPPrecision::bf16 ? run(std::type_identity<typename Target::HalfMatrix>{})
                                                      : run(std::type_identity<typename Target::DenseMatrix>{});
  };
  Embedding embedding =
      on_device(context, run_on, [&](std::uint64_t free) { return room.columns_that_fit(dim, free) > 0; });
  RunRecord record = context.record("fastrp", option_values(options));
  detail::remark_isolated(scales.without_neighbors_count, steps, record);
  return {std::move(embedding), std::move(record)};
}

}  // namespace

FastRPResult fastrp(RunContext& context, GraphView graph, const FastRPOptions& options, const FastRPInputs& inputs) {
  return embed<FastRPResult>(context, graph, options, inputs);
}

FastRPResidentResult fastrp_resident(RunContext& context, GraphView graph, const FastRPOptions& options,
                                     const FastRPInputs& inputs) {
  return embed<FastRPResidentResult>(context, graph, options, inputs);
}

std::uint64_t estimate_fastrp_memory(GraphView graph, const FastRPOptions& options, const FastRPInputs& inputs) {
  const FastRPSteps steps = detail::fastrp_steps(options);
  const std::uint64_t n = graph.node_count();
  const auto dim = static_cast<std::size_t>(options.dim);
  const std::uint64_t buffer = n * dim * sizeof(float);
  std::uint64_t buffers = buffer_count(options, steps);
  const bool keeps_start = options.concatenate || steps.keeps_start();
  std::uint64_t bytes = detail::NodeScales::bytes(n);
  if (starts_dense(options, inputs)) {
    // Start vectors that are not kept become the second buffer; while they are made of features there are two.
    if (keeps_start || buffers == 1) ++buffers;
    if (detail::property_columns(options) > 0) {
      bytes += SignMatrix::bytes(inputs.features.column_count, detail::property_columns(options));
    }
  } else if (keeps_start || buffers == 1) {
    // Signs that are not kept are gone before the second buffer is made.
    bytes += SignMatrix::bytes(n, dim);
  }
  return bytes + buffers * buffer + estimate_neighbors_memory(graph, options.direction, false);
}

}  // namespace adjoin
