// Lines of text, made on all threads and written in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {

/// put_lines(item, text) appends the lines of an item, on any thread. Moves the stage in progress on by item.
template <class PutLines>
void write_lines(RunContext& context, OutputFile& file, std::size_t items, const PutLines& put_lines) {
  constexpr std::size_t items_per_block = 1 << 14;
  constexpr std::size_t blocks_at_once = 64;  // bounds the text that waits to be written
  std::vector<std::string> blocks(blocks_at_once);
  const std::size_t block_total = chunk_count(items, items_per_block);
  for (std::size_t first = 0; first < block_total; first += blocks_at_once) {
    const std::size_t count = std::min(blocks_at_once, block_total - first);
    context.for_tasks(
        count,
        [&](std::size_t i) {
          blocks[i].clear();
          const std::size_t begin = (first + i) * items_per_block;
          for (std::size_t item = begin; item < std::min(items, begin + items_per_block); ++item) {
            put_lines(item, blocks[i]);
          }
        },
        [&](std::size_t) { return std::uint64_t{items_per_block}; });
    for (std::size_t i = 0; i < count; ++i) file.write(blocks[i]);
  }
}

}  // namespace adjoin::detail
