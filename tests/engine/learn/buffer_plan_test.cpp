#include <algorithm>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/learn/buffer_plan.hpp>

using adjoin::learn::Buffer;
using adjoin::learn::BufferPlan;

TEST_CASE("buffers that are needed at one moment share no byte, and the block holds them all") {
  CHECK(rc::check([] {
    std::vector<Buffer> buffers(*rc::gen::inRange<std::size_t>(0, 40));
    for (Buffer& buffer : buffers) {
      buffer.bytes = *rc::gen::inRange<std::size_t>(0, 1000);
      buffer.first = *rc::gen::inRange<std::uint32_t>(0, 30);
      buffer.last = buffer.first + *rc::gen::inRange<std::uint32_t>(0, 10);
    }
    const std::size_t total = BufferPlan().place(buffers);
    std::size_t most_at_once = 0;
    std::size_t all = 0;
    for (std::uint32_t moment = 0; moment < 40; ++moment) {
      std::size_t live = 0;
      for (const Buffer& buffer : buffers) {
        if (buffer.first <= moment && moment <= buffer.last) live += buffer.bytes;
      }
      most_at_once = std::max(most_at_once, live);
    }
    for (std::size_t a = 0; a < buffers.size(); ++a) {
      RC_ASSERT(buffers[a].offset % 64 == 0U);
      RC_ASSERT(buffers[a].offset + buffers[a].bytes <= total);
      all += (buffers[a].bytes + 63) / 64 * 64;
      for (std::size_t b = 0; b < a; ++b) {
        const bool together = buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
        const bool apart = buffers[a].offset + buffers[a].bytes <= buffers[b].offset ||
                           buffers[b].offset + buffers[b].bytes <= buffers[a].offset;
        RC_ASSERT(!together || apart || buffers[a].bytes == 0 || buffers[b].bytes == 0);
      }
    }
    RC_ASSERT(total >= most_at_once);
    RC_ASSERT(total <= all);
  }));
}

TEST_CASE("buffers of a chain, each needed with its neighbour only, take the room of two") {
  std::vector<Buffer> buffers(20);
  for (std::uint32_t k = 0; k < 20; ++k) buffers[k] = {.bytes = 640, .first = k, .last = k + 1};
  CHECK(BufferPlan().place(buffers) == 2 * 640);
}
