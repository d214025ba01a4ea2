#include "product_task.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>

#include "cusparse_product.hpp"
#include "device_kernels.hpp"

namespace gpu_bench {

using namespace adjoin;

namespace {

constexpr std::size_t narrow_slice = 128;  // bytes of a row: what ours works through at the narrowest

/// The graph as each of the products wants it.
struct OnDevice {
  CudaCsr csr;
  CudaSpmmMatrix plain;
  std::optional<CudaSpmmMatrix> hot;  // knows as many hot columns as the narrowest slices have room for

  OnDevice(CudaContext& device, const Threads& threads, const CsrView& a, const ProductSettings& settings)
      : csr(device, threads, a), plain(device, threads, a) {
    if (settings.hot_slices.empty()) return;
    const std::size_t narrowest = *std::min_element(settings.hot_slices.begin(), settings.hot_slices.end());
    hot.emplace(device, threads, a, device.shared_bytes() / narrowest);
  }
};

template <class Scalar>
class Products {
 public:
  Products(CudaContext& device, const Threads& threads, const CsrView& host, const OnDevice& a, const CacheModel& model,
           const ProductSettings& settings, std::string precision)
      : device_(device), a_(a), model_(model), settings_(settings), precision_(std::move(precision)) {
    try {
      cusparse_ = std::make_unique<CusparseMatrix<Scalar>>(device, threads, a.csr, host.offsets);
      cusparse_version_ = cusparse_version();
    } catch (const std::exception& error) {
      no_cusparse_ = error.what();
    }
  }

  void run(std::size_t columns) {
    BasicCudaMatrix<Scalar> x(device_, a_.csr.column_count(), columns);
    BasicCudaMatrix<Scalar> ours(device_, a_.csr.row_count(), columns);
    fill_numbers(device_, x.view().data(), x.bytes() / sizeof(Scalar));
    BasicCudaMatrix<Scalar> others(device_, a_.csr.row_count(), columns);
    run_ours(a_.plain, settings_.slices.front(), x, ours, nullptr);
    for (std::size_t i = 1; i < settings_.slices.size(); ++i) {
      if (settings_.slices[i] <= columns * sizeof(Scalar)) run_ours(a_.plain, settings_.slices[i], x, others, &ours);
    }
    for (const std::size_t slice : settings_.hot_slices) {
      if (slice <= columns * sizeof(Scalar)) run_ours(*a_.hot, slice, x, others, &ours);
    }
    if (cusparse_ == nullptr) {
      Json record = begin("cuSPARSE", "", columns);
      record["failed"] = no_cusparse_;
      print(record);
      return;
    }
    for (const CusparseAlgorithm& algorithm : cusparse_algorithms()) run_cusparse(algorithm, x, ours, others);
  }

 private:
  Json begin(const char* program, const std::string& method, std::size_t columns) const {
    Json record = settings_.graph;
    record["task"] = "spmm";
    record["program"] = program;
    record["method"] = method;
    record["precision"] = precision_;
    record["columns"] = columns;
    return record;
  }

  void tell_times(Json& record, const Times& times, std::size_t columns) const {
    record["seconds"] = times.median();
    record["least_seconds"] = times.least();
    record["most_seconds"] = times.most();
    record["runs"] = times.seconds.size();
    const std::size_t row_bytes = columns * sizeof(Scalar);
    const std::size_t slice_bytes = std::min(narrow_slice, row_bytes);
    const std::pair<const char*, std::uint64_t> counts[] = {
        {"gathered", model_.gathered_bytes(row_bytes)},
        {"model", model_({row_bytes, row_bytes, settings_.cache_bytes}).bytes},
        {"sliced_model", model_({row_bytes, slice_bytes, settings_.cache_bytes}).bytes}};
    for (const auto& [name, bytes] : counts) {
      record[std::string(name) + "_bytes"] = bytes;
      if (settings_.copy_bytes_per_second == 0) continue;
      record[std::string(name) + "_of_copy"] =
          static_cast<double>(bytes) / times.median() / settings_.copy_bytes_per_second;
    }
  }

  /// What a product does not write is NaN afterwards, and seen.
  void poison(BasicCudaMatrix<Scalar>& y) const {
    cuda::check("cudaMemsetAsync", cudaMemsetAsync(y.view().data(), 0xff, y.bytes(), device_.stream()));
  }

  void tell_difference(Json& record, const BasicCudaMatrix<Scalar>& a, const BasicCudaMatrix<Scalar>& b) const {
    record["difference"] = number(largest_difference(device_, a.view(), b.view()));
  }

  /// first: the result to compare with, or nullptr.
  void run_ours(const CudaSpmmMatrix& a, std::size_t slice, const BasicCudaMatrix<Scalar>& x,
                BasicCudaMatrix<Scalar>& y, const BasicCudaMatrix<Scalar>* first) const {
    const std::size_t hot_rows = slice == 0 ? 0 : std::min(a.hot.count(), device_.shared_bytes() / slice);
    std::string method = slice == 0 ? "" : "slices of " + std::to_string(slice) + " bytes";
    if (hot_rows > 0) method += ", hot rows kept";
    Json record = begin("adjoin", method, x.columns());
    record["slice_bytes"] = slice;
    if (hot_rows > 0) record["hot_rows"] = hot_rows;
    try {
      poison(y);
      const Times times =
          measure(device_, settings_.repeats, [&] { spmm(device_, a, nullptr, x.view(), y.view(), 0, {slice}); });
      tell_times(record, times, x.columns());
      if (first != nullptr) tell_difference(record, *first, y);
    } catch (const std::exception& error) {
      record["failed"] = error.what();
    }
    print(record);
  }

  void run_cusparse(const CusparseAlgorithm& algorithm, const BasicCudaMatrix<Scalar>& x,
                    const BasicCudaMatrix<Scalar>& ours, BasicCudaMatrix<Scalar>& theirs) {
    Json record = begin("cuSPARSE", algorithm.name, x.columns());
    record["version"] = cusparse_version_;
    poison(theirs);
    const CusparseResult result =
        cusparse_product<Scalar>(*cusparse_, algorithm, x.view(), theirs.view(), settings_.repeats);
    if (result.failed.empty()) {
      record["preprocess_seconds"] = result.preprocess_seconds;
      record["buffer_bytes"] = result.buffer_bytes;
      tell_times(record, result.times, x.columns());
      tell_difference(record, ours, theirs);
    } else {
      record["failed"] = result.failed;
    }
    print(record);
  }

  CudaContext& device_;
  const OnDevice& a_;
  const CacheModel& model_;
  const ProductSettings& settings_;
  std::string precision_;
  std::unique_ptr<CusparseMatrix<Scalar>> cusparse_;
  std::string cusparse_version_;
  std::string no_cusparse_;
};

}  // namespace

std::size_t scalar_bytes(const std::string& precision) {
  if (precision == "float32") return sizeof(float);
  return precision == "bf16" ? sizeof(Bf16) : 0;
}

void model_task(const CacheModel& model, const ProductSettings& settings) {
  for (const std::string& precision : settings.precisions) {
    for (const std::size_t columns : settings.columns) {
      const std::size_t row_bytes = columns * scalar_bytes(precision);
      std::vector<std::size_t> slices;  // narrower than a row, and the whole row
      for (std::size_t slice = narrow_slice; slice < row_bytes && slice <= 4 * narrow_slice; slice *= 2) {
        slices.push_back(slice);
      }
      slices.push_back(row_bytes);
      for (const std::size_t slice_bytes : slices) {
        const ModelBytes bytes = model({row_bytes, slice_bytes, settings.cache_bytes});
        Json record = settings.graph;
        record["task"] = "model";
        record["precision"] = precision;
        record["columns"] = columns;
        record["slice_bytes"] = slice_bytes;
        record["cache_bytes"] = settings.cache_bytes;
        record["kept_rows"] = bytes.kept_rows;
        record["kept_gathers"] = bytes.kept_gathers;
        record["gathered_bytes"] = model.gathered_bytes(row_bytes);
        record["model_bytes"] = bytes.bytes;
        print(record);
      }
    }
  }
}

void product_task(CudaContext& device, const Threads& threads, const CsrView& a, const CacheModel& model,
                  const ProductSettings& settings) {
  const OnDevice on_device(device, threads, a, settings);
  for (const std::string& precision : settings.precisions) {
    const auto run_all = [&](auto products) {
      for (const std::size_t columns : settings.columns) products.run(columns);
    };
    if (precision == "float32") {
      run_all(Products<float>(device, threads, a, on_device, model, settings, precision));
    } else {
      run_all(Products<Bf16>(device, threads, a, on_device, model, settings, precision));
    }
  }
}

}  // namespace gpu_bench
