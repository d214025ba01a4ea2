// Open triangles and their scores, measured for compare_open_triangles.py:
//   bench_open_triangles FILE THREADS REPEATS
// Reads simplices as `adjoin` does. Prints one JSON line: the open and closed triangles, the sum of each score, and the
// seconds of each round from the simplices in memory to all scores, also of processor time, of all threads together.
#include <chrono>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace {

using namespace adjoin;

void run(const std::string& file, int threads, int repeats) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  const Dataset data = read_dataset(context, file, {}, {}).data;
  if (!data.simplices) throw InvalidData(file + " holds no simplices");
  const SimplexView simplices = data.simplices->view();
  const Incidence none =
      incidence_of(context, simplices_between(simplices, simplices.times.back(), simplices.times.back()));
  const std::vector<TripleMethod> methods = local_triple_methods();
  std::string seconds;
  std::string processor_seconds;
  std::string counts;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t clock_begin = std::clock();
    const Projection projection = project_simplices(context, simplices, data.nodes);
    const OpenTriangles open = open_triangles(context, projection, none);
    const auto scores = triple_scores(context, projection, open.triples.span(), methods);
    const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double processor = static_cast<double>(std::clock() - clock_begin) / CLOCKS_PER_SEC;
    processor_seconds += (i == 0 ? "" : ", ") + std::to_string(processor);
    seconds += (i == 0 ? "" : ", ") + std::to_string(taken);
    counts = "\"open\": " + std::to_string(open.triples.size()) + ", \"closed\": " + std::to_string(open.closed);
    counts += ", \"sums\": {";
    for (std::size_t m = 0; m < methods.size(); ++m) {
      double sum = 0;
      for (const double score : scores[m]) sum += score;
      counts += (m == 0 ? "\"" : ", \"") + triple_method_name(methods[m]) + "\": " + format_number(sum);
    }
    counts += "}";
  }
  std::cout << "{" << counts << ", \"seconds\": [" << seconds << "], \"processor_seconds\": [" << processor_seconds
            << "]}\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw InvalidOption("usage: bench_open_triangles FILE THREADS REPEATS");
    run(argv[1], std::stoi(argv[2]), std::stoi(argv[3]));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
