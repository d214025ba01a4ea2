#include <algorithm>
#include <mutex>
#include <ranges>
#include <vector>

#include <hwy/cache_control.h>

#include <adjoin/engine/sparse/row_accumulator.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>

namespace adjoin {
namespace {

using detail::DenseAccumulator;
using detail::HashAccumulator;

/// Products (and rows, and entries of A) of a task: some hundred microseconds.
constexpr std::size_t work_per_task = 1 << 17;
/// A table of up to so many columns stays in the second-level cache; there no hash table is faster.
constexpr std::size_t cached_columns = 1 << 17;
/// Entries of a row of B that each piece of a row cut by columns should have on average, so that finding where a piece
/// begins costs little against it.
constexpr std::size_t entries_per_search = 8;

/// Rows of B that are asked for before they are needed.
constexpr std::size_t rows_ahead = 8;

/// A row of C, or one of the pieces of equal width that its columns are cut into.
struct Part {
  std::size_t row = 0;
  std::size_t piece = 0;
  std::size_t pieces = 1;
};

/// How the work is cut, as a function of the matrices alone. The work of all rows is one long line, cut into stretches
/// of work_per_task; task t has the rows that begin in the t-th stretch. A row that is longer than a stretch reaches
/// into later ones: task t also has that row's piece which lies, by number, where the t-th stretch does. So no list of
/// tasks is stored.
class Plan {
 public:
  Plan(RunContext& context, const CsrView& a, const CsrView& b)
      : a_(a), columns_(b.column_count), work_before_(a.row_count() + 1) {
    constexpr std::size_t entries_per_chunk = 1 << 16;
    work_before_[0] = 0;
    context.for_tasks(row_chunk_count(a, entries_per_chunk), [&](std::size_t k) {
      const Chunk rows = row_chunk(a, entries_per_chunk, k);
      for (std::size_t row = rows.begin; row < rows.end; ++row) {
        std::uint64_t products = 0;
        for (const NodeId middle : a.row_targets(row)) products += b.row_size(index(middle));
        work_before_[row + 1] = products + a.row_size(row) + 1;
      }
    });
    for (std::size_t row = 0; row < a.row_count(); ++row) {
      const std::size_t products = work_before_[row + 1] - a.row_size(row) - 1;
      const std::size_t entries = most_entries(products);
      most_entries_ += entries;
      if (is_hashed(products)) {
        largest_hashed_ = std::max(largest_hashed_, entries);
      } else {
        any_dense_ = any_dense_ || products > 0;
      }
      work_before_[row + 1] += work_before_[row];
    }
  }

  std::size_t task_count() const { return chunk_count(work_before_[a_.row_count()], work_per_task); }
  std::size_t products(std::size_t row) const {
    return work_before_[row + 1] - work_before_[row] - a_.row_size(row) - 1;
  }
  /// What C has at most.
  std::uint64_t most_entries() const { return most_entries_; }
  std::size_t most_entries(std::size_t products) const { return std::min(products, columns_); }
  /// Whether a row of so many products is collected in a hash table: one so much smaller than the table of all columns
  /// that cache misses in that one would cost more than hashing and sorting (spgemm_bench).
  bool is_hashed(std::size_t products) const {
    return columns_ > cached_columns &&
           HashAccumulator::bytes(most_entries(products)) <= DenseAccumulator::bytes(columns_) / 256;
  }
  std::size_t dense_columns() const { return any_dense_ ? columns_ : 0; }
  std::size_t hashed_entries() const { return largest_hashed_; }

  std::size_t first_task(std::size_t row) const { return work_before_[row] / work_per_task; }
  std::size_t pieces(std::size_t row) const {
    const std::size_t work = work_before_[row + 1] - work_before_[row];
    if (work <= work_per_task) return 1;
    const std::size_t stretches = (work_before_[row + 1] - 1) / work_per_task - first_task(row) + 1;
    return std::clamp<std::size_t>(products(row) / (entries_per_search * a_.row_size(row)), 1, stretches);
  }

  /// Calls body(part) for each part of a task.
  template <class Body>
  void for_parts(std::size_t task, Body&& body) const {
    const std::size_t begin = first_row_from(task * work_per_task);
    const std::size_t end = first_row_from((task + 1) * work_per_task);
    if (begin > 0 && work_before_[begin] > task * work_per_task) {
      const std::size_t row = begin - 1;
      const Part part{row, task - first_task(row), pieces(row)};
      if (part.piece < part.pieces) body(part);
    }
    for (std::size_t row = begin; row < end; ++row) body(Part{row, 0, pieces(row)});
  }

  std::uint64_t bytes() const { return work_before_.bytes(); }

 private:
  std::size_t first_row_from(std::size_t work) const {
    const auto rows = std::views::iota(std::size_t{0}, a_.row_count());
    return static_cast<std::size_t>(
        std::ranges::partition_point(rows, [&](std::size_t row) { return work_before_[row] < work; }) - rows.begin());
  }

  CsrView a_;
  std::size_t columns_;
  Array<std::uint64_t> work_before_;  // of rows, their entries in A, and their products
  std::uint64_t most_entries_ = 0;
  std::size_t largest_hashed_ = 0;
  bool any_dense_ = false;
};

/// What one thread collects rows in.
struct Tables {
  DenseAccumulator dense;
  HashAccumulator hash;
};

/// As many tables as threads: a task borrows one. Which one makes no difference, all are empty.
class TablePool {
 public:
  TablePool(std::size_t count, const Plan& plan) {
    for (std::size_t i = 0; i < count; ++i) {
      tables_.push_back({DenseAccumulator(plan.dense_columns()), HashAccumulator(plan.hashed_entries())});
    }
    for (Tables& tables : tables_) free_.push_back(&tables);
  }

  static std::uint64_t bytes(std::size_t count, const Plan& plan) {
    return count * (DenseAccumulator::bytes(plan.dense_columns()) + HashAccumulator::bytes(plan.hashed_entries()));
  }

  template <class Body>
  void borrow(Body&& body) {
    Tables* tables = nullptr;
    {
      const std::scoped_lock lock(mutex_);
      tables = free_.back();
      free_.pop_back();
    }
    body(*tables);
    const std::scoped_lock lock(mutex_);
    free_.push_back(tables);
  }

 private:
  std::vector<Tables> tables_;
  std::vector<Tables*> free_;
  std::mutex mutex_;
};

/// Calls collect(column, product) for each product that falls into the part.
template <bool Weighted, class Collect>
void for_products(const CsrView& a, const CsrView& b, const Part& part, Collect&& collect) {
  const auto column_at = [&](std::size_t piece) { return node_id(piece * b.column_count / part.pieces); };
  const NodeId first_column = column_at(part.piece);
  const NodeId end_column = column_at(part.piece + 1);
  const std::size_t last = a.targets.size() - 1;
  for (std::size_t e = a.row_begin(part.row); e < a.row_end(part.row); ++e) {
    // Rows of B lie anywhere: the place of one is asked for, then, by the place, the row itself, those of coming rows
    // of C too.
    const NodeId later = a.targets[std::min(e + 2 * rows_ahead, last)];
    const NodeId soon = a.targets[std::min(e + rows_ahead, last)];
    hwy::Prefetch(b.offsets.data() + index(later));
    hwy::Prefetch(b.targets.data() + b.row_begin(index(soon)));
    if (Weighted) hwy::Prefetch(b.weights.data() + b.row_begin(index(soon)));
    const std::size_t middle = index(a.targets[e]);
    const double factor = a.weighted() ? static_cast<double>(a.weights[e]) : 1.0;
    std::size_t begin = b.row_begin(middle);
    std::size_t end = b.row_end(middle);
    if (part.pieces > 1) {
      const auto targets = b.row_targets(middle);
      const auto position = [&](NodeId column) {
        return static_cast<std::size_t>(std::ranges::lower_bound(targets, column) - targets.begin());
      };
      end = begin + position(end_column);
      begin += position(first_column);
    }
    for (std::size_t i = begin; i < end; ++i) {
      collect(b.targets[i], Weighted ? factor * static_cast<double>(b.weights[i]) : factor);
    }
  }
}

std::size_t count_part(const CsrView& a, const CsrView& b, const Plan& plan, const Part& part, Tables& tables) {
  const std::size_t products = plan.products(part.row);
  if (products == 0) return 0;
  if (plan.is_hashed(products)) {
    tables.hash.begin_row(plan.most_entries(products));
    for_products<false>(a, b, part, [&](NodeId column, double) { tables.hash.collect(column, 0); });
    return tables.hash.drain_count();
  }
  auto& columns = tables.dense.columns();
  for_products<false>(a, b, part, [&](NodeId column, double) { columns.insert(index(column)); });
  return columns.drain_count();
}

template <bool Weighted>
void compute_part(const CsrView& a, const CsrView& b, const Plan& plan, const Part& part, Tables& tables,
                  NodeId* targets, float* weights) {
  const std::size_t products = plan.products(part.row);
  if (products == 0) return;
  const auto collect_in = [&](auto& table) {
    for_products<Weighted>(a, b, part, [&](NodeId column, double value) { table.collect(column, value); });
    std::size_t at = 0;
    table.drain([&](NodeId column, double sum) {
      targets[at] = column;
      weights[at++] = static_cast<float>(sum);
    });
  };
  if (plan.is_hashed(products)) {
    tables.hash.begin_row(plan.most_entries(products));
    collect_in(tables.hash);
  } else {
    collect_in(tables.dense);
  }
}

/// The entries of the pieces of rows that are cut. A task has one first piece at most, because such a row reaches
/// beyond the task's stretch, and one later piece.
struct PieceCounts {
  explicit PieceCounts(std::size_t tasks) : first(tasks, 0), later(tasks, 0) {}
  static std::uint64_t bytes(std::size_t tasks) { return 2 * tasks * sizeof(std::uint64_t); }

  /// Entries of a row before one of its pieces (before the end for piece = pieces).
  std::uint64_t before(std::size_t first_task, std::size_t piece) const {
    std::uint64_t entries = piece == 0 ? 0 : first[first_task];
    for (std::size_t p = 1; p < piece; ++p) entries += later[first_task + p];
    return entries;
  }

  Array<std::uint64_t> first;
  Array<std::uint64_t> later;
};

/// No more tables than tasks to borrow them.
std::size_t table_count(const RunContext& context, const Plan& plan) {
  return std::min(static_cast<std::size_t>(context.threads().count()), plan.task_count());
}

std::uint64_t working_bytes(const RunContext& context, const Plan& plan) {
  return plan.bytes() + PieceCounts::bytes(plan.task_count()) + TablePool::bytes(table_count(context, plan), plan);
}

std::uint64_t result_bytes(const CsrView& a, std::uint64_t entries) {
  return a.offsets.size() * sizeof(EdgeOffset) + entries * (sizeof(NodeId) + sizeof(float));
}

constexpr const char* memory_knob = "multiply smaller matrices, or raise --memory";

}  // namespace

Csr spgemm(RunContext& context, const CsrView& a, const CsrView& b) {
  const std::uint64_t held = resident_bytes();
  const Plan plan(context, a, b);
  context.require_memory(held + working_bytes(context, plan) + result_bytes(a, 0), memory_knob);
  TablePool pool(table_count(context, plan), plan);
  PieceCounts counts(plan.task_count());

  Csr c;
  c.column_count = b.column_count;
  c.offsets = Array<EdgeOffset>(a.row_count() + 1);
  context.for_tasks(plan.task_count(), [&](std::size_t task) {
    pool.borrow([&](Tables& tables) {
      plan.for_parts(task, [&](const Part& part) {
        const std::size_t entries = count_part(a, b, plan, part, tables);
        if (part.pieces == 1) {
          c.offsets[part.row + 1] = edge_offset(entries);
        } else {
          (part.piece == 0 ? counts.first : counts.later)[task] = entries;
        }
      });
    });
  });
  std::uint64_t entries = 0;
  c.offsets[0] = EdgeOffset{0};
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    const std::size_t pieces = plan.pieces(row);
    entries += pieces == 1 ? index(c.offsets[row + 1]) : counts.before(plan.first_task(row), pieces);
    c.offsets[row + 1] = edge_offset(entries);
  }

  context.require_memory(held + working_bytes(context, plan) + result_bytes(a, entries), memory_knob);
  c.targets = Array<NodeId>(entries);
  c.weights = Array<float>(entries);
  context.for_tasks(plan.task_count(), [&](std::size_t task) {
    pool.borrow([&](Tables& tables) {
      plan.for_parts(task, [&](const Part& part) {
        const std::size_t at =
            index(c.offsets[part.row]) + (part.pieces == 1 ? 0 : counts.before(plan.first_task(part.row), part.piece));
        NodeId* const targets = c.targets.data() + at;
        float* const weights = c.weights.data() + at;
        b.weighted() ? compute_part<true>(a, b, plan, part, tables, targets, weights)
                     : compute_part<false>(a, b, plan, part, tables, targets, weights);
      });
    });
  });
  return c;
}

std::uint64_t estimate_spgemm_memory(RunContext& context, const CsrView& a, const CsrView& b) {
  const Plan plan(context, a, b);
  return working_bytes(context, plan) + result_bytes(a, plan.most_entries());
}

}  // namespace adjoin
