#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::learn {
namespace {

template <class Real>
void pick(RunContext& context, MatrixView<const Real> from, std::span<const NodeId> rows, const Gradient<Real>& to) {
  for_rows(context, rows.size(), from.columns(), [&](std::size_t i) {
    const Real* const row = from.row(adjoin::index(rows[i])).data();
    to.put_row(i, [&](std::size_t j) { return row[j]; });
  });
}

/// Bytes that add_up needs.
std::size_t add_up_bytes(std::size_t picked, std::size_t row_count) {
  return (row_count + 1) * sizeof(EdgeOffset) + picked * sizeof(std::uint32_t);
}

/// to[rows[i]] += from[i], for every i in order. The rows of `to` are shared out among threads, so each needs the list
/// of those that go to it: a sort by counting, which is little beside the rows themselves.
template <class Real>
void add_up(RunContext& context, MatrixView<const Real> from, std::span<const NodeId> rows, MatrixView<Real> to,
            std::span<std::byte> scratch) {
  auto* const offsets = static_cast<EdgeOffset*>(static_cast<void*>(scratch.data()));
  auto* const order = static_cast<std::uint32_t*>(static_cast<void*>(offsets + to.rows() + 1));
  std::fill_n(offsets, to.rows() + 1, EdgeOffset{0});
  for (const NodeId row : rows)
    offsets[adjoin::index(row)] = edge_offset(adjoin::index(offsets[adjoin::index(row)]) + 1);
  std::size_t before = 0;
  for (std::size_t row = 0; row < to.rows(); ++row) {
    before += adjoin::index(offsets[row]);
    offsets[row] = edge_offset(before);  // the end of the row's list, from which it is filled backwards
  }
  offsets[to.rows()] = edge_offset(before);
  for (std::size_t i = rows.size(); i-- > 0;) {
    EdgeOffset& place = offsets[adjoin::index(rows[i])];
    place = edge_offset(adjoin::index(place) - 1);
    order[adjoin::index(place)] = static_cast<std::uint32_t>(i);
  }
  const CsrView lists = {0, {offsets, to.rows() + 1}, {}, {}};
  const std::size_t work = rows_per_chunk(from.columns());
  context.for_tasks(row_chunk_count(lists, work), [&](std::size_t task) {
    const Chunk chunk = row_chunk(lists, work, task);
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      Real* const sum = to.row(row).data();
      for (std::size_t e = lists.row_begin(row); e < lists.row_end(row); ++e) {
        const Real* const part = from.row(order[e]).data();
        for (std::size_t j = 0; j < to.columns(); ++j) sum[j] += part[j];
      }
    }
  });
}

template <class Real>
class GatherRows final : public Operation<Real> {
 public:
  GatherRows(std::span<const NodeId> rows, std::size_t row_count) : rows_(rows), row_count_(row_count) {}

  std::string_view name() const noexcept override { return "gather_rows"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  Workspace workspace() const noexcept override { return {.backward = add_up_bytes(rows_.size(), row_count_)}; }
  void forward(Step<Real>& step) const override { pick<Real>(step.context(), step.input(0), rows_, {step.output()}); }
  void backward(Step<Real>& step) const override {
    add_up<Real>(step.context(), step.output_gradient(), rows_, step.gradient_to_add_to(0),
                 step.template scratch<std::byte>());
  }

 private:
  std::span<const NodeId> rows_;
  std::size_t row_count_;
};

template <class Real>
class ScatterAddRows final : public Operation<Real> {
 public:
  ScatterAddRows(std::span<const NodeId> rows, std::size_t row_count) : rows_(rows), row_count_(row_count) {}

  std::string_view name() const noexcept override { return "scatter_add_rows"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  Workspace workspace() const noexcept override { return {.forward = add_up_bytes(rows_.size(), row_count_)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<Real> out = step.output();
    for_rows(step.context(), out.rows(), out.columns(), [&](std::size_t i) { std::ranges::fill(out.row(i), Real{0}); });
    add_up<Real>(step.context(), step.input(0), rows_, out, step.template scratch<std::byte>());
  }
  void backward(Step<Real>& step) const override {
    pick<Real>(step.context(), step.output_gradient(), rows_, step.gradient(0));
  }

 private:
  std::span<const NodeId> rows_;
  std::size_t row_count_;
};

void require_below(std::string_view operation, std::span<const NodeId> rows, std::size_t row_count) {
  const auto wrong = std::ranges::find_if(rows, [&](NodeId row) { return adjoin::index(row) >= row_count; });
  if (wrong == rows.end()) return;
  throw InvalidOption(fmt::format("{}: row {} is asked for and there are {}; give numbers below that", operation,
                                  adjoin::index(*wrong), row_count));
}

}  // namespace

template <class Real>
Tensor gather_rows(BasicTape<Real>& tape, Tensor x, std::span<const NodeId> rows) {
  const Shape shape = tape.shape(x);
  require_below("gather_rows", rows, shape.rows);
  return tape.template record<GatherRows<Real>>({rows.size(), shape.columns}, {x}, rows, shape.rows);
}

template <class Real>
Tensor scatter_add_rows(BasicTape<Real>& tape, Tensor x, std::span<const NodeId> rows, std::size_t row_count) {
  require_shape(tape.shape(x).rows == rows.size(), tape, "scatter_add_rows", x, "there is a number for each row");
  require_below("scatter_add_rows", rows, row_count);
  return tape.template record<ScatterAddRows<Real>>({row_count, tape.shape(x).columns}, {x}, rows, row_count);
}

#define ADJOIN_INSTANTIATE(Real)                                                        \
  template Tensor gather_rows<Real>(BasicTape<Real>&, Tensor, std::span<const NodeId>); \
  template Tensor scatter_add_rows<Real>(BasicTape<Real>&, Tensor, std::span<const NodeId>, std::size_t);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
