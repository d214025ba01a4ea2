#include <adjoin/engine/dense/matrix.hpp>

void use(adjoin::Matrix& matrix) {
#ifdef ADJOIN_SHOULD_COMPILE
  const adjoin::MatrixView<float> view = matrix.view();
#else
  const adjoin::MatrixView<const float> view = matrix.view();
#endif
  view(0, 0) = 1;
}
