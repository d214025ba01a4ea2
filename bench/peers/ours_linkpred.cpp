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

#include "driver.hpp"

namespace {

using namespace adjoin;

Graph read_graph(RunContext& context, const std::string& folder) {
  const peers::GraphArrays arrays = peers::read_graph(folder);
  Csr csr;
  csr.column_count = arrays.row_count;
  csr.offsets = Array<EdgeOffset>(arrays.row_count + 1);
  csr.targets = Array<NodeId>(arrays.entry_count);
  for (std::size_t i = 0; i <= arrays.row_count; ++i) {
    csr.offsets[i] = edge_offset(static_cast<std::size_t>(arrays.offsets[i]));
  }
  for (std::size_t e = 0; e < arrays.entry_count; ++e) {
    csr.targets[e] = node_id(static_cast<std::size_t>(arrays.targets[e]));
  }
  return Graph(context, std::move(csr), NodeIndex::range(arrays.row_count), false);
}

std::vector<Edge> read_pairs(const std::string& path) {
  std::vector<Edge> pairs(std::filesystem::file_size(path) / sizeof(Edge));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(pairs.data()), static_cast<std::streamsize>(pairs.size() * sizeof(Edge)));
  return pairs;
}

void run(const std::string& folder, const std::string& pairs_path, int repeats) {
  RunContext context;
  const Graph graph = read_graph(context, folder);
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
