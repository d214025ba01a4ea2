// Random numbers as a pure function of (seed, stream, key, counter), so that no order of execution can change them.
//
// Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011), through
// the Random123 library. The 64-bit Philox key is the seed; the 128-bit Philox counter is, from its lowest word up,
// (counter, stream, key's low word, key's high word).
// Distributions are written here because those of the C++ library differ between implementations.
#pragma once

#include <array>
#include <cstdint>

namespace adjoin {

/// The purposes that draw random numbers; each has numbers of its own under one seed. Values are part of the promise of
/// docs/determinism.md: add at the end, never renumber.
enum class RandomStream : std::uint32_t {
  tests = 0,
  projection = 1,
  generator = 2,
  node_names = 3,
  randne = 4,
  prone = 5,
  nearest_sample = 6,
  split = 7,
  kmeans = 8,
  negatives = 9,
  resistance = 10,
  matrix_factorization = 11,
  plot_sample = 12,
  bootstrap = 13,
  triple_sample = 14,
  parameters = 15,
  dropout = 16,
  normal_noise = 17,
  neighborhood_sketch = 18,
  neighbor_sample = 19,
  edge_batches = 20,
  node_batches = 21,
  entry_dropout = 22
};

using RandomWords = std::array<std::uint32_t, 4>;

/// Four independent uniform 32-bit words.
RandomWords philox(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t counter) noexcept;

/// A sequence of draws under one (seed, stream, key): counter 0, 1, 2 ...; 2^34 words long. Cheap to make, cheap to
/// copy.
class RandomSequence {
 public:
  RandomSequence(std::uint64_t seed, RandomStream stream, std::uint64_t key) noexcept
      : seed_(seed), key_(key), stream_(stream) {}

  std::uint32_t next_word() noexcept;
  std::uint64_t next_word64() noexcept;

  /// Uniform in [0, 1), 53 bits.
  double next_uniform() noexcept;
  /// Uniform whole number in [0, bound), without bias (Lemire 2019); bound >= 1.
  std::uint64_t next_below(std::uint64_t bound) noexcept;
  /// Standard normal (Box and Muller 1958, both values used).
  double next_normal() noexcept;
  /// +1 or -1 with probability 1/(2 s) each, else 0; s >= 1 (Achlioptas 2003; Li, Hastie, Church 2006).
  int next_sparse_sign(double s) noexcept;

 private:
  std::uint64_t seed_;
  std::uint64_t key_;
  RandomStream stream_;
  std::uint32_t counter_ = 0;
  RandomWords words_{};
  unsigned used_ = 4;
  double spare_normal_ = 0;
  bool has_spare_normal_ = false;
};

/// The share of the 2^32 words that stand for +1 (and as many for -1) when a sparse sign is drawn from one word:
/// word < threshold is +1, word >= 2^32 - threshold is -1, anything between is 0. s in [1, 2^31].
std::uint32_t sparse_sign_threshold(double s) noexcept;

}  // namespace adjoin
