#include <adjoin/engine/runtime/ids.hpp>

adjoin::NodeId third() {
#ifdef ADJOIN_SHOULD_COMPILE
  return adjoin::node_id(3);
#else
  return 3;
#endif
}
