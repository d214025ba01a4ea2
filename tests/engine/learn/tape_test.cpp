#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>
#include <stop_token>

#include <doctest/doctest.h>
#include <malloc.h>

#include <adjoin/engine/learn/optimizer.hpp>

#include "check_operation.hpp"
#include "operations.hpp"
#include "random_graphs.hpp"
#include "sanitized.hpp"

using namespace adjoin;
using namespace adjoin::learn;

namespace {

std::atomic<std::uint64_t> allocations = 0;

}  // namespace

// Every allocation of this program is counted: those of objects, and those of Array. Not inlined, or the compiler takes
// malloc and delete for a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++allocations;
  return memalign(alignment, bytes);
}

namespace {

/// A small network that uses every family of operations, on a graph of its own.
struct Network {
  explicit Network(RunContext& context_of_run, std::size_t nodes = 60)
      : context(context_of_run),
        csr(test::random_csr(nodes, nodes, 0.1, true, 3)),
        graph(context, csr.view()),
        features(nodes, 12),
        statistics(8) {
    test::fill_normal(features.view(), 1);
    for (std::size_t i = 0; i < nodes; i += 2) {
      picked.push_back(node_id(i));
      labels.push_back(static_cast<std::uint32_t>(i % 4));
    }
    set_glorot_uniform(parameters.add("first", 12, 8), 1);
    set_glorot_uniform(parameters.add("second", 8, 4), 1);
    parameters.add("shift", 1, 8);
    set_constant(parameters.add("weight", 1, 8), 1);
  }

  /// The loss of the first `count` picked nodes.
  Tensor record(Tape& tape, std::size_t count) {
    const Tensor x = dropout(tape, tape.constant("features", features.view()), 0.3);
    const Tensor hidden =
        tape.set_name(learn::spmm(tape, graph, matmul(tape, x, tape.parameter(parameters[0]))), "hidden");
    const Tensor normal =
        batch_norm(tape, hidden, tape.parameter(parameters[3]), tape.parameter(parameters[2]), statistics);
    const Tensor logits = matmul(tape, relu(tape, normal), tape.parameter(parameters[1]));
    const Tensor chosen = gather_rows(tape, logits, std::span<const NodeId>(picked).first(count));
    return cross_entropy(tape, chosen, std::span<const std::uint32_t>(labels).first(count));
  }

  RunContext& context;
  Csr csr;
  SparseOperand graph;
  Matrix features;
  BatchStatistics<float> statistics;
  std::vector<NodeId> picked;
  std::vector<std::uint32_t> labels;
  Parameters parameters;
};

}  // namespace

TEST_CASE("training a small network lowers its loss") {
  RunContext context = test::context_with(2);
  Network network(context);
  Tape tape(context);
  const Tensor loss = network.record(tape, network.picked.size());
  Optimizer optimizer({.learning_rate = 0.05}, network.parameters);
  tape.forward({.training = false});
  const float before = tape.scalar(loss);
  for (std::uint64_t step = 0; step < 60; ++step) {
    tape.forward({.step = step});
    tape.backward(loss);
    clip_gradients(context, network.parameters, 5);
    optimizer.step(context);
  }
  tape.forward({.training = false});
  CHECK(tape.scalar(loss) < before / 2);
}

TEST_CASE("a step allocates nothing, nor does a new recording that is no larger than one before") {
  RunContext context = test::context_with(1);
  Network network(context);
  Tape tape(context);
  Optimizer optimizer({.learning_rate = 0.01}, network.parameters);
  Tensor loss = network.record(tape, 30);
  const auto step = [&](std::uint64_t number) {
    tape.forward({.step = number});
    tape.backward(loss);
    clip_gradients(context, network.parameters, 1);
    optimizer.step(context);
  };
  step(0);
  const std::uint64_t after_first = allocations;
  step(1);
  step(2);
  CHECK(allocations == after_first);
  for (std::uint64_t number = 3; number < 6; ++number) {
    tape.clear();
    loss = network.record(tape, 31 - number);
    step(number);
  }
  CHECK(allocations == after_first);
  tape.set_guard(Guard::all);
  step(6);
  CHECK(allocations == after_first);
  Matrix counted(3, 3);
  CHECK(allocations > after_first);  // or nothing was counted
}

TEST_CASE("a pass holds no more memory than was planned, and less than its values and gradients one by one") {
  RunContext context = test::context_with(1);
  constexpr std::size_t rows = 20'000;
  constexpr std::size_t columns = 64;
  Matrix features(rows, columns);
  test::fill_normal(features.view(), 2);
  Parameters parameters;
  set_glorot_uniform(parameters.add("w", columns, columns), 1);
  Tape tape(context);
  Tensor x = tape.constant("features", features.view());
  constexpr std::uint64_t layers = 6;
  for (std::uint64_t layer = 0; layer < layers; ++layer) x = relu(tape, matmul(tape, x, tape.parameter(parameters[0])));
  const Tensor loss = sum(tape, x);
  const std::uint64_t planned = tape.planned_bytes();
  const std::uint64_t matrix = rows * columns * sizeof(float);
  CHECK(planned >= (layers + 1) * matrix);  // what relu looks at again, and one gradient
  CHECK(planned <= (layers + 3) * matrix);  // not 4 * layers: products and gradients share memory
  const std::uint64_t before = resident_bytes();
  restart_recent_peak();
  tape.forward();
  tape.backward(loss);
  const std::uint64_t taken = recent_peak_bytes() - before;
  if (test::memory_is_as_asked) {
    CHECK(static_cast<double>(taken) < 1.15 * static_cast<double>(planned) + (4 << 20));
    CHECK(static_cast<double>(taken) > 0.85 * static_cast<double>(planned));
  }

  Tape forward_only(context, false);
  Tensor y = forward_only.constant("features", features.view());
  for (std::uint64_t layer = 0; layer < layers; ++layer) {
    y = relu(forward_only, matmul(forward_only, y, forward_only.parameter(parameters[0])));
  }
  CHECK(forward_only.planned_bytes() <= 2 * matrix + 4096);
  forward_only.forward();
  tape.keep(x);
  tape.forward();
  CHECK(std::memcmp(forward_only.value(y).data(), tape.value(x).data(), matrix) == 0);
}

TEST_CASE("a tape that would not fit the budget is refused before it takes memory") {
  RunSettings settings;
  settings.threads = 1;
  settings.memory_budget = resident_bytes() + (1 << 20);
  RunContext context(settings);
  Matrix x(4096, 512, 1.0F);
  Parameters parameters;
  parameters.add("w", 512, 512);
  Tape tape(context);
  const Tensor loss = sum(tape, matmul(tape, tape.constant("x", x.view()), tape.parameter(parameters[0])));
  CHECK_THROWS_AS(tape.forward(), BudgetExceeded);
  CHECK_THROWS_WITH_AS(tape.backward(loss), "there is nothing to go back from; call forward() first", InvalidOption);
}

TEST_CASE("the same step has the same bits for 1, 2, 3 and 8 threads and when it is run again, another step has not") {
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 8}) {
    RunContext context = test::context_with(threads);
    Network network(context, 900);
    Tape tape(context);
    const Tensor loss = network.record(tape, network.picked.size());
    const auto gradients_of = [&](std::uint64_t step) {
      tape.forward({.step = step});
      tape.backward(loss);
      std::vector<float> all = {tape.scalar(loss)};
      for (const Parameter& parameter : network.parameters) {
        const auto view = parameter.gradient.view();
        all.insert(all.end(), view.data(), view.data() + view.rows() * view.columns());
      }
      return all;
    };
    const auto same = [](const std::vector<float>& a, const std::vector<float>& b) {
      return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
    };
    const std::vector<float> once = gradients_of(5);
    const std::vector<float> other = gradients_of(6);
    CHECK(same(once, gradients_of(5)));
    CHECK(!same(once, other));
    if (first.empty()) first = once;
    CHECK(same(first, once));
  }
}

TEST_CASE("gradients of several losses add up if asked, and a parameter without influence gets zeros") {
  RunContext context = test::context_with(1);
  Parameters parameters;
  Parameter& w = parameters.add("w", 1, 2);
  Parameter& idle = parameters.add("idle", 1, 2);
  w.value(0, 0) = 3;
  w.value(0, 1) = -1;
  test::fill_normal(idle.gradient.view(), 1);
  Tape tape(context);
  const Tensor squares = sum_of_squares(tape, tape.parameter(w));
  const Tensor plain = sum(tape, tape.parameter(w));
  tape.keep(scale(tape, tape.parameter(idle), 2));
  tape.forward();
  tape.backward(squares);
  CHECK(w.gradient(0, 0) == 6);
  CHECK(w.gradient(0, 1) == -2);
  CHECK(idle.gradient(0, 0) == 0);
  tape.backward(plain, true);
  CHECK(w.gradient(0, 0) == 7);
  CHECK(w.gradient(0, 1) == -1);
  tape.backward(plain);
  CHECK(w.gradient(0, 0) == 1);
}

TEST_CASE("a frozen parameter gets no gradient and takes no step") {
  RunContext context = test::context_with(1);
  Parameters parameters;
  Parameter& w = parameters.add("w", 1, 1);
  Parameter& frozen = parameters.add("frozen", 1, 1);
  w.value(0, 0) = 2;
  frozen.value(0, 0) = 5;
  frozen.gradient(0, 0) = 9;
  frozen.frozen = true;
  Tape tape(context);
  const Tensor loss = multiply(tape, tape.parameter(w), tape.parameter(frozen));
  tape.forward();
  tape.backward(loss);
  CHECK(w.gradient(0, 0) == 5);
  CHECK(frozen.gradient(0, 0) == 9);
  Optimizer optimizer({.kind = OptimizerKind::sgd, .learning_rate = 0.1}, parameters);
  CHECK(clip_gradients(context, parameters, 100) == doctest::Approx(5));
  optimizer.step(context);
  CHECK(w.value(0, 0) == doctest::Approx(1.5));
  CHECK(frozen.value(0, 0) == 5);
}

TEST_CASE("a constant can be bound to other values of its shape") {
  RunContext context = test::context_with(1);
  const Matrix one(2, 2, 1.0F);
  const Matrix two(2, 2, 2.0F);
  const Matrix wide(2, 3, 2.0F);
  Tape tape(context);
  const Tensor x = tape.constant("x", one.view());
  const Tensor total = sum(tape, x);
  tape.forward();
  CHECK(tape.scalar(total) == 4);
  tape.bind(x, two.view());
  tape.forward();
  CHECK(tape.scalar(total) == 8);
  CHECK_THROWS_WITH_AS(tape.bind(x, wide.view()),
                       "x is 2 x 2 and cannot be bound to 2 x 3 values; record the tape anew", InvalidOption);
  CHECK_THROWS_AS(tape.bind(total, one.view()), InvalidOption);
}

TEST_CASE("a value that is not finite stops the step with its number, the operation and the tensor") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  RunContext context = test::context_with(2);
  for (const Guard guard : {Guard::ends, Guard::all}) {
    Network network(context);
    Tape tape(context);
    tape.set_guard(guard);
    const Tensor loss = network.record(tape, 30);
    tape.forward({.step = 1});
    tape.backward(loss);
    network.features(3, 2) = nan;
    CHECK_THROWS_WITH_AS(
        tape.forward({.training = false, .step = 7}),
        "step 7: the input: the tensor 'features' holds a NaN or an infinity; lower the learning rate, "
        "clip gradients or look for such values in the input",
        NotFinite);
    CHECK_THROWS_AS(tape.backward(loss), InvalidOption);  // of a pass that failed
    network.features(3, 2) = 1e30F;
    network.parameters[0].value(2, 0) = 1e30F;
    try {
      tape.forward({.training = false, .step = 8});
      FAIL("nothing was thrown");
    } catch (const NotFinite& error) {
      CHECK(error.step() == 8);
      CHECK(error.operation() == "matmul");
      CHECK(!error.in_gradient());
    }
  }
}

TEST_CASE("a gradient that is not finite is found where it begins") {
  RunContext context = test::context_with(1);
  for (const Guard guard : {Guard::ends, Guard::all}) {
    Parameters parameters;
    Parameter& w = parameters.add("w", 1, 2);
    w.value(0, 0) = 1e-30F;
    w.value(0, 1) = 1e-30F;
    Tape tape(context);
    tape.set_guard(guard);
    // Each factor of the gradient is finite; their product is not.
    const Tensor small = tape.set_name(scale(tape, tape.parameter(w), 1e-3), "small");
    const Tensor large = scale(tape, scale(tape, small, 1e20), 1e3);
    const Tensor loss = sum(tape, scale(tape, large, 1e20));
    tape.forward({.step = 4});
    try {
      tape.backward(loss);
      FAIL("nothing was thrown");
    } catch (const NotFinite& error) {
      CHECK(error.in_gradient());
      CHECK(error.operation() == "scale");
      CHECK(error.tensor() == "small");
      CHECK(std::string(error.what()).starts_with("step 4: scale: the gradient of 'small' holds a NaN"));
    }
    tape.set_guard(Guard::off);
    tape.forward();
    CHECK_NOTHROW(tape.backward(loss));
  }
}

TEST_CASE("empty matrices go through: no rows, no columns, no entries") {
  RunContext context = test::context_with(2);
  Parameters parameters;
  Parameter& none = parameters.add("none", 0, 3);
  Parameter& w = parameters.add("w", 3, 2);
  Parameter& shift = parameters.add("shift", 1, 2);
  set_constant(w, 1);
  const std::array<EdgeOffset, 1> offsets = {EdgeOffset{0}};
  const Csr csr = test::random_csr(0, 0, 0.5, false, 1);
  const SparseOperand graph(context, csr.view());
  Tape tape(context);
  const Tensor x = tape.parameter(none);
  const Tensor y = add_row(tape, matmul(tape, x, tape.parameter(w)), tape.parameter(shift));
  const Tensor z =
      learn::spmm(tape, graph, layer_norm(tape, dropout(tape, y, 0.5), tape.parameter(shift), tape.parameter(shift)));
  const Tensor pooled = segment_max(tape, offsets, learn::normalize_rows(tape, segment_softmax(tape, offsets, z)));
  const Tensor loss = add(tape, cross_entropy(tape, pooled, {}), mean_squared_error(tape, y, y));
  tape.forward();
  tape.backward(loss);
  CHECK(tape.scalar(loss) == 0);
  for (std::size_t i = 0; i < 3; ++i) CHECK(w.gradient(i, 0) == 0);
}

TEST_CASE("a step can be cancelled and counts as nothing in the stage in progress") {
  std::stop_source stop;
  std::vector<std::uint64_t> seen;
  RunSettings settings;
  settings.threads = 2;
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) { seen.push_back(progress.done); };
  RunContext context(settings);
  Network network(context, 300);
  Tape tape(context);
  const Tensor loss = network.record(tape, 100);
  context.begin_stage("training", "steps", 2);
  for (std::uint64_t step = 0; step < 2; ++step) {
    tape.forward({.step = step});
    tape.backward(loss);
    context.advance(1);
  }
  CHECK(seen == std::vector<std::uint64_t>{0, 1, 2});
  stop.request_stop();
  CHECK_THROWS_AS(tape.forward({.step = 2}), Cancelled);
  CHECK_THROWS_AS(tape.backward(loss), InvalidOption);
}
