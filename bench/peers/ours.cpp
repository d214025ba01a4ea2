// adjoin, measured like a peer; and the maker of the graph that all of them read.
//
//   bench_fastrp --scale 18 --export FOLDER     writes an R-MAT graph (Graph500 parameters, edge factor 16, seed 1)
//   bench_fastrp --graph FOLDER --task TASK     spmm, fastrp, copy or memory
// copy:   512 MiB with both threads, the bandwidth that the product is held against; "bytes" are read and written.
// memory: one fastrp and nothing else in the process; the peak that was foretold and the one measured.
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#include "driver.hpp"

namespace {

using namespace adjoin;
using peers::Measure;

RunSettings run_settings(const peers::Settings& settings) {
  RunSettings result;
  result.threads = settings.threads;
  result.seed = 1;
  return result;
}

void export_graph(RunContext& context, int scale, const std::string& folder) {
  RmatOptions options;
  options.scale = scale;
  const BuiltGraph built = generate_rmat(context, options);
  const CsrView a = built.graph.view().out();
  std::filesystem::create_directories(folder);
  Array<std::int64_t> offsets(a.offsets.size());
  Array<std::int32_t> targets(a.targets.size());
  for (std::size_t i = 0; i < a.offsets.size(); ++i) offsets[i] = static_cast<std::int64_t>(index(a.offsets[i]));
  for (std::size_t i = 0; i < a.targets.size(); ++i) targets[i] = static_cast<std::int32_t>(index(a.targets[i]));
  peers::write_graph(folder, offsets.span(), targets.span());
  std::cerr << a.row_count() << " nodes, " << a.nonzero_count() << " non-zeros\n";
}

Graph graph_of(RunContext& context, const peers::GraphArrays& arrays) {
  Csr csr;
  csr.column_count = arrays.row_count;
  csr.offsets = Array<EdgeOffset>(arrays.row_count + 1);
  csr.targets = Array<NodeId>(arrays.entry_count);
  for (std::size_t i = 0; i <= arrays.row_count; ++i) {
    csr.offsets[i] = edge_offset(static_cast<std::size_t>(arrays.offsets[i]));
  }
  for (std::size_t e = 0; e < arrays.entry_count; ++e) {
    csr.targets[e] = node_id(static_cast<std::size_t>(arrays.targets[e]));
  }
  return Graph(context, std::move(csr), NodeIndex::range(arrays.row_count), false);
}

FastRPOptions fastrp_options(const peers::Settings& settings) {
  FastRPOptions options;
  options.dialect = FastRPDialect::gtmac;
  options.dim = static_cast<int>(settings.dim);
  options.weights = settings.weights;
  options.beta = settings.beta;
  return options;
}

class Product {
 public:
  Product(RunContext& context, GraphView graph, std::size_t dim) : context_(context), graph_(graph), dim_(dim) {}

  Measure run() {
    if (x_.rows() == 0) {
      x_ = Matrix(graph_.node_count(), dim_);
      y_ = Matrix(graph_.node_count(), dim_, 0.0F);
      peers::fill_input(x_.view().data(), x_.rows(), dim_);
    }
    const peers::Stopwatch watch;
    spmm(context_, graph_.out(), {}, x_.view(), y_.view());
    const double seconds = watch.seconds();
    const double gathered = 4.0 * static_cast<double>(graph_.out().nonzero_count() * dim_);
    return {seconds, peers::product_checksum(y_.view().data(), y_.rows(), dim_),
            ", \"gathered_bytes\": " + std::to_string(gathered)};
  }

 private:
  RunContext& context_;
  GraphView graph_;
  std::size_t dim_;
  Matrix x_;
  Matrix y_;
};

class Copy {
 public:
  explicit Copy(RunContext& context) : context_(context) {}

  Measure run() {
    if (from_.empty()) {
      from_ = Array<float>(value_count, 1.0F);
      to_ = Array<float>(value_count, 0.0F);
    }
    const peers::Stopwatch watch;
    context_.threads().for_chunks(value_count, std::size_t{1} << 18, [&](Chunk chunk) {
      std::memcpy(to_.data() + chunk.begin, from_.data() + chunk.begin, chunk.size() * sizeof(float));
    });
    return {watch.seconds(), 0, ", \"bytes\": " + std::to_string(2 * from_.bytes())};
  }

 private:
  static constexpr std::size_t value_count = std::size_t{1} << 27;
  RunContext& context_;
  Array<float> from_;
  Array<float> to_;
};

std::string memory_members(const RunRecord& record, std::uint64_t before) {
  const auto part = [](std::uint64_t bytes) { return std::to_string(bytes); };
  return ", \"before_bytes\": " + part(before) + ", \"estimated_peak_bytes\": " + part(record.estimated_peak_bytes) +
         ", \"peak_bytes\": " + part(record.peak_bytes);
}

int run(const peers::Settings& settings) {
  RunContext context(run_settings(settings));
  if (const auto folder = settings.extra.find("--export"); folder != settings.extra.end()) {
    const auto scale = settings.extra.find("--scale");
    export_graph(context, scale == settings.extra.end() ? 12 : std::stoi(scale->second), folder->second);
    return 0;
  }
  std::optional<peers::GraphArrays> arrays = peers::read_graph(settings.folder);
  const Graph graph = graph_of(context, *arrays);
  const FastRPOptions options = fastrp_options(settings);

  // Not among the tasks that repeat: a peak can be measured once a process, with nothing else in it.
  if (!settings.serve && settings.task == "memory") {
    arrays.reset();
    const std::uint64_t before = resident_bytes();
    peers::Settings once = settings;
    once.repeats = 1;
    std::optional<Measure> only;
    return peers::drive(once, "adjoin", std::string(version()),
                        {{"memory", [&] {
                            if (only) return *only;
                            const peers::Stopwatch watch;
                            const FastRPResult result = fastrp(context, graph, options);
                            only = Measure{watch.seconds(), 0, memory_members(result.record, before)};
                            return *only;
                          }}});
  }

  Product product(context, graph, settings.dim);
  Copy copy(context);
  return peers::drive(settings, "adjoin", std::string(version()),
                      {{"spmm", [&] { return product.run(); }},
                       {"copy", [&] { return copy.run(); }},
                       {"fastrp", [&] {
                          const peers::Stopwatch watch;
                          const FastRPResult result = fastrp(context, graph, options);
                          const double seconds = watch.seconds();
                          const auto z = result.embedding.view();
                          return Measure{seconds, peers::neighbor_cosine(*arrays, z.data(), z.columns()), ""};
                        }}});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(peers::parse_arguments(argc, argv, {"--scale", "--export"}));
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << '\n';
    return 1;
  }
}
