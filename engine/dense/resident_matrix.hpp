// A matrix that stays where its run made it: in the host's memory, or in a GPU's for a program that goes on there.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <variant>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/device.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Owns its memory, together with its copies; it may outlive the run that made it. What a GPU made of it is done when
/// one has it, so any stream may read it; whoever lets go of the last copy waits for what that GPU is doing.
class ResidentMatrix {
 public:
  /// Memory that is not the host's: what holds it, and the way back.
  class Holder {
   public:
    virtual ~Holder() = default;
    /// Rows side by side, whatever the stride is there.
    virtual Matrix to_host(RunContext& context) = 0;
  };

  ResidentMatrix() : ResidentMatrix(Matrix{}) {}
  explicit ResidentMatrix(Matrix matrix)
      : device_{DeviceKind::cpu, 0}, here_(std::make_shared<Matrix>(std::move(matrix))), view_(here_->view()) {}
  /// device: the GPU, by its number. x: memory that `holder` holds.
  ResidentMatrix(Device device, MatrixView<float, Cuda> x, std::shared_ptr<Holder> holder)
      : device_(device), there_(std::move(holder)), view_(x) {}

  /// Never `automatic`.
  Device device() const noexcept { return device_; }
  std::size_t rows() const {
    return std::visit([](const auto& x) { return x.rows(); }, view_);
  }
  std::size_t columns() const {
    return std::visit([](const auto& x) { return x.columns(); }, view_);
  }
  /// Rows on a GPU begin at multiples of 16 bytes.
  const std::variant<MatrixView<float>, MatrixView<float, Cuda>>& view() const noexcept { return view_; }

  /// A copy in the host's memory. DeviceFailure where the GPU fails.
  Matrix to_host(RunContext& context) const;

 private:
  Device device_;
  std::shared_ptr<Matrix> here_;
  std::shared_ptr<Holder> there_;
  std::variant<MatrixView<float>, MatrixView<float, Cuda>> view_;
};

}  // namespace adjoin
