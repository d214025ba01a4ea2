// A sparse matrix on a GPU, in compressed sparse rows: what products over it read.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// The arrays of a CsrView on the device. Move-only.
class CudaCsr {
 public:
  CudaCsr() = default;
  CudaCsr(CudaContext& context, const Threads& threads, const CsrView& a)
      : row_count_(a.row_count()),
        column_count_(a.column_count),
        offsets_(context, threads, a.offsets),
        targets_(context, threads, a.targets),
        weights_(context, threads, a.weights) {}

  std::size_t row_count() const noexcept { return row_count_; }
  std::size_t column_count() const noexcept { return column_count_; }
  std::size_t nonzero_count() const noexcept { return targets_.size(); }
  bool weighted() const noexcept { return !weights_.empty(); }
  BasicCsrView<Cuda> view() const noexcept {
    return {column_count_,
            {offsets_.data(), offsets_.size()},
            {targets_.data(), targets_.size()},
            {weights_.data(), weights_.size()}};
  }

  static std::uint64_t bytes_of(const CsrView& a) noexcept {
    return a.offsets.size_bytes() + a.targets.size_bytes() + a.weights.size_bytes();
  }

 private:
  std::size_t row_count_ = 0;
  std::size_t column_count_ = 0;
  DeviceArray<EdgeOffset> offsets_;
  DeviceArray<NodeId> targets_;
  DeviceArray<float> weights_;
};

}  // namespace adjoin
