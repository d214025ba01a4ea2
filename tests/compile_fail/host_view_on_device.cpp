#include <adjoin/engine/dense/matrix_view.hpp>

std::size_t launch(adjoin::MatrixView<const float, adjoin::Cuda> x) {
  return x.rows();
}

std::size_t use(adjoin::MatrixView<float, adjoin::Host> host, adjoin::MatrixView<float, adjoin::Cuda> device) {
#ifdef ADJOIN_SHOULD_COMPILE
  return launch(device) + host.rows();
#else
  return launch(host) + device.rows();
#endif
}
