// A kernel's launch on the emulated GPU: what stands between <<< and >>>, checked as a GPU checks it, and the run.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include <cuda_runtime_api.h>

namespace emulated {

/// Ends the program with a line that says what the emulated GPU cannot do.
[[noreturn]] void stop(std::string_view what);

class Launch {
 public:
  /// A launch waits for nothing queued before it: every stream of the emulated GPU does what it is given at once.
  Launch(dim3 grid_size, dim3 block_size, std::size_t shared_bytes, cudaStream_t stream)
      : grid_size_(grid_size), block_size_(block_size), shared_bytes_(shared_bytes) {
    static_cast<void>(stream);
  }

  /// Every thread calls kernel with copies of the arguments.
  template <class Kernel, class... Arguments>
  void run(const Kernel& kernel, Arguments... arguments) const {
    run_threads([&] { kernel(arguments...); });
  }

 private:
  void run_threads(const std::function<void()>& thread) const;

  dim3 grid_size_;
  dim3 block_size_;
  std::size_t shared_bytes_;
};

/// The most bytes of shared memory that any kernel was allowed by cudaFuncSetAttribute. (A GPU knows it by kernel.)
void allow_shared_bytes(std::size_t bytes);

}  // namespace emulated
