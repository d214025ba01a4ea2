// Heads against PyTorch (tests/golden/make_link_head_golden.py), and what each promises.
#include <array>
#include <cmath>

#include <adjoin/algorithms/gnn/common_neighbor_head.hpp>
#include <adjoin/algorithms/gnn/distance_count_head.hpp>
#include <adjoin/algorithms/gnn/link_head.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"
#include "link_support.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;
using learn::Tensor;

namespace {

constexpr std::size_t head_width = 4;
constexpr LinkHeadOptions plain{.decoder_layers = 3, .decoder_hidden = 5, .decoder_dropout = 0};
constexpr std::array pair_sources{node_id(0), node_id(1), node_id(2), node_id(5), node_id(3)};
constexpr std::array pair_targets{node_id(1), node_id(4), node_id(5), node_id(3), node_id(0)};
constexpr std::array shared_offsets{edge_offset(0), edge_offset(2), edge_offset(2),
                                    edge_offset(5), edge_offset(5), edge_offset(6)};
constexpr std::array shared_nodes{node_id(2), node_id(4), node_id(0), node_id(3), node_id(4), node_id(1)};
constexpr std::array<float, 6> shared_weights{1, 0.25F, 1, 1, 0.5F, 1};
constexpr CsrView shared_rows = {6, shared_offsets, shared_nodes, shared_weights};

void read(const std::vector<double>& line, Matrix& into) {
  REQUIRE(line.size() == 2 + into.rows() * into.columns());
  REQUIRE(line[0] == static_cast<double>(into.rows()));
  for (std::size_t k = 0; k + 2 < line.size(); ++k) into.view().data()[k] = static_cast<float>(line[k + 2]);
}

void check_near(MatrixView<const float> found, const std::vector<double>& line) {
  REQUIRE(line.size() == 2 + found.rows() * found.columns());
  for (std::size_t k = 0; k + 2 < line.size(); ++k) {
    const double value = static_cast<double>(found(k / found.columns(), k % found.columns()));
    CHECK(std::abs(value - line[k + 2]) <= 2e-5 * (1 + std::abs(line[k + 2])));
  }
}

/// make(parameters): a head; record(head, tape, nodes, counts): its scores.
template <class Make, class Record>
void compare(const std::string& name, Make&& make, Record&& record) {
  CAPTURE(name);
  const auto lines = golden_table("gnn/head_" + name);
  RunContext context = with_threads(2);
  learn::Parameters parameters;
  learn::Parameter& nodes = parameters.add("nodes", 6, head_width);
  const auto head = make(parameters);
  std::size_t next = 0;
  read(lines[next++], nodes.value);
  Matrix counts(5, 3);
  if (name == "counts") read(lines[next++], counts);
  for (std::size_t k = 1; k < parameters.size(); ++k) {
    CAPTURE(parameters[k].name);
    read(lines[next++], parameters[k].value);
  }
  Matrix weights(5, 1);
  for (std::size_t i = 0; i < 5; ++i) weights(i, 0) = static_cast<float>(i + 1) / 2;
  learn::Tape tape(context);
  const Tensor scores = tape.keep(record(head, tape, tape.parameter(nodes), tape.constant("counts", counts.view())));
  const Tensor loss =
      learn::sum(tape, learn::multiply(tape, scores, tape.constant("weights", std::as_const(weights).view())));
  tape.forward();
  tape.backward(loss);
  REQUIRE(lines.size() == next + 1 + parameters.size());
  check_near(tape.value(scores), lines[next++]);
  for (const auto& parameter : parameters) {
    CAPTURE(parameter.name);
    check_near(parameter.gradient.view(), lines[next++]);
  }
}

LinkHeadOptions options_of(LinkHeadKind kind, int layers = 3) {
  LinkHeadOptions options = plain;
  options.head = kind;
  options.decoder_layers = layers;
  return options;
}

}  // namespace

TEST_CASE("heads of two vectors score pairs as PyTorch does, with the same gradients") {
  for (const auto& [kind, word] : EnumNames<LinkHeadKind>::names) {
    const LinkHeadOptions options = options_of(kind, kind == LinkHeadKind::concatenation ? 2 : 3);
    compare(
        std::string(word), [&](learn::Parameters& parameters) { return LinkHead(options, head_width, parameters, 1); },
        [](const LinkHead& head, learn::Tape& tape, Tensor nodes, Tensor) {
          return head.record(tape, learn::gather_rows(tape, nodes, pair_sources),
                             learn::gather_rows(tape, nodes, pair_targets));
        });
  }
}

TEST_CASE("the head of common neighbours scores pairs as PyTorch does, with the same gradients") {
  RunContext context = with_threads(2);
  const learn::SparseOperand shared(context, shared_rows);
  compare(
      "common_neighbors",
      [](learn::Parameters& parameters) { return CommonNeighborHead(head_width, 5, 0, parameters, 1); },
      [&](const CommonNeighborHead& head, learn::Tape& tape, Tensor vectors, Tensor) {
        return head.record(tape, head.record_between(tape, vectors), learn::gather_rows(tape, vectors, pair_sources),
                           learn::gather_rows(tape, vectors, pair_targets), shared);
      });
}

TEST_CASE("the head of counts scores pairs as PyTorch does, with the same gradients") {
  compare(
      "counts",
      [](learn::Parameters& parameters) {
        return DistanceCountHead(options_of(LinkHeadKind::hadamard, 2), head_width, 3, parameters, 1);
      },
      [](const DistanceCountHead& head, learn::Tape& tape, Tensor nodes, Tensor counts) {
        return head.record(tape, learn::gather_rows(tape, nodes, pair_sources),
                           learn::gather_rows(tape, nodes, pair_targets), counts);
      });
}

TEST_CASE("a pair has the same score whichever node is first") {
  RunContext context = with_threads(1);
  for (const auto& [kind, word] : EnumNames<LinkHeadKind>::names) {
    CAPTURE(word);
    learn::Parameters parameters;
    learn::Parameter& nodes = parameters.add("nodes", 6, head_width);
    learn::set_normal(nodes, 1.0, 3);
    const LinkHead head(options_of(kind), head_width, parameters, 1);
    learn::Tape tape(context, false);
    const Tensor a = learn::gather_rows(tape, tape.parameter(nodes), pair_sources);
    const Tensor b = learn::gather_rows(tape, tape.parameter(nodes), pair_targets);
    const Tensor forth = tape.keep(head.record(tape, a, b));
    const Tensor back = tape.keep(head.record(tape, b, a));
    tape.forward();
    for (std::size_t i = 0; i < pair_sources.size(); ++i) {
      CHECK(std::abs(tape.value(forth)(i, 0) - tape.value(back)(i, 0)) < 1e-6F);
    }
  }
}

TEST_CASE("heads refuse options out of range") {
  learn::Parameters parameters;
  LinkHeadOptions options = plain;
  options.decoder_layers = 0;
  CHECK_THROWS_AS(LinkHead(options, head_width, parameters, 1), InvalidOption);
  options = plain;
  options.decoder_dropout = 1;
  CHECK_THROWS_AS(LinkHead(options, head_width, parameters, 1), InvalidOption);
}
