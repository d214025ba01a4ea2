#include <adjoin/engine/runtime/memory.hpp>

adjoin::Array<float> twice(const adjoin::Array<float>& array) {
#ifdef ADJOIN_SHOULD_COMPILE
  return array.copy();
#else
  return array;
#endif
}
