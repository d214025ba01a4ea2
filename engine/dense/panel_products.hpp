// Products of many rows with a panel of vectors, the inner part of exact nearest-row search.
//
// A panel holds the vectors side by side, so that a register spans vectors and a value of a row is multiplied with all
// of them at once; rows are read where they are. Each product is one sum from the first column to the last (in runs of
// 512 columns, added in order): it is the same number wherever its row and its vector stand, however many there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>

namespace adjoin {

/// Vectors in a panel. Layout: value k of vector v stands at panel[k * panel_width + v]; unused vectors are zero.
inline constexpr std::size_t panel_width = 32;

/// Writes `vector`, each value divided by `length`, as vector `position` of a panel. panel: size panel_width *
/// vector.size().
void put_in_panel(std::span<const float> vector, float length, std::size_t position, std::span<float> panel) noexcept;

/// out[i * panel_width + v] = the dot product of row begin + i of x with vector v, for i < count and v < width; entries
/// from width on may be written, too. panel: size panel_width * x.columns(). On the calling thread, for use inside
/// chunks. 2 * width * d operations a row, width rounded up to a register; 4*d bytes.
void panel_products(MatrixView<const float> x, std::size_t begin, std::size_t count, const float* panel,
                    std::size_t width, float* out) noexcept;

/// The rows i < count with products[i * panel_width + v] >= bound[v] * scale[i] for some v, in order: their number;
/// the rows are the first entries of `rows`, size count. bound: size panel_width.
std::size_t rows_over_bound(const float* products, std::size_t count, const float* bound, const float* scale,
                            std::uint32_t* rows) noexcept;

}  // namespace adjoin
