#include <algorithm>
#include <array>
#include <bit>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/cuda/row_items.hpp>

namespace adjoin {
namespace {

struct Lists {
  Array<RowItem> wide;
  Array<RowItem> narrow;
  Array<RowItems::LongRow> long_rows;
};

std::size_t segments_of(std::size_t size) {
  return size > RowItems::most_of_segment ? chunk_count(size, RowItems::most_of_segment) : 0;
}

/// Fills the lists of one run from where it begins in them.
void sort_run(const CsrView& a, Chunk rows, std::size_t wide, std::size_t narrow, std::size_t long_row,
              std::size_t segment, Lists& lists) {
  const std::size_t first_wide = wide;
  std::array<std::size_t, RowItems::most_of_short + 1> places{};  // of rows of each length, the longest first
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    if (a.row_size(row) <= RowItems::most_of_short) ++places[a.row_size(row)];
  }
  for (std::size_t size = places.size(); size-- > 0;) narrow += std::exchange(places[size], narrow);
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    const std::size_t size = a.row_size(row);
    const std::uint64_t begin = a.row_begin(row);
    const auto id = static_cast<std::uint32_t>(row);
    if (size <= RowItems::most_of_short) {
      lists.narrow[places[size]++] = {begin, id, static_cast<std::uint32_t>(size)};
    } else if (size <= RowItems::most_of_segment) {
      lists.wide[wide++] = {begin, id, static_cast<std::uint32_t>(size)};
    } else {
      const std::size_t count = segments_of(size);
      lists.long_rows[long_row++] = {id, static_cast<std::uint32_t>(segment),
                                     static_cast<std::uint32_t>(segment + count)};
      for (std::size_t done = 0; done < size; done += RowItems::most_of_segment) {
        const auto part = static_cast<std::uint32_t>(std::min(RowItems::most_of_segment, size - done));
        lists.wide[wide++] = {begin + done, static_cast<std::uint32_t>(segment++), part | RowItem::part_of_long_row};
      }
    }
  }
  // The longest begin first, so that they do not end last. Of two as long the one with lower entries.
  const auto entries = [](const RowItem& item) { return item.size & ~RowItem::part_of_long_row; };
  std::sort(lists.wide.begin() + first_wide, lists.wide.begin() + wide, [&](const RowItem& x, const RowItem& y) {
    return entries(x) != entries(y) ? entries(x) > entries(y) : x.begin < y.begin;
  });
}

}  // namespace

RowItems::RowItems(CudaContext& context, const Threads& threads, const CsrView& a) {
  const std::size_t runs = chunk_count(a.row_count(), rows_per_run);
  begins_.assign(runs + 1, {});
  std::vector<Lengths> lengths(runs);
  threads.for_chunks(a.row_count(), rows_per_run, [&](Chunk rows) {
    Begin& counts = begins_[rows.index + 1];
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      const std::size_t size = a.row_size(row);
      OfLength& alike = lengths[rows.index][static_cast<std::size_t>(std::bit_width(size))];
      ++alike.rows;
      alike.entries += size;
      const std::size_t segments = segments_of(size);
      counts.narrow += size <= most_of_short ? 1 : 0;
      counts.wide += size <= most_of_short ? 0 : std::max<std::size_t>(segments, 1);
      counts.long_rows += segments > 0 ? 1 : 0;
      counts.segments += segments;
    }
  });
  for (std::size_t run = 0; run < runs; ++run) {
    begins_[run + 1].wide += begins_[run].wide;
    begins_[run + 1].narrow += begins_[run].narrow;
    begins_[run + 1].long_rows += begins_[run].long_rows;
    begins_[run + 1].segments += begins_[run].segments;
    for (std::size_t length = 0; length < lengths_.size(); ++length) {
      lengths_[length].rows += lengths[run][length].rows;
      lengths_[length].entries += lengths[run][length].entries;
    }
  }
  Lists lists{Array<RowItem>(begins_.back().wide), Array<RowItem>(begins_.back().narrow),
              Array<LongRow>(begins_.back().long_rows)};
  threads.for_chunks(a.row_count(), rows_per_run, [&](Chunk rows) {
    const Begin& begin = begins_[rows.index];
    sort_run(a, rows, begin.wide, begin.narrow, begin.long_rows, begin.segments, lists);
  });
  wide_ = DeviceArray<RowItem>(context, threads, std::as_const(lists.wide).span());
  narrow_ = DeviceArray<RowItem>(context, threads, std::as_const(lists.narrow).span());
  long_rows_ = DeviceArray<LongRow>(context, threads, std::as_const(lists.long_rows).span());
}

double RowItems::share_of_longest(std::size_t rows) const noexcept {
  double entries = 0;
  double all = 0;
  for (auto alike = lengths_.rbegin(); alike != lengths_.rend(); ++alike) {
    const std::uint64_t taken = std::min<std::uint64_t>(rows, alike->rows);
    rows -= taken;
    all += static_cast<double>(alike->entries);
    if (taken == 0) continue;
    entries += static_cast<double>(alike->entries) * static_cast<double>(taken) / static_cast<double>(alike->rows);
  }
  return all > 0 ? entries / all : 1;
}

RowItems::Range RowItems::in_rows(std::size_t first_row, std::size_t last_row) const noexcept {
  const Begin& first = begins_[first_row / rows_per_run];
  const Begin& last = begins_[chunk_count(last_row, rows_per_run)];
  return {{wide_.data() + first.wide, last.wide - first.wide},
          {narrow_.data() + first.narrow, last.narrow - first.narrow},
          {long_rows_.data() + first.long_rows, last.long_rows - first.long_rows},
          first.segments,
          last.segments - first.segments};
}

}  // namespace adjoin
