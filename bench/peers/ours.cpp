// adjoin, measured like a peer; and the maker of the graph that all of them read.
//
//   bench_fastrp --scale 18 --export FOLDER     writes an R-MAT graph (Graph500 parameters, edge factor 16, seed 1)
//   bench_fastrp --nodes N --edges M --export FOLDER [--directed 1]
//                                               writes a uniform graph, G(N, M), seed 1; directed: each edge one way
//   bench_fastrp --graph FOLDER --task TASK     spmm, embed, copy or memory
// embed:  FastRP in the dialect gtmac, or --dialect, with --sparsity and --self-influence as `adjoin embed` has them.
// copy:   512 MiB with both threads, the bandwidth that the product is held against; "bytes" are read and written.
// memory: one embed and nothing else in the process; the peak that was foretold and the one measured.
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#include "driver.hpp"
#include "ours_graph.hpp"

namespace {

using namespace adjoin;
using peers::graph_of;
using peers::Measure;

RunSettings run_settings(const peers::Settings& settings) {
  RunSettings result;
  result.threads = settings.threads;
  result.seed = 1;
  return result;
}

std::optional<std::string> given(const peers::Settings& settings, const std::string& option) {
  const auto found = settings.extra.find(option);
  return found == settings.extra.end() ? std::nullopt : std::optional(found->second);
}

bool is_directed(const peers::Settings& settings) {
  return given(settings, "--directed").value_or("0") != "0";
}

Graph drawn_graph(RunContext& context, const peers::Settings& settings) {
  if (const auto nodes = given(settings, "--nodes")) {
    ErdosRenyiOptions options;
    options.nodes = std::stoull(*nodes);
    options.edges = std::stoull(given(settings, "--edges").value_or("0"));
    return generate_erdos_renyi(context, options).graph;
  }
  RmatOptions options;
  options.scale = std::stoi(given(settings, "--scale").value_or("12"));
  return generate_rmat(context, options).graph;
}

/// Of an edge's two directions exactly one: up where the sum of its ends is odd, else down.
bool runs(std::size_t source, std::size_t target) {
  return ((source + target) % 2 == 1) == (source < target);
}

void export_graph(RunContext& context, const peers::Settings& settings, const std::string& folder) {
  const Graph graph = drawn_graph(context, settings);
  const CsrView a = graph.view().out();
  const bool directed = is_directed(settings);
  std::filesystem::create_directories(folder);
  Array<std::int64_t> offsets(a.offsets.size());
  Array<std::int32_t> targets(a.targets.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    offsets[i] = static_cast<std::int64_t>(kept);
    for (std::size_t e = index(a.offsets[i]); e < index(a.offsets[i + 1]); ++e) {
      const std::size_t j = index(a.targets[e]);
      if (!directed || runs(i, j)) targets[kept++] = static_cast<std::int32_t>(j);
    }
  }
  offsets[a.row_count()] = static_cast<std::int64_t>(kept);
  peers::write_graph(folder, offsets.span(), targets.span().first(kept));
  std::cerr << a.row_count() << " nodes, " << kept << " non-zeros\n";
}

FastRPDialect dialect(const std::string& name) {
  for (const auto& [value, word] : EnumNames<FastRPDialect>::names) {
    if (word == name) return value;
  }
  throw InvalidOption("there is no dialect '" + name + "'");
}

FastRPOptions fastrp_options(const peers::Settings& settings) {
  FastRPOptions options;
  options.dialect = dialect(given(settings, "--dialect").value_or("gtmac"));
  options.sparsity = std::stof(given(settings, "--sparsity").value_or("0"));
  options.self_influence = std::stof(given(settings, "--self-influence").value_or("0"));
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
         ", \"measured_peak_bytes\": " + part(record.peak_bytes);
}

int run(const peers::Settings& settings) {
  RunContext context(run_settings(settings));
  if (const auto folder = given(settings, "--export")) {
    export_graph(context, settings, *folder);
    return 0;
  }
  std::optional<peers::GraphArrays> arrays = peers::read_graph(settings.folder);
  const Graph graph = graph_of(context, *arrays, is_directed(settings));
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
                       {"embed", [&] {
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
    return run(peers::parse_arguments(
        argc, argv,
        {"--scale", "--nodes", "--edges", "--export", "--directed", "--dialect", "--sparsity", "--self-influence"}));
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << '\n';
    return 1;
  }
}
