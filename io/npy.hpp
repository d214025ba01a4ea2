// The .npy format of NumPy, for two-dimensional arrays of floats.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (versions 1.0 and 2.0).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// The bytes before the data of a little-endian float32 array in C order; their number is a multiple of 64.
std::string npy_header(std::size_t rows, std::size_t columns);

/// Reads '<f4' or '<f8' in C order. ParseError for anything else.
Matrix read_npy(RunContext& context, const std::filesystem::path& path);

}  // namespace adjoin::detail
