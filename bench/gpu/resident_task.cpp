#include "resident_task.hpp"

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/dense/resident_matrix.hpp>

namespace gpu_bench {

using namespace adjoin;

namespace {

constexpr std::size_t rows_per_chunk = std::size_t{1} << 12;

double largest_difference(const Threads& threads, const Matrix& a, const Matrix& b) {
  return threads.reduce_ordered(
      a.rows(), rows_per_chunk, 0.0,
      [&](Chunk chunk) {
        double most = 0;
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
          for (std::size_t j = 0; j < a.columns(); ++j) {
            most = std::fmax(most, relative_difference(static_cast<double>(a(i, j)), static_cast<double>(b(i, j))));
          }
        }
        return most;
      },
      [](double x, double y) { return std::fmax(x, y); });
}

}  // namespace

void resident_task(const Sides& sides, GraphView view, std::size_t dim, const Json& graph) {
  const Side& side = *sides.gpu;
  FastRPOptions options;
  options.dim = static_cast<int>(dim);
  options.weights = {0, 1, 1};
  const auto begin = [&](const char* method) {
    Json record = graph;
    record["task"] = "resident";
    tell_side(record, side);
    record["method"] = method;
    record["columns"] = dim;
    return record;
  };
  Matrix stayed;
  print_measured(begin("stays"), [&](Json& record) {
    ResidentMatrix embedding;
    const CallTimes calls = measure_calls(
        *side.context, side.repeats, [&] { embedding = ResidentMatrix(); },
        [&] { embedding = fastrp_resident(*side.context, view, options).embedding; });
    tell_calls(record, calls);
    stayed = embedding.to_host(*side.context);
  });
  print_measured(begin("comes down"), [&](Json& record) {
    Matrix embedding;
    const CallTimes calls = measure_calls(
        *side.context, side.repeats, [&] { embedding = Matrix(); },
        [&] { embedding = fastrp(*side.context, view, options).embedding; });
    tell_calls(record, calls);
    record["bytes"] = embedding.bytes();
    if (stayed.rows() == embedding.rows()) {
      record["difference"] = number(largest_difference(side.context->threads(), stayed, embedding));
    }
  });
}

}  // namespace gpu_bench
