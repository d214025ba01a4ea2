#include <adjoin/engine/dense/matrix.hpp>

adjoin::Matrix make();

float use() {
#ifdef ADJOIN_SHOULD_COMPILE
  const adjoin::Matrix matrix = make();
  const adjoin::MatrixView<const float> view = matrix.view();
#else
  const adjoin::MatrixView<const float> view = make().view();
#endif
  return view(0, 0);
}
