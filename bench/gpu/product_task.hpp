// Sparse times dense on the device: adjoin's beside cuSPARSE's, and both beside what an ideal cache would leave to
// read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <adjoin/engine/runtime/cuda/cuda_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

#include "cache_model.hpp"
#include "event_times.hpp"
#include "records.hpp"

namespace gpu_bench {

struct ProductSettings {
  Json graph;  // members that every record begins with
  std::vector<std::size_t> columns{128, 256};
  std::vector<std::string> precisions{"float32", "bf16"};
  std::vector<std::size_t> slices{0};   // bytes of a row in a slice of ours; 0: what it takes by itself
  std::vector<std::size_t> hot_slices;  // with the hot rows kept at hand
  double copy_bytes_per_second = 0;     // 0: not measured, and no share of it is told
  std::size_t cache_bytes = 0;
  Repeats repeats;
};

/// Bytes of a number of a precision; 0 for a word that is none.
std::size_t scalar_bytes(const std::string& precision);

/// Prints what the cache could serve of each product: of whole rows and in slices of 128, 256 and 512 bytes. Needs no
/// device.
void model_task(const CacheModel& model, const ProductSettings& settings);

/// Prints a record for each product: adjoin with each of the slices, with and without hot rows, and cuSPARSE by each
/// algorithm.
void product_task(adjoin::CudaContext& device, const adjoin::Threads& threads, const adjoin::CsrView& a,
                  const CacheModel& model, const ProductSettings& settings);

}  // namespace gpu_bench
