#include "triangles_task.hpp"

#include <cstdint>

#include <adjoin/engine/graph/triangles.hpp>

namespace gpu_bench {

using namespace adjoin;

void triangles_task(const Sides& sides, GraphView view, const Json& graph) {
  sides.for_each([&](const Side& side) {
    Json record = graph;
    record["task"] = "triangles";
    tell_side(record, side);
    print_measured(record, [&](Json& measured) {
      std::uint64_t count = 0;
      const CallTimes calls =
          measure_calls(*side.context, side.repeats, [] {}, [&] { count = count_triangles(*side.context, view); });
      tell_calls(measured, calls);
      measured["triangles"] = count;
    });
  });
}

}  // namespace gpu_bench
