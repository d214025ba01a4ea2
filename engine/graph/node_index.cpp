#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include <fmt/format.h>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

/// A name as adjoin would write the number: no leading zeros, no sign, fits 64 bits.
std::optional<std::uint64_t> canonical_number(std::string_view name) {
  if (name.size() > 1 && name.front() == '0') return std::nullopt;
  if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return parse_unsigned(name);
}

void check_node_count(std::size_t nodes) {
  if (nodes > max_node_count) {
    throw InvalidData(fmt::format("the graph has {} nodes and adjoin holds at most {}", format_count(nodes),
                                  format_count(max_node_count)));
  }
}

using DecimalBuffer = std::array<char, 20>;
std::string_view decimal(std::uint64_t number, DecimalBuffer& buffer) noexcept {
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

}  // namespace

NodeIndex NodeIndex::range(std::size_t node_count) {
  check_node_count(node_count);
  NodeIndex index;
  index.size_ = node_count;
  return index;
}

NodeIndex NodeIndex::from_numbers(Array<std::uint64_t> numbers) {
  const std::size_t size = numbers.size();
  check_node_count(size);
  if (size == 0 || numbers[size - 1] == size - 1) return range(size);  // strictly increasing, so these are 0 .. size-1
  NodeIndex index;
  index.kind_ = Kind::numbers;
  index.size_ = size;
  index.numbers_ = std::move(numbers);
  return index;
}

NodeIndex NodeIndex::from_sorted_names(Array<char> bytes, Array<std::uint64_t> offsets) {
  NodeIndex index;
  index.kind_ = Kind::names;
  index.size_ = offsets.empty() ? 0 : offsets.size() - 1;
  check_node_count(index.size_);
  index.name_bytes_ = std::move(bytes);
  index.name_offsets_ = std::move(offsets);
  return index;
}

NodeIndex NodeIndex::from_names(const std::vector<std::string>& names) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : names) {
    const auto number = canonical_number(name);
    if (!number) break;
    numbers.push_back(*number);
  }
  if (numbers.size() == names.size()) {
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    Array<std::uint64_t> sorted(numbers.size());
    std::ranges::copy(numbers, sorted.begin());
    return from_numbers(std::move(sorted));
  }
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  std::size_t total = 0;
  for (const std::string_view name : sorted) total += name.size();
  Array<char> bytes(total);
  Array<std::uint64_t> offsets(sorted.size() + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    offsets[i] = at;
    std::ranges::copy(sorted[i], bytes.begin() + at);
    at += sorted[i].size();
  }
  offsets[sorted.size()] = at;
  return from_sorted_names(std::move(bytes), std::move(offsets));
}

NodeIndex NodeIndex::copy() const {
  NodeIndex result;
  result.kind_ = kind_;
  result.size_ = size_;
  result.numbers_ = numbers_.copy();
  result.name_bytes_ = name_bytes_.copy();
  result.name_offsets_ = name_offsets_.copy();
  result.places_ = places_.copy();
  result.ids_ = ids_.copy();
  return result;
}

NodeIndex NodeIndex::reordered(std::span<const NodeId> places) && {
  if (places.size() != size_) throw InvalidData(fmt::format("{} places for {} nodes", places.size(), size_));
  Array<NodeId> ids(size_, no_node);
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t place = index(places[i]);
    if (place >= size_ || ids[place] != no_node) {
      throw InvalidData(
          fmt::format("node {} has the place {}, which is {}", i, place, place >= size_ ? "past the last" : "taken"));
    }
    ids[place] = node_id(i);
  }
  places_ = {};
  ids_ = {};
  if (std::ranges::is_sorted(places)) return std::move(*this);
  places_ = Array<NodeId>(size_);
  std::ranges::copy(places, places_.begin());
  ids_ = std::move(ids);
  return std::move(*this);
}

std::string NodeIndex::name(NodeId node) const {
  const std::size_t i = place(node);
  switch (kind_) {
    case Kind::range:
      return fmt::format_int(i).str();
    case Kind::numbers:
      return fmt::format_int(numbers_[i]).str();
    case Kind::names:
      break;
  }
  return {name_bytes_.data() + name_offsets_[i], name_offsets_[i + 1] - name_offsets_[i]};
}

std::optional<NodeId> NodeIndex::find(std::string_view name) const {
  if (kind_ == Kind::names) {
    const auto nodes = std::views::iota(std::size_t{0}, size_);
    const auto at = std::ranges::lower_bound(nodes, name, {}, [&](std::size_t i) {
      return std::string_view(name_bytes_.data() + name_offsets_[i], name_offsets_[i + 1] - name_offsets_[i]);
    });
    if (at == nodes.end() || this->name(at_place(*at)) != name) return std::nullopt;
    return at_place(*at);
  }
  const auto number = canonical_number(name);
  if (!number) return std::nullopt;
  if (kind_ == Kind::range) return *number < size_ ? std::optional(at_place(*number)) : std::nullopt;
  const auto* const at = std::ranges::lower_bound(numbers_, *number);
  if (at == numbers_.end() || *at != *number) return std::nullopt;
  return at_place(static_cast<std::size_t>(at - numbers_.begin()));
}

std::uint64_t NodeIndex::name_hash(NodeId node) const noexcept {
  const std::size_t i = place(node);
  DecimalBuffer buffer;
  switch (kind_) {
    case Kind::range:
      return hash_name(decimal(i, buffer));
    case Kind::numbers:
      return hash_name(decimal(numbers_[i], buffer));
    case Kind::names:
      break;
  }
  return hash_name({name_bytes_.data() + name_offsets_[i], name_offsets_[i + 1] - name_offsets_[i]});
}

}  // namespace adjoin
