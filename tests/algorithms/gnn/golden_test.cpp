// Whole networks against those of PyTorch Geometric (tests/golden/make_gnn_golden.py): vectors and all gradients.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/learn/elementwise.hpp>

#include "golden_table.hpp"
#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using learn::Tensor;

namespace {

constexpr std::size_t golden_nodes = 9;

/// Row i: those that tell node i.
Csr adjacency(bool weighted) {
  auto edges = test::golden_table("gnn/edges");
  std::ranges::sort(edges, {}, [](const auto& edge) { return std::pair(edge[1], edge[0]); });
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> sources;
  std::vector<float> weights;
  for (std::size_t node = 0; node < golden_nodes; ++node) {
    for (const auto& edge : edges) {
      if (static_cast<std::size_t>(edge[1]) != node) continue;
      sources.push_back(node_id(static_cast<std::size_t>(edge[0])));
      weights.push_back(static_cast<float>(edge[2]));
    }
    offsets.push_back(edge_offset(sources.size()));
  }
  if (!weighted) weights.clear();
  return {golden_nodes, test::to_array(offsets), test::to_array(sources), test::to_array(weights)};
}

void set(MatrixView<float> x, const std::vector<double>& line) {
  REQUIRE(line.size() == x.rows() * x.columns() + 2);
  REQUIRE(x.rows() == static_cast<std::size_t>(line[0]));
  for (std::size_t k = 0; k + 2 < line.size(); ++k) {
    x(k / x.columns(), k % x.columns()) = static_cast<float>(line[k + 2]);
  }
}

std::size_t differences(MatrixView<const float> x, const std::vector<double>& line) {
  REQUIRE(line.size() == x.rows() * x.columns() + 2);
  REQUIRE(x.rows() == static_cast<std::size_t>(line[0]));
  double largest = 0;
  for (std::size_t k = 2; k < line.size(); ++k) largest = std::max(largest, std::abs(line[k]));
  std::size_t count = 0;
  for (std::size_t k = 0; k + 2 < line.size(); ++k) {
    const auto found = static_cast<double>(x(k / x.columns(), k % x.columns()));
    if (!(std::abs(found - line[k + 2]) <= 2e-5 * (1 + largest))) ++count;
  }
  return count;
}

void check_golden(const std::string& name, EncoderOptions options, bool weighted = false) {
  CAPTURE(name);
  options.hidden = 6;
  options.heads = 3;
  options.output_heads = 2;
  options.input_dropout = options.dropout = 0;
  const auto lines = test::golden_table("gnn/" + name);
  RunContext context = test::context_with(2);
  learn::Parameters parameters;
  const std::size_t width = options.model == EncoderKind::lightgcn ? 5 : 4;
  const Encoder encoder(options, 5, width, parameters, 1);
  REQUIRE(lines.size() == 2 * parameters.size() + 4);
  learn::Parameters inputs;
  learn::Parameter& features = inputs.add("features", golden_nodes, 5);
  set(features.value.view(), lines[0]);
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    CAPTURE(parameters[k].name);
    set(parameters[k].value.view(), lines[1 + k]);
  }
  const std::size_t after = 1 + parameters.size();
  Matrix w(golden_nodes, width);
  set(w.view(), lines[after]);
  const Csr edges = adjacency(weighted);
  const Messages messages(context, edges.view(), encoder.message_form());
  learn::Tape tape(context);
  const Tensor result = tape.keep(encoder.record(tape, NodeFeatures(features), messages));
  const Tensor loss = learn::sum(tape, learn::multiply(tape, result, tape.constant("w", w.view())));
  tape.forward();
  tape.backward(loss);
  CHECK(differences(tape.value(result), lines[after + 1]) == 0);
  CHECK(differences(features.gradient.view(), lines[after + 2]) == 0);
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    CAPTURE(parameters[k].name);
    const Matrix& left = parameters[k].frozen ? parameters[k].value : parameters[k].gradient;
    CHECK(differences(left.view(), lines[after + 3 + k]) == 0);
  }
}

}  // namespace

TEST_CASE("layers of every kind have the vectors and the gradients of PyTorch Geometric's") {
  check_golden("mlp", {.model = EncoderKind::mlp});
  check_golden("gcn", {.model = EncoderKind::gcn});
  check_golden("gcn_weighted", {.model = EncoderKind::gcn}, true);
  check_golden("sage", {.model = EncoderKind::sage});
  check_golden("sage_max", {.model = EncoderKind::sage_max});
  check_golden("gat", {.model = EncoderKind::gat, .activation = Activation::elu});
  check_golden("gatv2", {.model = EncoderKind::gatv2, .activation = Activation::elu});
  check_golden("gin", {.model = EncoderKind::gin, .normalization = LayerNormalization::batch});
}

TEST_CASE("models that pass vectors on have the vectors and the gradients of PyTorch Geometric's") {
  check_golden("sgc", {.model = EncoderKind::sgc});
  check_golden("appnp", {.model = EncoderKind::appnp, .steps = 4, .restart = 0.15});
  check_golden("lightgcn", {.model = EncoderKind::lightgcn, .layers = 3});
}

TEST_CASE("jumping knowledge and residual connections have the gradients of PyTorch Geometric's") {
  check_golden("jumping_concatenate", {.jumping = Jumping::concatenate});
  check_golden("jumping_maximum", {.jumping = Jumping::maximum});
  check_golden("residual",
               {.activation = Activation::elu, .normalization = LayerNormalization::layer, .residual = true});
}
