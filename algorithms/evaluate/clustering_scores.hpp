// How far two partitions of the same items agree: clusters with classes, say. The numbers of the parts mean nothing,
// and exchanging the two partitions changes no score.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

/// What mutual information is divided by: a mean of the two partitions' entropies, or the larger or smaller one.
enum class EntropyMean : std::uint8_t { arithmetic, geometric, min, max };
template <>
struct EnumNames<EntropyMean> {
  static constexpr std::array<std::pair<EntropyMean, std::string_view>, 4> names{
      {{EntropyMean::arithmetic, "arithmetic"},
       {EntropyMean::geometric, "geometric"},
       {EntropyMean::min, "min"},
       {EntropyMean::max, "max"}}};
};

/// NMI(a, b) = I(a; b) / mean(H(a), H(b)), from 0, where either tells nothing of the other, to 1. As scikit-learn's
/// normalized_mutual_info_score: 1 for two partitions of one part each, or of no items; 0 if only one of them has one
/// part.
/// a, b: the part of each item, any numbers. InvalidData if their sizes differ. O(n log n).
/// Source: Strehl, Ghosh: Cluster ensembles, JMLR 3 (2002); Vinh, Epps, Bailey, JMLR 11 (2010).
double normalized_mutual_information(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                                     EntropyMean mean = EntropyMean::arithmetic);

/// ARI(a, b) = (S - E) / ((S_a + S_b) / 2 - E), where S counts the pairs of items that are together in both partitions,
/// S_a and S_b those in one, and E = S_a S_b / (all pairs) is what chance would give S: 1 for equal partitions, about 0
/// for independent ones, negative below that; 1 if the denominator is 0, as where both are one part, or all are alone
/// in both. Else as above.
/// Source: Hubert, Arabie: Comparing partitions, J. Classification 2 (1985), equation 5.
double adjusted_rand_index(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace adjoin
