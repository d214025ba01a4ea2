#include <cmath>
#include <string>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin {
namespace {

class Check {
 public:
  Check(const CsrView& a, std::string_view what, bool negative_weights)
      : a_(a), what_(what), negative_weights_(negative_weights) {}

  void run(RunContext& context, std::size_t rows, std::size_t columns) const {
    sizes(rows, columns);
    constexpr std::size_t rows_per_chunk = 1 << 16;
    context.threads().for_chunks(rows, rows_per_chunk, [&](Chunk chunk) { offsets(chunk); });
    constexpr std::size_t work_per_chunk = 1 << 16;
    context.for_tasks(row_chunk_count(a_, work_per_chunk), [&](std::size_t k) {
      const Chunk chunk = row_chunk(a_, work_per_chunk, k);
      for (std::size_t row = chunk.begin; row < chunk.end; ++row) entries(row);
    });
  }

 private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw InvalidData(fmt::format("not a {}: {}", what_, found));
  }

  void sizes(std::size_t rows, std::size_t columns) const {
    if (a_.offsets.size() != rows + 1) {
      refuse(fmt::format("{} offsets for {} nodes; there must be one more than nodes", a_.offsets.size(), rows));
    }
    if (a_.column_count != columns) refuse(fmt::format("{} columns for {} nodes", a_.column_count, columns));
    if (index(a_.offsets[0]) != 0) refuse("the first offset is not 0");
    if (index(a_.offsets[rows]) != a_.targets.size()) {
      refuse(fmt::format("the last offset is {} for {} entries", index(a_.offsets[rows]), a_.targets.size()));
    }
    if (!a_.weights.empty() && a_.weights.size() != a_.targets.size()) {
      refuse(fmt::format("{} weights for {} entries", a_.weights.size(), a_.targets.size()));
    }
  }

  void offsets(Chunk rows) const {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      if (a_.offsets[row] > a_.offsets[row + 1]) refuse(fmt::format("the offsets fall at row {}", row));
    }
  }

  void entries(std::size_t row) const {
    for (std::size_t e = a_.row_begin(row); e < a_.row_end(row); ++e) {
      if (index(a_.targets[e]) >= a_.column_count) {
        refuse(fmt::format("row {} names node {}", row, index(a_.targets[e])));
      }
      if (e > a_.row_begin(row) && a_.targets[e - 1] >= a_.targets[e]) {
        refuse(fmt::format("the neighbours in row {} are not in increasing order", row));
      }
      if (a_.weighted() && !(std::isfinite(a_.weights[e]) && (negative_weights_ || a_.weights[e] >= 0))) {
        refuse(fmt::format("the weight {} in row {}; weights are finite{}", a_.weights[e], row,
                           negative_weights_ ? "" : " and not negative"));
      }
    }
  }

  const CsrView& a_;
  std::string_view what_;
  bool negative_weights_;
};

}  // namespace

void check_csr(RunContext& context, const CsrView& a, std::size_t rows, std::size_t columns, std::string_view what,
               bool negative_weights) {
  Check(a, what, negative_weights).run(context, rows, columns);
}

}  // namespace adjoin
