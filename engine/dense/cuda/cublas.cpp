#include <memory>
#include <string>

#include <dlfcn.h>
#include <fmt/format.h>

#include <adjoin/engine/dense/cuda/cublas_inl.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cuda {
namespace {

constexpr char handle_key = 0;

/// By its name, as programs find libraries, or in the toolkit that this was built with. It stays loaded.
void* open_library() {
  const std::string name = fmt::format("libcublas.so.{}", CUBLAS_VER_MAJOR);
  for (const std::string& path : {name, std::string(ADJOIN_CUDA_LIBRARY_DIR "/") + name}) {
    if (void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
  }
  throw DeviceFailure(fmt::format(
      "{} cannot be loaded, which this needs on a GPU; put its folder on LD_LIBRARY_PATH, or use --device cpu", name));
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) throw DeviceFailure(fmt::format("cuBLAS has no {}; use --device cpu", name));
}

Cublas load() {
  void* const library = open_library();
  Cublas functions{};
  find(library, "cublasCreate_v2", functions.create);
  find(library, "cublasDestroy_v2", functions.destroy);
  find(library, "cublasSetStream_v2", functions.set_stream);
  find(library, "cublasSetPointerMode_v2", functions.set_pointer_mode);
  find(library, "cublasSetMathMode", functions.set_math_mode);
  find(library, "cublasSetAtomicsMode", functions.set_atomics_mode);
  find(library, "cublasGetStatusString", functions.status_string);
  find(library, "cublasSgemm_v2", functions.sgemm);
  find(library, "cublasDgemmStridedBatched", functions.dgemm_strided_batched);
  return functions;
}

struct DestroyHandle {
  void operator()(void* handle) const noexcept {
    static_cast<void>(cublas().destroy(static_cast<cublasHandle_t>(handle)));
  }
};

std::shared_ptr<void> make_handle(CudaContext& context) {
  cublasHandle_t handle = nullptr;
  check("cublasCreate", cublas().create(&handle));
  std::shared_ptr<void> kept(handle, DestroyHandle());
  check("cublasSetStream", cublas().set_stream(handle, context.stream()));
  check("cublasSetPointerMode", cublas().set_pointer_mode(handle, CUBLAS_POINTER_MODE_HOST));
  check("cublasSetMathMode", cublas().set_math_mode(handle, CUBLAS_DEFAULT_MATH));
  check("cublasSetAtomicsMode", cublas().set_atomics_mode(handle, CUBLAS_ATOMICS_NOT_ALLOWED));
  return kept;
}

}  // namespace

const Cublas& cublas() {
  static const Cublas functions = load();
  return functions;
}

cublasHandle_t cublas_handle(CudaContext& context) {
  return &context.keep<cublasContext>(&handle_key, [&] { return make_handle(context); });
}

}  // namespace adjoin::cuda
