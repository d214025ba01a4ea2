// Where memory lives, as a type: a view of device memory does not convert to a view of host memory.
#pragma once

namespace adjoin {

struct Host {};
struct Cuda {};

}  // namespace adjoin
