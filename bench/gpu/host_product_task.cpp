#include "host_product_task.hpp"

#include <memory>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/cuda/upload_matrix.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#include "device_kernels.hpp"
#include "drawn_numbers.hpp"

namespace gpu_bench {

using namespace adjoin;

namespace {

/// The largest relative difference of y from the device's product of the same matrices.
double difference_from_device(RunContext& context, const CudaSpmmMatrix& a, const Matrix& x, const Matrix& y) {
  CudaContext& device = CudaContext::of(context);
  CudaMatrix there(device, x.rows(), x.columns());
  upload_matrix(device, context.threads(), x.view(), there.view());
  CudaMatrix product(device, y.rows(), y.columns());
  spmm(device, a, nullptr, there.view(), product.view());
  CudaMatrix uploaded(device, y.rows(), y.columns());
  upload_matrix(device, context.threads(), y.view(), uploaded.view());
  return largest_difference(device, product.view(), uploaded.view());
}

}  // namespace

void host_product_task(const Sides& sides, const CsrView& a, const HostProductSettings& settings) {
  RunContext& context = *sides.cpu->context;
  std::unique_ptr<CudaSpmmMatrix> on_device;  // once for all numbers of columns
  for (const std::size_t columns : settings.columns) {
    Json record = settings.graph;
    record["task"] = "spmm";
    tell_side(record, *sides.cpu);
    record["method"] = "";
    record["precision"] = "float32";
    record["columns"] = columns;
    print_measured(record, [&](Json& measured) {
      const Matrix x = drawn_matrix(context.threads(), a.column_count, columns);
      Matrix y(a.row_count(), columns);
      const CallTimes calls =
          measure_calls(context, sides.cpu->repeats, [] {}, [&] { spmm(context, a, {}, x.view(), y.view()); });
      tell_calls(measured, calls);
      if (!sides.gpu) return;
      RunContext& gpu = *sides.gpu->context;
      if (!on_device) on_device = std::make_unique<CudaSpmmMatrix>(CudaContext::of(gpu), gpu.threads(), a);
      measured["difference"] = number(difference_from_device(gpu, *on_device, x, y));
    });
  }
}

}  // namespace gpu_bench
