// For loops over accumulators in *_hwy.cpp files, which are registers only if the loop is unrolled, at whatever level
// of optimisation.
#ifndef ADJOIN_UNROLL
#if HWY_COMPILER_CLANG
#define ADJOIN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ADJOIN_UNROLL _Pragma("GCC unroll 16")
#endif
#endif
