// A tape of differentiable operations over dense matrices: written once, run forwards and backwards as often as asked.
//
// Recording an operation computes nothing; it notes shapes. From them a plan gives every value, gradient and scratch
// buffer a place in one block of memory, in which buffers that are not needed at the same time share bytes. A pass
// allocates nothing, and neither does a new recording that needs no more than an earlier one (mini-batches).
// The gradient is reverse accumulation along the recorded order (Griewank, Walther: Evaluating Derivatives, 2008,
// chapter 3). Results have the same bits for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/learn/buffer_plan.hpp>
#include <adjoin/engine/learn/object_pool.hpp>
#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::learn {

/// A NaN or an infinity where a number should be. what() names the step, the operation and the tensor.
class NotFinite : public Error {
 public:
  NotFinite(std::uint64_t step, std::string_view operation, std::string_view tensor, bool in_gradient);
  std::uint64_t step() const noexcept { return step_; }
  const std::string& operation() const noexcept { return operation_; }
  const std::string& tensor() const noexcept { return tensor_; }
  bool in_gradient() const noexcept { return in_gradient_; }

 private:
  std::uint64_t step_;
  std::string operation_;
  std::string tensor_;
  bool in_gradient_;
};

/// When values are looked at for NaN and infinity. `ends`: the loss and the gradients of parameters; if one is not
/// finite the step is run again with every operation looked at, to find where it began. `all`: every operation always.
enum class Guard { off, ends, all };

/// What the passes since measuring began took at one tensor's operation.
struct OperationTime {
  Tensor result;
  std::string_view operation;
  double forward_seconds = 0;
  double backward_seconds = 0;
};

/// Real is float; double is there for checks of gradients. Not for use by two threads at once. What is given to it by
/// view or reference (matrices, parameters, indices) outlives the recording.
template <class Real>
class BasicTape {
 public:
  /// with_gradients: false for a tape that only computes; its values share memory as soon as nothing reads them.
  explicit BasicTape(RunContext& context, bool with_gradients = true);
  ~BasicTape();
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;

  /// A matrix without a gradient, read where it stands.
  Tensor constant(std::string_view name, MatrixView<const Real> values);
  /// Another matrix of the same shape for a constant of this recording.
  void bind(Tensor constant, MatrixView<const Real> values);
  /// The same parameter again is the same tensor.
  Tensor parameter(BasicParameter<Real>& parameter);

  /// For those who write operations: the result of Op(arguments...) of these inputs.
  template <class Op, class... Arguments>
  Tensor record(Shape shape, std::span<const Tensor> inputs, Arguments&&... arguments) {
    static_assert(std::is_base_of_v<Operation<Real>, Op> && std::is_trivially_destructible_v<Op>);
    void* const memory = pool_.allocate(sizeof(Op), alignof(Op));
    return add_node(shape, inputs, new (memory) Op{std::forward<Arguments>(arguments)...});
  }
  template <class Op, class... Arguments>
  Tensor record(Shape shape, std::initializer_list<Tensor> inputs, Arguments&&... arguments) {
    return record<Op>(shape, std::span<const Tensor>(inputs.begin(), inputs.size()),
                      std::forward<Arguments>(arguments)...);
  }
  /// Values that an operation reads, copied so that they live as long as the recording.
  template <class Value>
  std::span<Value> copy(std::span<const Value> values) {
    static_assert(std::is_trivially_copyable_v<Value>);
    auto* const memory = static_cast<Value*>(pool_.allocate(values.size_bytes(), alignof(Value)));
    std::uninitialized_copy_n(values.begin(), values.size(), memory);
    return {memory, values.size()};
  }

  /// Tensors recorded so far.
  std::size_t size() const noexcept;
  Shape shape(Tensor tensor) const noexcept;
  /// "relu 3", unless it was named.
  std::string name(Tensor tensor) const;
  Tensor set_name(Tensor tensor, std::string_view name);
  /// Values that are read after a pass are kept for it: those of results that no operation takes are, others are not.
  Tensor keep(Tensor tensor);

  /// Forgets what was recorded; memory stays for the next recording.
  void clear() noexcept;

  /// Bytes of the block that a pass computes in, parameters apart. Makes the plan, takes no memory.
  std::uint64_t planned_bytes();
  /// Takes the memory. BudgetExceeded if there is not as much. forward() does it, too.
  void prepare();

  void set_guard(Guard guard) noexcept { guard_ = guard; }

  /// From now on, until what is recorded changes, notes how long each operation takes: two looks at a clock for each.
  void measure();
  /// Of every tensor in the order of recording, zeros where no operation is; empty unless measure() was called.
  std::span<const OperationTime> times() const noexcept { return times_; }
  /// What the operation takes.
  std::span<const Tensor> inputs(Tensor result) const noexcept;

  /// Computes every value. NotFinite by the guard; Cancelled.
  void forward(const Pass& pass = {});
  /// Sets the gradients of the recorded parameters to those of loss, 1 x 1, or with `add` adds them. After forward(),
  /// of the same pass.
  void backward(Tensor loss, bool add = false);

  /// The values of a kept tensor, a parameter or a constant; InvalidOption for another tensor.
  MatrixView<const Real> value(Tensor tensor) const;
  /// Of a 1 x 1 tensor.
  Real scalar(Tensor tensor) const { return value(tensor)(0, 0); }

 private:
  struct Node;
  class NodeStep;
  enum class Watch { values, gradients };

  Tensor add_node(Shape shape, std::span<const Tensor> inputs, const Operation<Real>* operation);
  void plan();
  void share_in_place();
  bool kept(const Node& node) const noexcept;
  void run_forward(bool watched);
  void run_backward(Tensor loss, bool add, bool watched);
  void check(std::size_t at, std::size_t tensor, Watch watch) const;
  bool finite(MatrixView<const Real> values) const;
  void find_culprit(Tensor loss, bool add);
  MatrixView<Real> value_view(const Node& node) const noexcept;

  RunContext* context_;
  bool with_gradients_;
  Guard guard_ = Guard::ends;
  Pass pass_;
  ObjectPool pool_;
  std::vector<Node> nodes_;
  std::vector<Tensor> inputs_;  // of all nodes, one after the other
  std::vector<Buffer> buffers_;
  BufferPlan buffer_plan_;
  std::size_t planned_bytes_ = 0;
  bool planned_ = false;
  bool ran_ = false;
  Array<std::byte> arena_;
  std::vector<OperationTime> times_;  // by tensor; empty if nobody asked
};

using Tape = BasicTape<float>;

}  // namespace adjoin::learn
