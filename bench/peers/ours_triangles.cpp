// Triangles, measured for compare_triangles.py:
//   bench_triangles FILE THREADS REPEATS
// Reads the edge list as `adjoin` does. Prints one JSON line: the number of triangles, and the seconds of each count,
// from the graph as it was read, so that ranking the nodes is part of it.
#include <chrono>
#include <exception>
#include <iostream>
#include <string>

#include <adjoin/engine/graph/triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace {

using namespace adjoin;

void run(const std::string& file, int threads, int repeats) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  const GraphFile read = read_graph(context, file, {}, {});
  std::string seconds;
  std::uint64_t triangles = 0;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    triangles = count_triangles(context, read.graph);
    const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    seconds += (i == 0 ? "" : ", ") + std::to_string(taken);
  }
  std::cout << "{\"triangles\": " << triangles << ", \"seconds\": [" << seconds << "]}\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw InvalidOption("usage: bench_triangles FILE THREADS REPEATS");
    run(argv[1], std::stoi(argv[2]), std::stoi(argv[3]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
