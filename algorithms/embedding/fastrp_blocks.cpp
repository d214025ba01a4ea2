#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_block_run.hpp>
#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin {
namespace {

using detail::FastRPSteps;

void check_blocks(const FastRPOptions& options, const FastRPSteps& steps, std::size_t block) {
  detail::check_fastrp(options, steps);
  if (block == 0 || block % SignMatrix::signs_per_word != 0) {
    throw InvalidOption(fmt::format("block = {} is not a multiple of {}", block, SignMatrix::signs_per_word));
  }
  const auto refuse = [](std::string_view what) {
    throw InvalidOption(fmt::format("{} cannot be computed in blocks; leave --block out", what));
  };
  if (!steps.fused()) refuse("the dialect tigergraph, whose hops need the lengths of those before them,");
  if (options.concatenate) refuse("concatenated hops");
  if (options.property_ratio > 0) refuse("vectors that start from features");
  if (options.precision == FastRPPrecision::bf16) refuse("hops in bf16");
}

}  // namespace

RunRecord fastrp_in_blocks(RunContext& context, GraphView graph, const FastRPOptions& options, std::size_t block,
                           const ColumnSink& sink) {
  const FastRPSteps steps = detail::fastrp_steps(options);
  check_blocks(options, steps, block);
  context.require_memory(resident_bytes() + estimate_fastrp_blocks_memory(graph, options, block),
                         "lower --block, or raise --memory");
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, false);
  const detail::NodeScales scales = detail::node_scales(context, neighbors.rows, graph.nodes(), options, steps);
  on_device(context, [&](auto device) {
    detail::FastRPBlockRun(context, device, neighbors.rows, graph.nodes(), scales, options, steps, block).run(sink);
  });
  RunRecord record = context.record("fastrp", option_values(options));
  detail::remark_isolated(scales.without_neighbors_count, steps, record);
  return record;
}

std::uint64_t estimate_fastrp_blocks_memory(GraphView graph, const FastRPOptions& options, std::size_t block) {
  const FastRPSteps steps = detail::fastrp_steps(options);
  const std::uint64_t n = graph.node_count();
  const std::size_t width = std::min(block, static_cast<std::size_t>(options.dim));
  const std::uint64_t buffers = steps.needs_third_buffer() ? 3 : 2;
  const std::uint64_t lengths =
      steps.adds_units() ? steps.hops_with_weight() + 2 : 1;  // one while they are added up or used
  return buffers * n * width * sizeof(float) + lengths * n * sizeof(float) + SignMatrix::bytes(n, width) +
         detail::NodeScales::bytes(n) + estimate_neighbors_memory(graph, options.direction, false);
}

}  // namespace adjoin
