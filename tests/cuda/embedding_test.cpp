// Embeddings on a GPU against the processor's, the whole algorithms.
#include <algorithm>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_update.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "gpu.hpp"
#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::same_bits;

namespace {

/// Hubs with more than a thousand neighbours, and nodes without any.
Graph skewed_graph(double edge_factor = 16) {
  RunContext context(test::on_cpu());
  RmatOptions options;
  options.scale = test::size_on_gpu(13, 9);
  options.edge_factor = edge_factor;
  return generate_rmat(context, options).graph;
}

double largest_difference(const Matrix& a, const Matrix& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.columns() == b.columns());
  double largest = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) {
      REQUIRE(std::isfinite(a(i, j)));
      largest = std::max(largest, std::abs(static_cast<double>(a(i, j)) - static_cast<double>(b(i, j))));
    }
  }
  return largest;
}

FastRPResult embed(const RunSettings& settings, const Graph& graph, const FastRPOptions& options,
                   const FastRPInputs& inputs = {}) {
  RunContext context(settings);
  return fastrp(context, graph, options, inputs);
}

}  // namespace

TEST_CASE("FastRP on a GPU equals the processor's in every dialect") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  for (const auto& [dialect, name] : EnumNames<FastRPDialect>::names) {
    CAPTURE(name);
    FastRPOptions options;
    options.dim = 100;
    options.weights = {0.5F, 0, 1, 2};
    options.dialect = dialect;
    options.self_influence = dialect == FastRPDialect::gds ? 0.5F : 0;
    const FastRPResult expected = embed(test::on_cpu(), graph, options);
    const FastRPResult found = embed(test::on_gpu(), graph, options);
    double largest = 0;
    for (std::size_t i = 0; i < expected.embedding.rows(); ++i) {
      for (const float value : expected.embedding.row(i)) largest = std::max(largest, std::abs(double{value}));
    }
    CHECK(largest_difference(found.embedding, expected.embedding) < 2e-5 * largest);
    CHECK(same_bits(embed(test::on_gpu(), graph, options).embedding, found.embedding));
    CHECK(found.record.device == "cuda:0");
    CHECK(found.record.device_peak_bytes > 0);
    CHECK(expected.record.device == "cpu");
  }
}

TEST_CASE("options of FastRP mean on a GPU what they mean on the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  const std::size_t n = graph.view().node_count();
  std::vector<FastRPOptions> all(7);
  for (FastRPOptions& options : all) options.dim = 64;
  all[1].concatenate = true;
  all[2].isolated = FastRPIsolated::own;
  all[3].weights = {1};
  all[4].weights = {1, 1, 1, 1, 1, 1};
  all[5].matrix = NeighborMatrix::adjacency;
  all[6].property_ratio = 0.5F;
  const Csr features = test::random_csr(n, 50, 0.1, true, 5);
  for (std::size_t k = 0; k < all.size(); ++k) {
    CAPTURE(k);
    FastRPInputs inputs;
    if (all[k].property_ratio > 0) inputs.features = features.view();
    const Matrix expected = embed(test::on_cpu(), graph, all[k], inputs).embedding;
    CHECK(largest_difference(embed(test::on_gpu(), graph, all[k], inputs).embedding, expected) < 1e-3);
    if (all[k].concatenate || all[k].property_ratio > 0) continue;
    all[k].precision = FastRPPrecision::bf16;
    const Matrix halves = embed(test::on_cpu(), graph, all[k], inputs).embedding;
    CHECK(largest_difference(embed(test::on_gpu(), graph, all[k], inputs).embedding, halves) < 0.1);
  }
}

TEST_CASE("FastRP on a GPU without room for it works in blocks of columns") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  FastRPOptions options;
  options.dim = 512;
  options.weights = {1, 0, 0.5F, 2};
  options.isolated = FastRPIsolated::own;
  const Matrix expected = embed(test::on_cpu(), graph, options).embedding;
  const std::uint64_t whole = embed(test::on_gpu(), graph, options).record.device_peak_bytes;
  for (const std::uint64_t part : {2, 4, 8}) {
    CAPTURE(part);
    RunSettings settings = test::on_gpu();
    settings.device_memory = whole / part;
    const FastRPResult found = embed(settings, graph, options);
    CHECK(largest_difference(found.embedding, expected) < 1e-3);
    CHECK(found.record.device_peak_bytes <= whole / part);
  }
  RunSettings nothing = test::on_gpu();
  nothing.device_memory = 1 << 16;
  CHECK_THROWS_WITH_AS(embed(nothing, graph, options), doctest::Contains("does not fit"), DeviceError);
  nothing.device = {DeviceKind::automatic, 0};
  const FastRPResult on_cpu = embed(nothing, graph, options);
  CHECK(on_cpu.record.device == "cpu");
  CHECK(same_bits(on_cpu.embedding, expected));
}

TEST_CASE("FastRP on a GPU without room for the graph brings it there in panels of rows") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph(128);
  FastRPOptions options;
  options.dim = 32;
  options.weights = {1, 0, 0.5F, 2};
  RunSettings settings = test::on_gpu();
  settings.device_memory = test::size_on_gpu(6UL << 20, 280UL << 10);
  REQUIRE(sizeof(NodeId) * graph.view().out().nonzero_count() > *settings.device_memory / 2);
  const FastRPResult found = embed(settings, graph, options);
  CHECK(largest_difference(found.embedding, embed(test::on_cpu(), graph, options).embedding) < 1e-3);
  CHECK(found.record.device_peak_bytes <= *settings.device_memory);
}

TEST_CASE("whatever a run's share of a GPU is, an embedding keeps within it or is refused before it begins") {
  if (!test::has_gpu()) return;
  RandomSequence random(3, RandomStream::tests, 1);
  int made = 0;
  int refused = 0;
  for (int draw = 0; draw < test::size_on_gpu(200, 50); ++draw) {
    CAPTURE(draw);
    const std::size_t nodes = 1 + random.next_below(600);
    const std::size_t edges = random.next_below((random.next_below(4) == 0 ? 120 : 12) * nodes);
    RunContext cpu(test::on_cpu());
    const BuildOptions built{random.next_below(2) == 0, SelfLoops::keep, Duplicates::max};
    const Graph graph =
        build_graph(cpu, test::to_array(test::random_edges(nodes, edges, nodes)), {}, NodeIndex::range(nodes), built)
            .graph;
    const auto dim = static_cast<int>(1 + random.next_below(150));
    RunSettings settings = test::on_gpu();
    settings.device_memory = (1UL << (13 + random.next_below(9))) + random.next_below(1 << 11);
    const auto method = random.next_below(3);
    const auto embed_on = [&](const RunSettings& with) {
      RunContext context(with);
      switch (method) {
        case 0: {
          FastRPOptions options;
          options.dim = dim;
          options.weights = {1, 0.5F, 2};
          options.isolated = FastRPIsolated::own;
          FastRPResult result = fastrp(context, graph, options);
          return std::pair(std::move(result.embedding), result.record);
        }
        case 1: {
          RandNEOptions options;
          options.dim = dim;
          RandNEResult result = randne(context, graph, options);
          return std::pair(std::move(result.embedding), result.record);
        }
        default: {
          ProNEOptions options;
          options.dim = std::min(dim, 40);
          options.iterations = 1;
          options.order = 2;
          ProNEResult result = prone(context, graph, options);
          return std::pair(std::move(result.embedding), result.record);
        }
      }
    };
    CAPTURE(nodes);
    CAPTURE(edges);
    CAPTURE(dim);
    CAPTURE(method);
    CAPTURE(*settings.device_memory);
    try {
      const auto [found, record] = embed_on(settings);
      CHECK(record.device == "cuda:0");
      CHECK(record.device_peak_bytes <= *settings.device_memory);
      if (method == 0) CHECK(largest_difference(found, embed_on(test::on_cpu()).first) < 1e-3);
      ++made;
    } catch (const DeviceError& error) {
      CHECK(std::string(error.what()).find("does not fit") != std::string::npos);
      ++refused;
    } catch (const DeviceFailure& error) {
      FAIL_CHECK("began and failed: ", error.what());
    }
  }
  CHECK(made > 8);
  CHECK(refused > 8);
}

TEST_CASE("blocks of columns of FastRP come from a GPU as from the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  FastRPOptions options;
  options.dim = 80;
  const auto in_blocks = [&](const RunSettings& settings) {
    RunContext context(settings);
    Matrix embedding(graph.view().node_count(), 80);
    fastrp_in_blocks(context, graph, options, 32, [&](std::size_t first, MatrixView<const float> columns) {
      for (std::size_t v = 0; v < columns.rows(); ++v) {
        std::ranges::copy(columns.row(v), embedding.row(v).begin() + static_cast<std::ptrdiff_t>(first));
      }
    });
    return embedding;
  };
  CHECK(largest_difference(in_blocks(test::on_gpu()), in_blocks(test::on_cpu())) < 1e-3);
}

TEST_CASE("what FastRP does on the processor alone says so where a GPU was asked for") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  FastRPOptions options;
  options.dim = 16;
  RunContext context(test::on_gpu());
  CHECK_THROWS_WITH_AS(fastrp_state(context, graph, options), "FastRP is updated on the cpu only; use --device cpu",
                       DeviceError);
  RunContext automatic;
  CHECK(fastrp_state(automatic, graph, options).rows.rows() == graph.view().node_count());
}

TEST_CASE("RandNE on a GPU equals the processor's") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  RandNEOptions options;
  options.dim = 48;
  const auto run = [&](const RunSettings& settings) {
    RunContext context(settings);
    return randne(context, graph, options).embedding;
  };
  const Matrix expected = run(test::on_cpu());
  const Matrix found = run(test::on_gpu());
  double largest = 0;
  for (std::size_t i = 0; i < expected.rows(); ++i) {
    for (const float value : expected.row(i)) largest = std::max(largest, std::abs(double{value}));
  }
  CHECK(largest_difference(found, expected) < 1e-4 * largest);
  CHECK(same_bits(run(test::on_gpu()), found));
}

TEST_CASE("ProNE on a GPU spans what the processor's spans") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  ProNEOptions options;
  options.dim = 16;
  const auto run = [&](const RunSettings& settings) {
    RunContext context(settings);
    return prone(context, graph, options).embedding;
  };
  const Matrix expected = run(test::on_cpu());
  const Matrix found = run(test::on_gpu());
  CHECK(same_bits(run(test::on_gpu()), found));
  // Columns of singular vectors may change their signs; products of rows do not.
  const auto product = [](const Matrix& x, std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t c = 0; c < x.columns(); ++c) sum += double{x(i, c)} * double{x(j, c)};
    return sum;
  };
  const std::size_t n = expected.rows();
  double largest = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    for (std::size_t j = 0; j < 200; ++j) {
      const std::size_t one = 7 * i % n;
      const std::size_t other = 13 * j % n;
      largest = std::max(largest, std::abs(product(found, one, other) - product(expected, one, other)));
    }
  }
  CHECK(largest < 1e-2);
}

TEST_CASE("FastRP's vectors stay on the GPU, outlive their run, and come home the same") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  FastRPOptions options;
  options.dim = 33;  // rows are padded there
  const Matrix expected = embed(test::on_gpu(), graph, options).embedding;
  ResidentMatrix stays;
  {
    RunContext context(test::on_gpu());
    stays = fastrp_resident(context, graph, options).embedding;
  }
  CHECK(stays.device() == Device{DeviceKind::cuda, 0});
  const auto there = std::get<MatrixView<float, Cuda>>(stays.view());
  CHECK(there.rows() == expected.rows());
  CHECK(there.columns() == 33);
  CHECK(there.stride() == 36);
  // Another run takes and gives back memory beside it.
  CHECK(same_bits(embed(test::on_gpu(), graph, options).embedding, expected));
  RunContext context(test::on_cpu());
  CHECK(same_bits(stays.to_host(context), expected));
  CHECK(same_bits(ResidentMatrix(stays).to_host(context), expected));
}

TEST_CASE("vectors that cannot stay on the GPU as a whole are refused, or made by the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = skewed_graph();
  FastRPOptions options;
  options.dim = 512;
  RunSettings settings = test::on_gpu();
  settings.device_memory = test::size_on_gpu(12UL << 20, 12UL << 16);
  RunContext asked(settings);
  CHECK_THROWS_WITH_AS(fastrp_resident(asked, graph, options), doctest::Contains("does not fit"), DeviceError);
  settings.device = {};
  RunContext automatic(settings);
  CHECK(fastrp_resident(automatic, graph, options).embedding.device().kind == DeviceKind::cpu);
}
