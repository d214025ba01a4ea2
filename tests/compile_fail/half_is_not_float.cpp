#include <adjoin/engine/dense/matrix.hpp>

float first(adjoin::MatrixView<const float> x) {
  return x(0, 0);
}

float use(const adjoin::Matrix& floats, const adjoin::HalfMatrix& halves) {
#ifdef ADJOIN_SHOULD_COMPILE
  return first(floats.view()) + adjoin::to_float(halves(0, 0));
#else
  return first(halves.view()) + floats(0, 0);
#endif
}
