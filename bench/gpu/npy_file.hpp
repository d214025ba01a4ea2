// Arrays for peers.py.
#pragma once

#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <adjoin/io/npy.hpp>

namespace gpu_bench {

/// type: "<f4". shape: of the array, row-major.
template <class Value>
void write_npy(const std::string& path, std::string_view type, std::span<const std::size_t> shape,
               std::span<const Value> values) {
  const std::string header = adjoin::detail::npy_header(type, shape);
  std::ofstream file(path, std::ios::binary);
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  const auto bytes = std::as_bytes(values);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error(path + " could not be written");
}

}  // namespace gpu_bench
