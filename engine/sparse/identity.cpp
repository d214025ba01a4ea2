#include <adjoin/engine/sparse/identity.hpp>

namespace adjoin {

Csr identity_matrix(std::size_t size) {
  Csr result{size, Array<EdgeOffset>(size + 1), Array<NodeId>(size), {}};
  for (std::size_t i = 0; i < size; ++i) {
    result.targets[i] = node_id(i);
    result.offsets[i] = edge_offset(i);
  }
  result.offsets[size] = edge_offset(size);
  return result;
}

}  // namespace adjoin
