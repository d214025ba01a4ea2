// How many bytes a product of a sparse and a dense matrix must take from the device's memory if its cache were ideal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/engine/sparse/csr_view.hpp>

namespace gpu_bench {

/// Y = A X, with X and Y row_bytes bytes a row, in slices of slice_bytes of a row: one slice of all rows after the
/// other.
struct ProductShape {
  std::size_t row_bytes = 0;
  std::size_t slice_bytes = 0;  // no more than row_bytes; as many means one slice
  std::size_t cache_bytes = 0;
};

struct ModelBytes {
  std::uint64_t slices = 0;
  std::uint64_t kept_rows = 0;     // rows of X whose slice the cache holds for as long as the slice is worked on
  std::uint64_t kept_gathers = 0;  // gathers of these: they cost one reading of the row
  std::uint64_t bytes = 0;
};

/// How often each row of X is gathered, from the most to the least, as far as a row is gathered at all.
class CacheModel {
 public:
  explicit CacheModel(const adjoin::CsrView& a);

  /// The cache holds the rows that are gathered most, as many as there is room for, and nothing else. Every other
  /// gather reads from memory. Beside them: targets and offsets once a slice, Y written once.
  ModelBytes operator()(const ProductShape& shape) const;

  /// Bytes of X that non-zeros name.
  std::uint64_t gathered_bytes(std::size_t row_bytes) const { return nonzeros_ * row_bytes; }

 private:
  std::uint64_t rows_;
  std::uint64_t nonzeros_;
  std::vector<std::uint64_t> gathers_of_first_;  // [k]: of the k rows that are gathered most, from k = 0
};

}  // namespace gpu_bench
