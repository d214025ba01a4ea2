// The options of gpu_bench.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "nearest_task.hpp"
#include "product_task.hpp"
#include "whole_calls.hpp"

namespace gpu_bench {

struct WrongArgument : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Settings {
  std::string graph;
  std::size_t scale = 0;
  std::size_t seed = 1;
  std::vector<std::string> tasks{"copy", "gather", "spmm"};
  std::vector<std::string> devices{"cuda", "cpu"};
  std::size_t cache = 0;
  std::size_t threads = 0;
  std::string write;
  std::string store;
  ProductSettings products;
  CallRepeats calls{5, 15};
  CallRepeats cpu_calls{3, 15};
  std::size_t pairs = 4'000'000;
  std::size_t dim = 256;
  NearestSettings nearest;

  bool has(const std::string& task) const { return holds(tasks, task); }
  bool has_any(const std::vector<std::string>& some) const {
    return std::any_of(some.begin(), some.end(), [&](const std::string& task) { return has(task); });
  }
  bool on(const std::string& device) const { return holds(devices, device); }
  /// Tasks that run on any of the devices named, unlike those that measure the GPU alone.
  bool has_calls() const { return has_any({"spmv", "spmm-cpu", "pairs", "triangles", "nearest"}); }
  bool needs_graph() const {
    return has_any({"spmm", "spmv", "spmm-cpu", "pairs", "triangles", "resident", "model"}) || !store.empty() ||
           (!write.empty() && !has("nearest"));
  }
  bool needs_gpu() const {
    return has_any({"copy", "gather", "spmm", "resident"}) || (has("model") && cache == 0) ||
           (has_calls() && on("cuda"));
  }

 private:
  static bool holds(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  }
};

/// WrongArgument, a sentence, for anything that gpu_bench does not take.
Settings parse(int argc, char** argv);

}  // namespace gpu_bench
