// What every driver shares: its arguments, the graph's arrays, the input of the product, the checks of the results and
// the lines it prints. Independent of adjoin, so that no peer runs through our code.
//
//   DRIVER --graph FOLDER --task spmm|embed [--dim 128 --threads 2 --repeats 5 --warmup 1 --weights 1,1,1 --beta
//   -0.628]
// runs a task `warmup` times, then `repeats` times that count, and prints one JSON line (README.md has its members).
// With --serve it reads names of tasks from standard input instead and runs each once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/mman.h>

namespace peers {

class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;

 private:
  std::int64_t began_;
};

struct Settings {
  Stopwatch started;  // until `drive` is called, time goes into reading the graph
  std::string folder;
  std::string task = "spmm";
  std::size_t dim = 128;
  int threads = 2;
  int repeats = 5;
  int warmup = 1;
  std::vector<float> weights{1, 1, 1};
  float beta = -0.628F;
  bool serve = false;
  std::map<std::string, std::string> extra;  // what only one driver knows
};

/// `own`: further options of this driver, each with a value. Prints a sentence and exits with 2 on a wrong argument.
Settings parse_arguments(int argc, char** argv, const std::vector<std::string>& own = {});

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

/// Memory on huge pages where the system grants them; free() releases it, as GraphBLAS wants it.
template <class Value>
std::unique_ptr<Value[], Free> huge_array(std::size_t size) {
  constexpr std::size_t page = std::size_t{2} << 20;
  const std::size_t bytes = (size * sizeof(Value) + page - 1) / page * page;
  void* memory = std::aligned_alloc(page, bytes == 0 ? page : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  return std::unique_ptr<Value[], Free>(static_cast<Value*>(memory));
}

/// The adjacency matrix without values: offsets.npy (int64) and targets.npy (int32) of a folder.
struct GraphArrays {
  std::size_t row_count = 0;
  std::size_t entry_count = 0;
  std::unique_ptr<std::int64_t[], Free> offsets;  // row_count + 1
  std::unique_ptr<std::int32_t[], Free> targets;

  std::size_t degree(std::size_t row) const { return static_cast<std::size_t>(offsets[row + 1] - offsets[row]); }
};
GraphArrays read_graph(const std::string& folder);
void write_graph(const std::string& folder, std::span<const std::int64_t> offsets,
                 std::span<const std::int32_t> targets);

/// The dense operand of the product, the same in every driver (peer_scipy.py too): exact multiples of 2^-16 in
/// [-0.5, 0.5).
void fill_input(float* x, std::size_t rows, std::size_t columns);

/// sum of |y_ij| * (1 + (i + 3 j) mod 7): no cancellation, and rows or columns in the wrong place show.
double product_checksum(const float* y, std::size_t rows, std::size_t columns);

/// Mean cosine of each node that has neighbours with its middle neighbour. Random numbers differ from driver to driver,
/// this number hardly.
double neighbor_cosine(const GraphArrays& graph, const float* z, std::size_t columns);

struct Measure {
  double seconds = 0;
  double checksum = 0;
  std::string more;  // further JSON members, each with a comma before it
};

using Tasks = std::map<std::string, std::function<Measure()>>;

/// Runs what the settings ask for; returns the exit code.
int drive(const Settings& settings, const std::string& peer, const std::string& version, const Tasks& tasks);

}  // namespace peers
