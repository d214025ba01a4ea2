// Scans of text at every instruction level.
#include <algorithm>

#include <adjoin/engine/runtime/text.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/runtime/cpu/text_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

std::size_t count_equal(const char* text, std::size_t size, char wanted) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text);
  const auto value = hn::Set(d, static_cast<std::uint8_t>(wanted));
  std::size_t count = 0;
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) count += hn::CountTrue(d, hn::Eq(hn::LoadU(d, bytes + i), value));
  return count + static_cast<std::size_t>(std::count(text + i, text + size, wanted));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {
HWY_EXPORT(count_equal);
}  // namespace

std::size_t count_character(std::string_view text, char wanted) noexcept {
  return HWY_DYNAMIC_DISPATCH(count_equal)(text.data(), text.size(), wanted);
}

}  // namespace adjoin
#endif
