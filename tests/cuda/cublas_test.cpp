// cuBLAS is loaded when it is wanted, which needs the toolkit's library and no GPU.
#include <string_view>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/cublas_inl.hpp>
#include <adjoin/engine/runtime/error.hpp>

using namespace adjoin;

TEST_CASE("cuBLAS is found with all that is used of it, and names its failures") {
  const cuda::Cublas& cublas = cuda::cublas();
  CHECK((cublas.sgemm != nullptr));
  CHECK((cublas.dgemm_strided_batched != nullptr));
  CHECK_FALSE(std::string_view(cublas.status_string(CUBLAS_STATUS_NOT_INITIALIZED)).empty());
  CHECK_THROWS_WITH_AS(cuda::check("cublasSgemm", CUBLAS_STATUS_INVALID_VALUE),
                       doctest::Contains("the GPU failed in cublasSgemm: "), DeviceFailure);
  CHECK_THROWS_WITH_AS(cuda::check("cublasSgemm", CUBLAS_STATUS_INVALID_VALUE), doctest::Contains("(cublas_test.cpp:"),
                       DeviceFailure);
}
