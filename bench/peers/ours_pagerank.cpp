// PageRank of many roots, measured for compare_pagerank.py:
//   bench_pagerank seconds FOLDER ROOTS EPSILON THREADS REPEATS   JSON: seconds of each run over all roots, by push
//   bench_pagerank vectors FOLDER ROOTS METHOD ERROR OUT          the vectors, raw doubles, a root after the other
// FOLDER holds offsets.npy and targets.npy; ROOTS is raw little-endian uint32. METHOD: push, with ERROR its epsilon, or
// power-iteration, with ERROR its tolerance. alpha is 0.15.
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "ours_graph.hpp"

namespace {

using namespace adjoin;

std::vector<NodeId> read_roots(const std::string& path) {
  std::vector<NodeId> roots(std::filesystem::file_size(path) / sizeof(NodeId));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(roots.data()), static_cast<std::streamsize>(roots.size() * sizeof(NodeId)));
  return roots;
}

void print_seconds(const std::string& folder, const std::string& roots, double epsilon, int threads, int repeats) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  const Graph graph = peers::graph_of(context, peers::read_graph(folder), false);
  const std::size_t n = graph.view().node_count();
  std::vector<Edge> pairs;
  for (const NodeId root : read_roots(roots)) pairs.push_back({root, node_id((index(root) + 1) % n)});
  const PageRankOptions options{.epsilon = epsilon, .symmetric = false};
  std::string seconds;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    rooted_pagerank_scores(context, graph, pairs, options);
    const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    seconds += (i == 0 ? "" : ", ") + std::to_string(taken);
  }
  std::cout << "{\"seconds\": [" << seconds << "]}\n";
}

void write_vectors(const std::string& folder, const std::string& roots, const std::string& method, double error,
                   const std::string& out) {
  RunContext context;
  const Graph graph = peers::graph_of(context, peers::read_graph(folder), false);
  PageRankOptions options{.epsilon = error, .tolerance = error};
  if (method == "power-iteration") options.method = PageRankMethod::power_iteration;
  std::ofstream file(out, std::ios::binary);
  for (const NodeId root : read_roots(roots)) {
    const PersonalizedPageRank vector = personalized_pagerank(context, graph, root, options);
    file.write(reinterpret_cast<const char*>(vector.values.data()),
               static_cast<std::streamsize>(vector.values.bytes()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string task = argc > 1 ? argv[1] : "";
    if (argc == 7 && task == "seconds") {
      print_seconds(argv[2], argv[3], std::stod(argv[4]), std::stoi(argv[5]), std::stoi(argv[6]));
    } else if (argc == 7 && task == "vectors") {
      write_vectors(argv[2], argv[3], argv[4], std::stod(argv[5]), argv[6]);
    } else {
      throw InvalidOption(
          "usage: bench_pagerank seconds FOLDER ROOTS EPSILON THREADS REPEATS, "
          "or bench_pagerank vectors FOLDER ROOTS METHOD ERROR OUT");
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
