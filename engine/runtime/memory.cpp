#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <new>
#include <string>

#include <sys/mman.h>

#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

/// The number of the line that starts with `key` in a file of "key: number kB" lines, in bytes.
std::uint64_t read_kilobytes(const char* path, const std::string& key) noexcept try {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const auto first = line.find_first_of("0123456789");
    std::uint64_t value = 0;
    if (first != std::string::npos) std::from_chars(line.data() + first, line.data() + line.size(), value);
    return value << 10;
  }
  return 0;
} catch (...) {
  return 0;
}

/// A file that holds one number of bytes; the highest number if it holds a word ("max") or is not there.
std::uint64_t read_limit(const char* path) noexcept try {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value ? value : std::numeric_limits<std::uint64_t>::max();
} catch (...) {
  return std::numeric_limits<std::uint64_t>::max();
}

/// The highest mark that restart_recent_peak had the system forget.
std::atomic<std::uint64_t> forgotten_peak = 0;

}  // namespace

namespace detail {

void* allocate_array(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  if (bytes < huge_page_bytes) {
    void* memory = std::aligned_alloc(cache_line_bytes, round_up(bytes, cache_line_bytes));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
  // A mapping of our own, cut to start on a huge page, so that releasing it gives every byte back at once.
  const std::size_t wanted = round_up(bytes, huge_page_bytes);
  void* mapping = mmap(nullptr, wanted + huge_page_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  auto* const start = static_cast<char*>(mapping);
  const std::size_t before =
      (huge_page_bytes - reinterpret_cast<std::uintptr_t>(start) % huge_page_bytes) % huge_page_bytes;
  if (before > 0) munmap(start, before);
  munmap(start + before + wanted, huge_page_bytes - before);
  madvise(start + before, wanted, MADV_HUGEPAGE);  // a wish: without it everything works, more slowly
  return start + before;
}

void release_array(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  if (bytes < huge_page_bytes) {
    std::free(memory);
  } else {
    munmap(memory, round_up(bytes, huge_page_bytes));
  }
}

bool trim_array(void* memory, std::size_t bytes, std::size_t kept_bytes) noexcept {
  if (kept_bytes < huge_page_bytes) return false;
  const std::size_t kept = round_up(kept_bytes, huge_page_bytes);
  const std::size_t held = round_up(bytes, huge_page_bytes);
  if (kept < held) munmap(static_cast<char*>(memory) + kept, held - kept);
  return true;
}

void throw_array_too_large() {
  throw std::bad_array_new_length();
}

}  // namespace detail

std::uint64_t resident_bytes() noexcept {
  return read_kilobytes("/proc/self/status", "VmRSS:");
}

std::uint64_t peak_resident_bytes() noexcept {
  return std::max(forgotten_peak.load(), recent_peak_bytes());
}

std::uint64_t recent_peak_bytes() noexcept {
  return read_kilobytes("/proc/self/status", "VmHWM:");
}

void restart_recent_peak() noexcept {
  const std::uint64_t peak = peak_resident_bytes();
  try {
    std::ofstream file("/proc/self/clear_refs");
    if (file << "5" << std::flush) forgotten_peak = peak;
  } catch (...) {  // without it the mark is older, which is what is promised
    return;
  }
}

std::uint64_t available_memory_bytes() noexcept {
  const std::uint64_t system = read_kilobytes("/proc/meminfo", "MemAvailable:");
  const std::uint64_t limit =
      std::min(read_limit("/sys/fs/cgroup/memory.max"), read_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
  return std::min(system, limit);
}

}  // namespace adjoin
