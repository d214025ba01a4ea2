#include "cache_model.hpp"

#include <algorithm>
#include <functional>

namespace gpu_bench {

CacheModel::CacheModel(const adjoin::CsrView& a) : rows_(a.row_count()), nonzeros_(a.nonzero_count()) {
  std::vector<std::uint32_t> gathers(a.column_count);
  for (const adjoin::NodeId target : a.targets) ++gathers[adjoin::index(target)];
  std::sort(gathers.begin(), gathers.end(), std::greater<>());
  gathers_of_first_.push_back(0);
  for (const std::uint32_t count : gathers) {
    if (count == 0) break;
    gathers_of_first_.push_back(gathers_of_first_.back() + count);
  }
}

ModelBytes CacheModel::operator()(const ProductShape& shape) const {
  ModelBytes model;
  model.slices = (shape.row_bytes + shape.slice_bytes - 1) / shape.slice_bytes;
  model.kept_rows = std::min<std::uint64_t>(shape.cache_bytes / shape.slice_bytes, gathers_of_first_.size() - 1);
  model.kept_gathers = gathers_of_first_[model.kept_rows];
  const std::uint64_t rows_read = nonzeros_ - model.kept_gathers + model.kept_rows;
  const std::uint64_t structure = 4 * nonzeros_ + 8 * rows_;
  model.bytes = rows_read * shape.row_bytes + model.slices * structure + rows_ * shape.row_bytes;
  return model;
}

}  // namespace gpu_bench
