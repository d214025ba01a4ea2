#include "spmv_task.hpp"

#include <memory>
#include <span>
#include <string>

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>
#include <adjoin/engine/sparse/cuda/long_rows.hpp>
#include <adjoin/engine/sparse/cuda/spmv.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

#include "cusparse_vector_product.hpp"
#include "device_kernels.hpp"
#include "drawn_numbers.hpp"

namespace gpu_bench {

using namespace adjoin;

namespace {

MatrixView<const float, Cuda> as_column(const DeviceArray<float>& values) {
  return {values.data(), values.size(), 1};
}

class Spmv {
 public:
  Spmv(const CsrView& a, const SpmvSettings& settings, std::span<const float> x)
      : a_(a),
        settings_(settings),
        x_(x),
        compulsory_bytes_(a.targets.size_bytes() + a.offsets.size_bytes() +
                          (std::uint64_t{a.column_count} + a.row_count()) * sizeof(float)) {}

  /// Leaves the result of adjoin's in y.
  void run_on_device(RunContext& context, Array<float>& y) const {
    CudaContext& device = CudaContext::of(context);
    const CudaCsr on_device(device, context.threads(), a_);
    const LongRows long_rows(device, context.threads(), a_);
    const DeviceArray<float> x(device, context.threads(), x_);
    DeviceArray<float> ours(device, a_.row_count());
    print_measured(begin("adjoin", ""), [&](Json& record) {
      poison(device, ours);
      tell(record,
           measure(device, settings_.repeats, [&] { spmv(device, on_device, long_rows, x.data(), ours.data()); }));
    });
    run_cusparse(context, device, on_device, x, ours);
    y = ours.download(context.threads());
  }

  /// on_device: the result to compare with, or empty.
  void run_on_processor(const Side& side, std::span<const float> on_device) const {
    Json record = begin("", "");
    tell_side(record, side);
    print_measured(record, [&](Json& measured) {
      Array<float> y(a_.row_count());
      const CallTimes calls =
          measure_calls(*side.context, side.repeats, [] {}, [&] { spmv(*side.context, a_, x_, y.span()); });
      tell(measured, calls.times);
      if (on_device.empty()) return;
      double most = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        most = std::fmax(most, relative_difference(static_cast<double>(y[i]), static_cast<double>(on_device[i])));
      }
      measured["difference"] = number(most);
    });
  }

 private:
  Json begin(const char* program, const std::string& method) const {
    Json record = settings_.graph;
    record["task"] = "spmv";
    record["program"] = program;
    record["method"] = method;
    record["precision"] = "float32";
    return record;
  }

  void tell(Json& record, const Times& times) const {
    tell_times(record, times);
    record["compulsory_bytes"] = compulsory_bytes_;
    if (settings_.copy_bytes_per_second == 0) return;
    record["compulsory_of_copy"] =
        static_cast<double>(compulsory_bytes_) / times.median() / settings_.copy_bytes_per_second;
  }

  /// What a product does not write is NaN afterwards, and seen.
  static void poison(CudaContext& device, DeviceArray<float>& y) {
    cuda::check("cudaMemsetAsync", cudaMemsetAsync(y.data(), 0xff, y.bytes(), device.stream()));
  }

  void run_cusparse(RunContext& context, CudaContext& device, const CudaCsr& on_device, const DeviceArray<float>& x,
                    const DeviceArray<float>& ours) const {
    std::unique_ptr<CusparseMatrix<float>> matrix;
    std::string version;
    try {
      matrix = std::make_unique<CusparseMatrix<float>>(device, context.threads(), on_device, a_.offsets);
      version = cusparse_version();
    } catch (const std::exception& error) {
      Json record = begin("cuSPARSE", "");
      record["failed"] = error.what();
      print(record);
      return;
    }
    DeviceArray<float> theirs(device, a_.row_count());
    for (const CusparseVectorAlgorithm& algorithm : cusparse_vector_algorithms()) {
      Json record = begin("cuSPARSE", algorithm.name);
      record["version"] = version;
      print_measured(record, [&](Json& measured) {
        poison(device, theirs);
        const CusparseResult result = cusparse_vector_product(*matrix, algorithm, x, theirs, settings_.repeats);
        if (!result.failed.empty()) {
          measured["failed"] = result.failed;
          return;
        }
        measured["preprocess_seconds"] = result.preprocess_seconds;
        measured["buffer_bytes"] = result.buffer_bytes;
        tell(measured, result.times);
        measured["difference"] = number(largest_difference(device, as_column(ours), as_column(theirs)));
      });
    }
  }

  const CsrView& a_;
  const SpmvSettings& settings_;
  std::span<const float> x_;
  std::uint64_t compulsory_bytes_;
};

}  // namespace

void spmv_task(const Sides& sides, const CsrView& a, const SpmvSettings& settings) {
  const Matrix x = drawn_matrix(sides.any().threads(), a.column_count, 1);
  const Spmv task(a, settings, {x.view().data(), x.rows()});
  Array<float> on_device;
  if (sides.gpu) task.run_on_device(*sides.gpu->context, on_device);
  if (sides.cpu) task.run_on_processor(*sides.cpu, on_device.span());
}

}  // namespace gpu_bench
