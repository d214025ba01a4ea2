// Neighbourhood scores of pairs, measured for compare_linkpred.py:
//   bench_linkpred FOLDER PAIRS REPEATS
// FOLDER holds offsets.npy and targets.npy; PAIRS is raw little-endian uint32, two a pair. Prints one JSON line:
// seconds of each run and the sum of its scores, by score.
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "ours_graph.hpp"

namespace {

using namespace adjoin;

std::vector<Edge> read_pairs(const std::string& path) {
  std::vector<Edge> pairs(std::filesystem::file_size(path) / sizeof(Edge));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(pairs.data()), static_cast<std::streamsize>(pairs.size() * sizeof(Edge)));
  return pairs;
}

void run(const std::string& folder, const std::string& pairs_path, int repeats) {
  RunContext context;
  const Graph graph = peers::graph_of(context, peers::read_graph(folder), false);
  const std::vector<Edge> pairs = read_pairs(pairs_path);
  std::string line;
  for (const NeighborhoodScore score : {NeighborhoodScore::common_neighbors, NeighborhoodScore::jaccard,
                                        NeighborhoodScore::adamic_adar, NeighborhoodScore::resource_allocation}) {
    std::string seconds;
    double sum = 0;
    for (int i = 0; i < repeats; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      const Matrix scores = neighborhood_scores(context, graph, pairs, std::span(&score, 1));
      const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      seconds += (i == 0 ? "" : ", ") + std::to_string(taken);
      sum = 0;
      for (std::size_t p = 0; p < pairs.size(); ++p) sum += double{scores(p, 0)};
    }
    line += (line.empty() ? "{\"" : ", \"") + detail::value_text(score) + "\": {\"seconds\": [" + seconds +
            "], \"sum\": " + std::to_string(sum) + "}";
  }
  std::cout << line << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw InvalidOption("usage: bench_linkpred FOLDER PAIRS REPEATS");
    run(argv[1], argv[2], std::stoi(argv[3]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
