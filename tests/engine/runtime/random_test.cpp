#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

TEST_CASE("Philox gives the published words") {
  // Known answers of philox4x32-10 from the Random123 distribution (Salmon et al. 2011): counter words 0-3, key words
  // 0-1.
  CHECK(philox(0, RandomStream{0}, 0, 0) == RandomWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox(0xffffffffffffffff, RandomStream{0xffffffff}, 0xffffffffffffffff, 0xffffffff) ==
        RandomWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox(0x299f31d0a4093822, RandomStream{0x85a308d3}, 0x0370734413198a2e, 0x243f6a88) ==
        RandomWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a hash of a name is XXH3's") {
  // python3 -c "import xxhash; print(hex(xxhash.xxh3_64_intdigest(b'adjoin')))", and of b'', with xxhash 3.
  CHECK(hash_name("adjoin") == 0xb731cd18a5f88e23);
  CHECK(hash_name("") == 0x2d06800538d394c2);
}

TEST_CASE("a sequence is a function of seed, stream and key") {
  const auto first_words = [](std::uint64_t seed, RandomStream stream, std::uint64_t key) {
    RandomSequence random(seed, stream, key);
    std::vector<std::uint32_t> words;
    for (int i = 0; i < 9; ++i) words.push_back(random.next_word());
    return words;
  };
  const auto words = first_words(1, RandomStream::tests, 2);
  CHECK(words == first_words(1, RandomStream::tests, 2));
  CHECK(words != first_words(2, RandomStream::tests, 2));
  CHECK(words != first_words(1, RandomStream::generator, 2));
  CHECK(words != first_words(1, RandomStream::tests, 3));
  const RandomWords second_block = philox(1, RandomStream::tests, 2, 1);
  CHECK(words[4] == second_block[0]);
}

TEST_CASE("draws have the moments of their distributions, within five standard errors") {
  RandomSequence random(11, RandomStream::tests, 5);
  constexpr int n = 200'000;
  const double root = std::sqrt(static_cast<double>(n));
  double uniform_sum = 0;
  double normal_sum = 0;
  double normal_squares = 0;
  for (int i = 0; i < n; ++i) {
    const double uniform = random.next_uniform();
    REQUIRE(uniform >= 0);
    REQUIRE(uniform < 1);
    uniform_sum += uniform;
    const double normal = random.next_normal();
    normal_sum += normal;
    normal_squares += normal * normal;
  }
  CHECK(std::abs(uniform_sum / n - 0.5) < 5 * std::sqrt(1.0 / 12) / root);
  CHECK(std::abs(normal_sum / n) < 5 / root);
  CHECK(std::abs(normal_squares / n - 1) < 5 * std::sqrt(2.0) / root);
  for (const double s : {1.0, 3.0, 100.0}) {
    double sum = 0;
    double nonzero = 0;
    for (int i = 0; i < n; ++i) {
      const int sign = random.next_sparse_sign(s);
      sum += sign;
      nonzero += sign * sign;
    }
    const double share = 1 / s;
    CHECK(std::abs(sum / n) < 5 * std::sqrt(share) / root);
    CHECK(std::abs(nonzero / n - share) <= 5 * std::sqrt(share * (1 - share)) / root);
  }
}

TEST_CASE("whole numbers below a bound are uniform and never reach it") {
  RandomSequence random(12, RandomStream::tests, 6);
  std::vector<int> counts(7, 0);
  constexpr int n = 70'000;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t value = random.next_below(7);
    REQUIRE(value < 7);
    ++counts[value];
  }
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - n / 7.0) * (count - n / 7.0) / (n / 7.0);
  CHECK(chi_squared < 27.9);  // 6 degrees of freedom, one in ten thousand
  CHECK(random.next_below(1) == 0);
}

TEST_CASE("thresholds of sparse signs are the shares of the words") {
  CHECK(sparse_sign_threshold(1) == 0x80000000U);
  CHECK(sparse_sign_threshold(2) == 0x40000000U);
  CHECK(sparse_sign_threshold(3) == 0x2aaaaaabU);
}
