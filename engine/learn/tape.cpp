#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::learn {
namespace {

constexpr std::uint32_t no_buffer = std::numeric_limits<std::uint32_t>::max();

/// Calls body; adds the seconds that it takes to `seconds` if there is one.
template <class Body>
void timed(double* seconds, Body&& body) {
  if (seconds == nullptr) {
    body();
    return;
  }
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  body();
  *seconds += std::chrono::duration<double>(Clock::now() - began).count();
}

}  // namespace

NotFinite::NotFinite(std::uint64_t step, std::string_view operation, std::string_view tensor, bool in_gradient)
    : Error(
          fmt::format("step {}: {}: {} {} holds a NaN or an infinity; lower the learning rate, clip gradients or look "
                      "for such values in the input",
                      step, operation, in_gradient ? "the gradient of" : "the tensor", quote_for_message(tensor))),
      step_(step),
      operation_(operation),
      tensor_(tensor),
      in_gradient_(in_gradient) {}

/// A tensor: a constant, a parameter or the result of an operation.
template <class Real>
struct BasicTape<Real>::Node {
  enum BufferOf { value_buffer, gradient_buffer, saved_buffer, forward_scratch, backward_scratch, buffer_kinds };

  Shape shape;
  const Operation<Real>* operation = nullptr;
  BasicParameter<Real>* parameter = nullptr;
  MatrixView<const Real> constant = {};
  std::uint32_t first_input = 0;  // among the tape's inputs_
  std::uint32_t inputs = 0;
  std::string_view name = {};
  std::array<std::uint32_t, buffer_kinds> buffer = {};
  bool taken = false;  // by an operation
  bool keep = false;
  bool wants_gradient = false;
  bool has_gradient = false;  // in the backward pass that is running
};

template <class Real>
class BasicTape<Real>::NodeStep final : public Step<Real> {
 public:
  NodeStep(BasicTape& tape, std::size_t node, bool backward) noexcept
      : tape_(&tape), node_(&tape.nodes_[node]), backward_(backward) {}

  RunContext& context() const noexcept override { return *tape_->context_; }
  const Pass& pass() const noexcept override { return tape_->pass_; }
  std::size_t input_count() const noexcept override { return node_->inputs; }
  MatrixView<const Real> input(std::size_t k) const noexcept override {
    const Node& from = source(k);
    return from.operation == nullptr && from.parameter == nullptr ? from.constant : tape_->value_view(from);
  }
  MatrixView<Real> output() const noexcept override { return tape_->value_view(*node_); }
  MatrixView<const Real> output_gradient() const noexcept override { return gradient_view(*node_); }
  bool wants_gradient(std::size_t k) const noexcept override { return source(k).wants_gradient; }
  Gradient<Real> gradient(std::size_t k) const noexcept override {
    Node& to = source(k);
    return {gradient_view(to), std::exchange(to.has_gradient, true)};
  }

  MatrixView<Real> gradient_view(const Node& node) const noexcept {
    if (node.parameter != nullptr) return node.parameter->gradient.view();
    return {reinterpret_cast<Real*>(bytes_of(node, Node::gradient_buffer).data()), node.shape.rows, node.shape.columns};
  }

 protected:
  std::span<std::byte> saved_bytes() const noexcept override { return bytes_of(*node_, Node::saved_buffer); }
  std::span<std::byte> scratch_bytes() const noexcept override {
    return bytes_of(*node_, backward_ ? Node::backward_scratch : Node::forward_scratch);
  }

 private:
  Node& source(std::size_t k) const noexcept { return tape_->nodes_[index(tape_->inputs_[node_->first_input + k])]; }
  std::span<std::byte> bytes_of(const Node& node, typename Node::BufferOf kind) const noexcept {
    const std::uint32_t place = node.buffer[kind];
    if (place == no_buffer) return {};
    const Buffer& buffer = tape_->buffers_[place];
    return {tape_->arena_.data() + buffer.offset, buffer.bytes};
  }

  BasicTape* tape_;
  Node* node_;
  bool backward_;
};

template <class Real>
BasicTape<Real>::BasicTape(RunContext& context, bool with_gradients)
    : context_(&context), with_gradients_(with_gradients) {}

template <class Real>
BasicTape<Real>::~BasicTape() = default;

template <class Real>
Tensor BasicTape<Real>::constant(std::string_view name, MatrixView<const Real> values) {
  const Tensor tensor = add_node({values.rows(), values.columns()}, {}, nullptr);
  nodes_.back().constant = values;
  return set_name(tensor, name);
}

template <class Real>
void BasicTape<Real>::bind(Tensor constant, MatrixView<const Real> values) {
  Node& node = nodes_[index(constant)];
  if (node.operation != nullptr || node.parameter != nullptr) {
    throw InvalidOption(fmt::format("{} is no constant; only constants can be bound to other values", name(constant)));
  }
  if (node.shape != Shape{values.rows(), values.columns()}) {
    throw InvalidOption(fmt::format("{} is {} x {} and cannot be bound to {} x {} values; record the tape anew",
                                    name(constant), node.shape.rows, node.shape.columns, values.rows(),
                                    values.columns()));
  }
  node.constant = values;
}

template <class Real>
Tensor BasicTape<Real>::parameter(BasicParameter<Real>& parameter) {
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (nodes_[k].parameter == &parameter) return static_cast<Tensor>(k);
  }
  const Tensor tensor = add_node({parameter.value.rows(), parameter.value.columns()}, {}, nullptr);
  nodes_.back().parameter = &parameter;
  nodes_.back().name = parameter.name;
  nodes_.back().wants_gradient = with_gradients_ && !parameter.frozen;
  return tensor;
}

template <class Real>
Tensor BasicTape<Real>::add_node(Shape shape, std::span<const Tensor> inputs, const Operation<Real>* operation) {
  constexpr std::size_t most_nodes = std::size_t{1} << 30;  // moments of both passes fit 32 bits
  if (nodes_.size() >= most_nodes) {
    throw InvalidOption(fmt::format("a tape holds at most {} tensors; clear it between steps", most_nodes));
  }
  Node node;
  node.shape = shape;
  node.operation = operation;
  node.first_input = static_cast<std::uint32_t>(inputs_.size());
  node.inputs = static_cast<std::uint32_t>(inputs.size());
  for (const Tensor input : inputs) {
    Node& from = nodes_[index(input)];
    from.taken = true;
    node.wants_gradient = node.wants_gradient || from.wants_gradient;
    inputs_.push_back(input);
  }
  nodes_.push_back(node);
  times_.clear();
  planned_ = false;
  ran_ = false;
  return static_cast<Tensor>(nodes_.size() - 1);
}

template <class Real>
std::size_t BasicTape<Real>::size() const noexcept {
  return nodes_.size();
}

template <class Real>
Shape BasicTape<Real>::shape(Tensor tensor) const noexcept {
  return nodes_[index(tensor)].shape;
}

template <class Real>
std::string BasicTape<Real>::name(Tensor tensor) const {
  const Node& node = nodes_[index(tensor)];
  if (!node.name.empty()) return std::string(node.name);
  return fmt::format("{} {}", node.operation == nullptr ? "constant" : node.operation->name(), index(tensor));
}

template <class Real>
Tensor BasicTape<Real>::set_name(Tensor tensor, std::string_view name) {
  nodes_[index(tensor)].name = pool_.copy(name);
  return tensor;
}

template <class Real>
Tensor BasicTape<Real>::keep(Tensor tensor) {
  Node& node = nodes_[index(tensor)];
  if (!kept(node)) {
    planned_ = false;
    ran_ = false;  // what was computed may have been written over
  }
  node.keep = true;
  return tensor;
}

template <class Real>
void BasicTape<Real>::clear() noexcept {
  nodes_.clear();
  inputs_.clear();
  pool_.clear();
  times_.clear();
  planned_ = false;
  ran_ = false;
}

template <class Real>
void BasicTape<Real>::measure() {
  times_.clear();
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    const Operation<Real>* const operation = nodes_[k].operation;
    times_.push_back({static_cast<Tensor>(k), operation == nullptr ? std::string_view{} : operation->name()});
  }
}

template <class Real>
std::span<const Tensor> BasicTape<Real>::inputs(Tensor result) const noexcept {
  const Node& node = nodes_[index(result)];
  return std::span(inputs_).subspan(node.first_input, node.inputs);
}

template <class Real>
bool BasicTape<Real>::kept(const Node& node) const noexcept {
  return node.keep || !node.taken;
}

template <class Real>
void BasicTape<Real>::plan() {
  if (planned_) return;
  const auto count = static_cast<std::uint32_t>(nodes_.size());
  // Moments: the forward run of node k is at k, its backward run at 2 * count - 1 - k, the end at 2 * count.
  const auto backward_moment = [&](std::size_t k) { return static_cast<std::uint32_t>(2 * count - 1 - k); };
  buffers_.clear();
  const auto add_buffer = [&](Node& node, typename Node::BufferOf kind, std::size_t bytes, std::uint32_t first,
                              std::uint32_t last) {
    node.buffer[kind] = no_buffer;
    if (bytes == 0) return;
    node.buffer[kind] = static_cast<std::uint32_t>(buffers_.size());
    buffers_.push_back({bytes, first, last});
  };
  for (std::uint32_t k = 0; k < count; ++k) {
    Node& node = nodes_[k];
    node.buffer.fill(no_buffer);
    if (node.operation == nullptr) continue;
    const std::size_t bytes = node.shape.size() * sizeof(Real);
    const bool backward = node.wants_gradient;
    const bool read_again = backward && node.operation->backward_reads().output;
    const std::uint32_t last = kept(node) ? 2 * count : read_again ? backward_moment(k) : k;
    add_buffer(node, Node::value_buffer, bytes, k, last);
    if (backward) add_buffer(node, Node::gradient_buffer, bytes, backward_moment(k), backward_moment(k));
    const Workspace workspace = node.operation->workspace();
    add_buffer(node, Node::saved_buffer, workspace.saved, k, backward ? backward_moment(k) : k);
    add_buffer(node, Node::forward_scratch, workspace.forward, k, k);
    if (backward) {
      add_buffer(node, Node::backward_scratch, workspace.backward, backward_moment(k), backward_moment(k));
    }
    for (std::uint32_t i = 0; i < node.inputs; ++i) {
      const Node& from = nodes_[index(inputs_[node.first_input + i])];
      if (from.operation == nullptr) continue;
      if (from.buffer[Node::value_buffer] != no_buffer) {
        Buffer& value = buffers_[from.buffer[Node::value_buffer]];
        const bool again = backward && node.operation->backward_reads().input(i);
        value.last = std::max(value.last, again ? backward_moment(k) : k);
      }
      if (backward && from.buffer[Node::gradient_buffer] != no_buffer) {
        Buffer& gradient = buffers_[from.buffer[Node::gradient_buffer]];
        gradient.first = std::min(gradient.first, backward_moment(k));
      }
    }
  }
  share_in_place();
  planned_bytes_ = buffer_plan_.place(buffers_);
  planned_ = true;
}

/// Where an operation may work in place, its buffers become one. Goes by when each is needed, so after all are known.
template <class Real>
void BasicTape<Real>::share_in_place() {
  const auto count = static_cast<std::uint32_t>(nodes_.size());
  const auto share = [&](Node& keeps, Node& gives, typename Node::BufferOf kind) {
    Buffer& kept_buffer = buffers_[keeps.buffer[kind]];
    Buffer& given = buffers_[gives.buffer[kind]];
    kept_buffer.first = std::min(kept_buffer.first, given.first);
    kept_buffer.last = std::max(kept_buffer.last, given.last);
    given.bytes = 0;
    gives.buffer[kind] = keeps.buffer[kind];
  };
  const auto buffer = [&](const Node& node, typename Node::BufferOf kind) -> const Buffer* {
    return node.buffer[kind] == no_buffer ? nullptr : &buffers_[node.buffer[kind]];
  };
  for (std::uint32_t k = 0; k < count; ++k) {
    Node& node = nodes_[k];
    if (node.operation == nullptr || node.inputs == 0 || !node.operation->in_place().forward) continue;
    Node& from = nodes_[index(inputs_[node.first_input])];
    const Buffer* const value = buffer(from, Node::value_buffer);
    if (value != nullptr && value->last == k && from.shape == node.shape) share(from, node, Node::value_buffer);
  }
  for (std::uint32_t k = count; k-- > 0;) {
    Node& node = nodes_[k];
    if (node.operation == nullptr || node.inputs == 0 || !node.operation->in_place().backward) continue;
    Node& from = nodes_[index(inputs_[node.first_input])];
    const Buffer* const gradient = buffer(from, Node::gradient_buffer);
    const std::uint32_t moment = 2 * count - 1 - k;
    if (gradient != nullptr && buffer(node, Node::gradient_buffer) != nullptr && gradient->first == moment &&
        from.shape == node.shape) {
      share(node, from, Node::gradient_buffer);
    }
  }
}

template <class Real>
std::uint64_t BasicTape<Real>::planned_bytes() {
  plan();
  return planned_bytes_;
}

template <class Real>
void BasicTape<Real>::prepare() {
  plan();
  if (arena_.size() >= planned_bytes_) return;
  arena_ = Array<std::byte>();
  context_->require_memory(resident_bytes() + planned_bytes_, "use smaller mini-batches or fewer hidden columns");
  arena_ = Array<std::byte>(planned_bytes_);
}

template <class Real>
MatrixView<Real> BasicTape<Real>::value_view(const Node& node) const noexcept {
  if (node.parameter != nullptr) return node.parameter->value.view();
  const std::uint32_t place = node.buffer[Node::value_buffer];
  // An arena belongs to the tape; what is written to it is not the tape's state.
  std::byte* const base = const_cast<std::byte*>(arena_.data());
  return {place == no_buffer ? nullptr : reinterpret_cast<Real*>(base + buffers_[place].offset), node.shape.rows,
          node.shape.columns};
}

template <class Real>
bool BasicTape<Real>::finite(MatrixView<const Real> values) const {
  std::atomic<bool> all = true;
  context_->without_progress([&] {
    for_rows(*context_, values.rows(), values.columns(), [&](std::size_t i) {
      // x - x is 0 for every finite x and else NaN, and sums of zeros are 0.
      Real sum = 0;
      for (const Real value : values.row(i)) sum += value - value;
      if (!(sum == 0)) all.store(false, std::memory_order_relaxed);
    });
  });
  return all;
}

template <class Real>
void BasicTape<Real>::check(std::size_t at, std::size_t tensor, Watch watch) const {
  const Node& node = nodes_[tensor];
  const bool in_gradient = watch == Watch::gradients;
  const NodeStep step(const_cast<BasicTape&>(*this), tensor, in_gradient);
  const bool leaf = node.operation == nullptr && node.parameter == nullptr;
  const MatrixView<const Real> values = in_gradient ? MatrixView<const Real>(step.gradient_view(node))
                                        : leaf      ? node.constant
                                                    : MatrixView<const Real>(value_view(node));
  if (finite(values)) return;
  const Node& culprit = nodes_[at];
  const std::string_view operation = culprit.operation != nullptr   ? culprit.operation->name()
                                     : culprit.parameter != nullptr ? "the parameters"
                                                                    : "the input";
  throw NotFinite(pass_.step, operation, name(static_cast<Tensor>(tensor)), in_gradient);
}

template <class Real>
void BasicTape<Real>::run_forward(bool watched) {
  context_->without_progress([&] {
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      if (nodes_[k].operation != nullptr) {
        context_->check_cancelled();
        NodeStep step(*this, k, false);
        timed(times_.empty() ? nullptr : &times_[k].forward_seconds, [&] { nodes_[k].operation->forward(step); });
      }
      if (watched) check(k, k, Watch::values);
    }
  });
}

template <class Real>
void BasicTape<Real>::run_backward(Tensor loss, bool add, bool watched) {
  context_->without_progress([&] {
    for (Node& node : nodes_) node.has_gradient = node.parameter != nullptr && add;
    for (std::size_t k = index(loss) + 1; k-- > 0;) {
      Node& node = nodes_[k];
      if (k == index(loss)) {
        NodeStep(*this, k, true).gradient_view(node)(0, 0) = 1;
        node.has_gradient = true;
      }
      if (node.operation == nullptr || !node.wants_gradient || !node.has_gradient) continue;
      context_->check_cancelled();
      NodeStep step(*this, k, true);
      timed(times_.empty() ? nullptr : &times_[k].backward_seconds, [&] { node.operation->backward(step); });
      if (!watched) continue;
      for (std::uint32_t i = 0; i < node.inputs; ++i) {
        if (step.wants_gradient(i)) check(k, index(inputs_[node.first_input + i]), Watch::gradients);
      }
    }
    for (Node& node : nodes_) {
      if (node.parameter == nullptr || node.has_gradient || node.parameter->frozen) continue;
      const MatrixView<Real> gradient = node.parameter->gradient.view();
      for (std::size_t i = 0; i < gradient.rows(); ++i) std::ranges::fill(gradient.row(i), Real{0});
    }
  });
}

template <class Real>
void BasicTape<Real>::forward(const Pass& pass) {
  prepare();
  pass_ = pass;
  ran_ = false;
  run_forward(guard_ == Guard::all);
  ran_ = true;
  if (guard_ != Guard::ends) return;
  for (const Node& node : nodes_) {
    if (node.operation == nullptr || !kept(node) || finite(value_view(node))) continue;
    ran_ = false;
    run_forward(true);  // the same bits again, so it throws
  }
}

template <class Real>
void BasicTape<Real>::backward(Tensor loss, bool add) {
  if (!ran_) throw InvalidOption("there is nothing to go back from; call forward() first");
  const Node& node = nodes_[index(loss)];
  if (node.shape != Shape{1, 1}) {
    throw InvalidOption(fmt::format("{} is {} x {}; gradients are those of a loss, 1 x 1", name(loss), node.shape.rows,
                                    node.shape.columns));
  }
  if (!node.wants_gradient || node.operation == nullptr) {
    throw InvalidOption(fmt::format("{} depends on no parameter, or the tape was made without gradients", name(loss)));
  }
  run_backward(loss, add, guard_ == Guard::all);
  if (guard_ != Guard::ends) return;
  for (const Node& parameter : nodes_) {
    if (parameter.parameter == nullptr || finite(parameter.parameter->gradient.view())) continue;
    find_culprit(loss, add);
  }
}

template <class Real>
void BasicTape<Real>::find_culprit(Tensor loss, bool add) {
  run_forward(true);
  run_backward(loss, add, true);
  // A gradient that was added to one of an earlier pass.
  for (std::size_t k = 0; k < nodes_.size(); ++k) {
    if (nodes_[k].parameter != nullptr) check(k, k, Watch::gradients);
  }
}

template <class Real>
MatrixView<const Real> BasicTape<Real>::value(Tensor tensor) const {
  const Node& node = nodes_[index(tensor)];
  if (node.parameter != nullptr) return node.parameter->value.view();
  if (node.operation == nullptr) return node.constant;
  if (!kept(node)) {
    throw InvalidOption(
        fmt::format("the values of {} are not kept after a pass; call keep() when recording", name(tensor)));
  }
  if (!ran_) throw InvalidOption(fmt::format("{} has no values yet; call forward() first", name(tensor)));
  return value_view(node);
}

template class BasicTape<float>;
template class BasicTape<double>;

}  // namespace adjoin::learn
