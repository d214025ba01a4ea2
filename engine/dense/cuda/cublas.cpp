#include <memory>

#include <adjoin/engine/dense/cuda/cublas_inl.hpp>

namespace adjoin::cuda {
namespace {

constexpr char handle_key = 0;

struct DestroyHandle {
  void operator()(void* handle) const noexcept {
    static_cast<void>(cublasDestroy(static_cast<cublasHandle_t>(handle)));
  }
};

std::shared_ptr<void> make_handle(CudaContext& context) {
  cublasHandle_t handle = nullptr;
  check("cublasCreate", cublasCreate(&handle));
  std::shared_ptr<void> kept(handle, DestroyHandle());
  check("cublasSetStream", cublasSetStream(handle, context.stream()));
  check("cublasSetPointerMode", cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_HOST));
  check("cublasSetMathMode", cublasSetMathMode(handle, CUBLAS_DEFAULT_MATH));
  check("cublasSetAtomicsMode", cublasSetAtomicsMode(handle, CUBLAS_ATOMICS_NOT_ALLOWED));
  return kept;
}

}  // namespace

cublasHandle_t cublas_handle(CudaContext& context) {
  return &context.keep<cublasContext>(&handle_key, [&] { return make_handle(context); });
}

}  // namespace adjoin::cuda
