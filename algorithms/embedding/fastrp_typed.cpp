#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_run.hpp>
#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/algorithms/embedding/fastrp_typed.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/device_room.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin {
namespace {

using detail::FastRPSteps;

constexpr int most_columns = 65'536;

FastRPRegion parse_region(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    throw InvalidOption(
        fmt::format("regions: {} {}; write TYPE=COLUMNS or TYPE=COLUMNS:WEIGHT", quote_for_message(text), why));
  };
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) refuse("names no type and columns");
  FastRPRegion region{std::string(text.substr(0, equals))};
  std::string_view numbers = text.substr(equals + 1);
  if (const std::size_t colon = numbers.find(':'); colon != std::string_view::npos) {
    const auto weight = parse_number(numbers.substr(colon + 1));
    region.weight = weight ? static_cast<float>(*weight) : 0.0F;
    if (region.weight == 0 || !std::isfinite(region.weight)) refuse("has a weight that is not a number other than 0");
    numbers = numbers.substr(0, colon);
  }
  const auto columns = parse_unsigned(numbers);
  if (!columns || *columns < 1 || *columns > std::uint64_t{most_columns}) {
    refuse(fmt::format("has columns that are not a number from 1 to {}", format_count(most_columns)));
  }
  region.columns = static_cast<int>(*columns);
  return region;
}

int total_columns(std::span<const FastRPRegion> regions) {
  std::int64_t total = 0;
  for (const FastRPRegion& region : regions) total += region.columns;
  if (total > most_columns) {
    throw InvalidOption(fmt::format("regions have {} columns, of {} at most",
                                    format_count(static_cast<std::uint64_t>(total)), format_count(most_columns)));
  }
  return static_cast<int>(total);
}

const EdgeType* find_type(std::span<const EdgeType> types, std::string_view name) {
  const auto found = std::ranges::find(types, name, &EdgeType::name);
  return found == types.end() ? nullptr : &*found;
}

/// What draws the random matrix of a type's columns: the same whatever other types there are. A control character keeps
/// it apart from the names of nodes.
std::uint64_t projection_of(const std::string& type) {
  return hash_name(
      "\x01"
      "edge type " +
      type);
}

/// The options of a run that makes `columns` columns.
FastRPOptions with_columns(FastRPOptions options, int columns) {
  options.dim = columns;
  return options;
}

void check_regions(std::span<const EdgeType> types, std::span<const FastRPRegion> regions) {
  if (regions.empty()) throw InvalidOption("there are no regions; name a type of edges and its columns");
  std::set<std::string_view> seen;
  for (const FastRPRegion& region : regions) {
    if (region.columns < 1) throw InvalidOption(fmt::format("the region of type {} has no columns", region.type));
    if (!std::isfinite(region.weight) || region.weight == 0) {
      throw InvalidOption(fmt::format("the region of type {} has weight {}", region.type, region.weight));
    }
    if (!seen.insert(region.type).second) {
      throw InvalidOption(fmt::format("the type {} has two regions", quote_for_message(region.type)));
    }
    if (find_type(types, region.type) != nullptr) continue;
    std::vector<std::string> names;
    for (const EdgeType& type : types) names.push_back(type.name);
    const auto near = nearest_word(region.type, names);
    throw InvalidOption(fmt::format("there are no edges of type {}{}", quote_for_message(region.type),
                                    near ? "; did you mean " + quote_for_message(*near) + "?" : ""));
  }
}

void check_options(const FastRPOptions& options, const FastRPSteps& steps) {
  detail::check_fastrp(options, steps);
  const auto refuse = [](std::string_view what) {
    throw InvalidOption(fmt::format("{} cannot be combined with types of edges", what));
  };
  if (options.concatenate) refuse("concatenate");
  if (options.property_ratio > 0) refuse("property-ratio");
  if (!steps.gathers_start_first) return;
  if (steps.start_weight != 0) refuse("self-influence in the dialect tigergraph");
  if (steps.isolated_own) refuse("isolated = own in the dialect tigergraph");
}

/// Every region a run of its own.
Matrix run_apart(RunContext& context, std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                 const FastRPOptions& options, const FastRPSteps& steps, std::vector<Remark>& remarks) {
  const char* const isolated = steps.adds_start() ? "their own vectors" : "zero";
  Matrix embedding(types.front().graph.view().node_count(), static_cast<std::size_t>(options.dim), 0.0F);
  std::size_t first = 0;
  for (const FastRPRegion& region : regions) {
    const auto width = static_cast<std::size_t>(region.columns);
    const FastRPResult part = fastrp(context, find_type(types, region.type)->graph,
                                     with_columns(options, region.columns), {.projection = projection_of(region.type)});
    add_rows(context, region.weight, part.embedding.view(), false, embedding.view().column_block(first, width));
    for (const Remark& remark : part.record.remarks) {
      remarks.push_back(
          {fmt::format("nodes without edges of type {}, whose columns are {}", region.type, isolated), remark.count});
    }
    first += width;
  }
  return embedding;
}

/// The neighbours along edges of each region's type, and along all of them.
struct TypedNeighbors {
  std::vector<Neighbors> of_region;
  Csr sum;  // without rows where there is only one region
  bool weighted = false;

  CsrView all() const { return of_region.size() == 1 ? of_region.front().rows : sum.view(); }
};

TypedNeighbors typed_neighbors(RunContext& context, std::span<const EdgeType> types,
                               std::span<const FastRPRegion> regions, NeighborDirection direction) {
  TypedNeighbors neighbors;
  for (const FastRPRegion& region : regions) {
    const GraphView graph = find_type(types, region.type)->graph.view();
    neighbors.weighted = neighbors.weighted || graph.weighted();
    neighbors.of_region.push_back(gathered_neighbors(context, graph, direction, false));
    if (neighbors.of_region.size() < 2) continue;
    const CsrView before = neighbors.of_region.size() == 2 ? neighbors.of_region.front().rows : neighbors.sum.view();
    neighbors.sum = sum(context, before, neighbors.of_region.back().rows);
  }
  return neighbors;
}

/// The dialect in which types choose where a path begins: their columns are gathered apart, once, and then propagated
/// together.
Matrix run_together(RunContext& context, std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                    const FastRPOptions& options, FastRPSteps steps, std::vector<Remark>& remarks) {
  context.begin_stage("degrees", "rows", types.front().graph.view().node_count());
  const NodeIndex& nodes = types.front().graph.view().nodes();
  const TypedNeighbors neighbors = typed_neighbors(context, types, regions, options.direction);
  const CsrView all = neighbors.all();
  // A pair of nodes with edges of two types has two edges: without weights of their own, sums count them.
  steps.counts_neighbors = neighbors.weighted;
  const detail::NodeScales scales = detail::node_scales(context, all, nodes, options, steps);
  steps.gathers_start_first = false;
  RunRecord isolated;
  detail::remark_isolated(scales.without_neighbors_count, steps, isolated);
  remarks = std::move(isolated.remarks);
  std::vector<CsrView> matrices{all};
  for (const Neighbors& of_region : neighbors.of_region) matrices.push_back(of_region.rows);
  const DeviceRoom room(matrices, 4, {});
  const auto run_on = [&](auto device) {
    using Target = decltype(device);
    using Buffer = typename Target::DenseMatrix;
    const double sparsity = detail::projection_sparsity(options, all.row_count(), scales.degree_sum);
    const auto magnitude = static_cast<float>(detail::projection_magnitude(options, sparsity));
    Buffer start = device.matrix(all.row_count(), static_cast<std::size_t>(options.dim));
    device.fill(start, 0);
    std::size_t first = 0;
    for (std::size_t r = 0; r < regions.size(); ++r) {
      const auto width = static_cast<std::size_t>(regions[r].columns);
      const std::uint64_t projection = projection_of(regions[r].type);
      auto a = device.upload(neighbors.of_region[r].rows);
      const auto signs = device.random_signs([&](std::size_t v) { return nodes.name_hash(node_id(v)) ^ projection; },
                                             sparsity, magnitude, scales.start.span(), width);
      Buffer part = device.matrix(all.row_count(), width);
      device.spmm(a, {}, signs, part);
      device.add_rows(regions[r].weight, part, false, start, first);
      first += width;
    }
    const Matrix begin = device.download(std::move(start));
    const FastRPInputs inputs{.start = begin.view()};
    return detail::FastRPRun<Target, Buffer>(context, device, all, nodes, scales, options, steps, inputs)
        .run_and_download();
  };
  return on_device(context, run_on, [&](std::uint64_t free) {
    return room.columns_that_fit(static_cast<std::size_t>(options.dim), free) > 0;
  });
}

}  // namespace

std::vector<FastRPRegion> parse_regions(std::string_view text) {
  std::vector<FastRPRegion> regions;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    regions.push_back(parse_region(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  total_columns(regions);
  return regions;
}

std::string format_regions(std::span<const FastRPRegion> regions) {
  std::string text;
  for (const FastRPRegion& region : regions) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", region.type, region.columns);
    if (region.weight != 1) text += ':' + format_number(region.weight);
  }
  return text;
}

std::vector<FastRPRegion> equal_regions(std::span<const EdgeType> types, int dim) {
  const auto count = static_cast<int>(types.size());
  if (count > dim) {
    throw InvalidOption(fmt::format("there are {} types of edges for {}; raise dim, or name regions for some", count,
                                    counted(static_cast<std::uint64_t>(dim), "column", "columns")));
  }
  std::vector<FastRPRegion> regions;
  for (int i = 0; i < count; ++i) {
    regions.push_back({types[static_cast<std::size_t>(i)].name, dim / count + (i < dim % count ? 1 : 0)});
  }
  return regions;
}

FastRPResult fastrp_typed(RunContext& context, std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                          const FastRPOptions& options) {
  check_regions(types, regions);
  const FastRPOptions whole = with_columns(options, total_columns(regions));
  const FastRPSteps steps = detail::fastrp_steps(whole);
  check_options(whole, steps);
  context.require_memory(resident_bytes() + estimate_fastrp_typed_memory(types, regions, options),
                         "lower the columns of the regions, or raise --memory");
  std::vector<Remark> remarks;
  Matrix embedding = steps.gathers_start_first ? run_together(context, types, regions, whole, steps, remarks)
                                               : run_apart(context, types, regions, whole, steps, remarks);
  std::uint64_t unused = 0;
  for (const EdgeType& type : types) {
    if (std::ranges::find(regions, type.name, &FastRPRegion::type) == regions.end()) {
      unused += type.graph.view().edge_count();
    }
  }
  if (unused > 0) remarks.push_back({"edges of types without a region, which are not used", unused});
  std::vector<OptionValue> values = option_values(whole);
  values.push_back({"regions", OptionKind::text, format_regions(regions)});
  RunRecord record = context.record("fastrp", std::move(values));
  record.remarks.insert(record.remarks.end(), remarks.begin(), remarks.end());
  return {std::move(embedding), std::move(record)};
}

std::uint64_t estimate_fastrp_typed_memory(std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                                           const FastRPOptions& options) {
  const std::uint64_t n = types.empty() ? 0 : types.front().graph.view().node_count();
  const FastRPOptions whole = with_columns(options, total_columns(regions));
  const std::uint64_t embedding = n * static_cast<std::uint64_t>(whole.dim) * sizeof(float);
  const bool together = detail::fastrp_steps(whole).gathers_start_first;
  std::uint64_t widest = 0;
  std::uint64_t edges = 0;
  for (const FastRPRegion& region : regions) {
    const EdgeType* const type = find_type(types, region.type);
    if (type == nullptr) continue;
    const std::uint64_t run = together ? n * static_cast<std::uint64_t>(region.columns) * sizeof(float) +
                                             SignMatrix::bytes(n, static_cast<std::size_t>(region.columns))
                                       : estimate_fastrp_memory(type->graph, with_columns(options, region.columns));
    widest = std::max(widest, run);
    edges += type->graph.view().out().nonzero_count();
  }
  if (!together) return embedding + widest;
  // The sum of the types, one partial sum, the start vectors twice, and three buffers of a run.
  const std::uint64_t sums = 2 * (n * sizeof(EdgeOffset) + edges * (sizeof(NodeId) + sizeof(float)));
  return sums + embedding + std::max(widest + embedding, 4 * embedding) + detail::NodeScales::bytes(n);
}

}  // namespace adjoin
