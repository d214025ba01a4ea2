#include <utility>

#include <adjoin/engine/dense/cuda/keep_matrix.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin {
namespace {

using cuda::ignore;

/// Makes a GPU the calling thread's for a while: what is left behind is met by threads that work on another.
class CurrentDevice {
 public:
  explicit CurrentDevice(int ordinal) noexcept {
    ignore(cudaGetDevice(&previous_));
    ignore(cudaSetDevice(ordinal));
  }
  ~CurrentDevice() { ignore(cudaSetDevice(previous_)); }
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;

 private:
  int previous_ = 0;
};

class KeptMatrix final : public ResidentMatrix::Holder {
 public:
  KeptMatrix(std::shared_ptr<CudaContext> context, CudaMatrix x) : context_(std::move(context)), x_(std::move(x)) {}
  KeptMatrix(const KeptMatrix&) = delete;
  KeptMatrix& operator=(const KeptMatrix&) = delete;

  /// Other programs' streams may still read the memory, which our stream knows nothing of.
  ~KeptMatrix() override {
    const CurrentDevice device(context_->ordinal());
    ignore(cudaDeviceSynchronize());
    x_ = {};
    context_.reset();
  }

  Matrix to_host(RunContext& context) override {
    const CurrentDevice device(context_->ordinal());
    Matrix here(x_.rows(), x_.columns());
    context_->download(context.threads(), x_.view().data(), here.view().data(), x_.rows(), x_.columns() * sizeof(float),
                       x_.view().stride() * sizeof(float));
    context_->release_unused();
    return here;
  }

  MatrixView<float, Cuda> view() noexcept { return x_.view(); }

 private:
  std::shared_ptr<CudaContext> context_;
  CudaMatrix x_;
};

}  // namespace

ResidentMatrix keep_matrix(std::shared_ptr<CudaContext> context, CudaMatrix x) {
  context->wait();
  const Device device{DeviceKind::cuda, context->ordinal()};
  auto kept = std::make_shared<KeptMatrix>(std::move(context), std::move(x));
  const auto view = kept->view();
  return {device, view, std::move(kept)};
}

}  // namespace adjoin
