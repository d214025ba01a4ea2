// The rows of a matrix that are most similar to some vectors, on a GPU: the inner part of exact nearest-row search.
//
// Products of a tile of rows with a tile of vectors are made by cuBLAS into a buffer that stays in the cache. A block
// of threads then reads the products of one vector and keeps those above its bound, the top-th best seen so far. The
// order of what is kept is total (similarity, then row), so it does not matter in which order threads come by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>

namespace adjoin {

/// For one set of vectors after the other: begin, add all rows, finish.
class TopRows {
 public:
  static constexpr std::size_t most_top = 4096;
  static constexpr std::uint32_t no_row = std::numeric_limits<std::uint32_t>::max();

  /// Vectors that are best given together.
  static std::size_t queries_at_once(std::size_t top) noexcept;

  /// Room for up to `queries` vectors, and for rows given up to `rows` at a time. 1 <= top <= most_top.
  TopRows(CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top);
  /// Bytes on the device that it takes.
  static std::uint64_t bytes_of(const CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top);

  /// Forgets what was found for other vectors.
  void begin();

  struct Queries {
    MatrixView<const float, Cuda> vectors;    // q x d; under cosine each of length 1 or 0
    const std::uint32_t* left_out = nullptr;  // on the device: for each the row that is not to be found, or no_row
  };
  struct Rows {
    MatrixView<const float, Cuda> vectors;  // r x d; d > 0
    const float* lengths = nullptr;         // on the device, for cosine: similarity = product / length within [-1, 1],
                                            // 0 for length 0; nullptr: similarity = product. All are finite.
    std::size_t first = 0;                  // the number of the first of them; all numbers < 2^32 - 1
    std::size_t known = 0;                  // so many at the beginning were given before
  };
  /// Compares all vectors with more rows. done: called with numbers of pairs that were compared, between launches.
  /// 2*q*r*d operations. The same bits every time for the same numbers of rows and vectors.
  void add(const Queries& queries, const Rows& rows, FunctionRef<void(std::uint64_t)> done);

  /// The most similar rows of each vector, similarities falling and ties by smaller row, `top` a vector; no_row and 0
  /// where there are not as many. rows, similarities: q * top.
  void finish(const Threads& threads, std::span<std::uint32_t> rows, std::span<float> similarities);

 private:
  /// How a comparison is cut up.
  struct Shape {
    Shape(const CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top) noexcept;

    std::size_t queries_per_tile;
    std::size_t rows_per_tile;
    std::size_t product_stride;
    std::size_t parts;     // blocks of threads that share the rows of a tile, each with a list of its own
    std::size_t capacity;  // of a list: a power of two, more than top
    std::size_t lists;     // of all vectors and parts
  };

  void multiply(MatrixView<const float, Cuda> queries, MatrixView<const float, Cuda> rows);

  CudaContext& context_;
  Shape shape_;
  std::size_t top_;
  DeviceArray<float> products_;
  // List p of vector q stands at q * parts + p.
  DeviceArray<std::uint64_t> kept_;
  DeviceArray<std::uint32_t> counts_;
  DeviceArray<std::uint64_t> bounds_;
  DeviceArray<std::uint32_t> found_rows_;
  DeviceArray<float> found_similarities_;
};

}  // namespace adjoin
