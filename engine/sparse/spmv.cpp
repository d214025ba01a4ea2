#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

namespace adjoin {
namespace {

constexpr std::size_t product_work_per_chunk = 1 << 16;

/// out[i] = the sum over row i of entry * value_of(target), in double.
template <class ValueOf, class Scalar>
void sum_rows(RunContext& context, const CsrView& a, ValueOf&& value_of, std::span<Scalar> out) {
  context.threads().for_tasks(row_chunk_count(a, product_work_per_chunk), [&](std::size_t k) {
    const Chunk rows = row_chunk(a, product_work_per_chunk, k);
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      double sum = 0;
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        const double entry = a.weighted() ? a.weights[e] : 1.0;
        sum += entry * value_of(a.targets[e]);
      }
      out[row] = static_cast<Scalar>(sum);
    }
  });
}

}  // namespace

void spmv(RunContext& context, const CsrView& a, std::span<const float> x, std::span<float> y) {
  sum_rows(context, a, [x](NodeId target) { return static_cast<double>(x[index(target)]); }, y);
}

void spmv(RunContext& context, const CsrView& a, std::span<const double> x, std::span<double> y) {
  sum_rows(context, a, [x](NodeId target) { return x[index(target)]; }, y);
}

void row_sums(RunContext& context, const CsrView& a, std::span<float> sums) {
  if (a.weighted()) {
    sum_rows(context, a, [](NodeId) { return 1.0; }, sums);
    return;
  }
  context.threads().for_chunks(a.row_count(), product_work_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) sums[row] = static_cast<float>(a.row_size(row));
  });
}

}  // namespace adjoin
