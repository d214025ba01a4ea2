// Where the library's calls are made: on the GPU, on the processor, or on both one after the other.
#pragma once

#include <cmath>
#include <exception>
#include <optional>
#include <utility>

#include <adjoin/engine/runtime/run_context.hpp>

#include "records.hpp"
#include "whole_calls.hpp"

namespace gpu_bench {

struct Side {
  adjoin::RunContext* context;
  CallRepeats repeats;

  bool is_gpu() const { return context->device().kind == adjoin::DeviceKind::cuda; }
};

/// The GPU first: it is what is asked about, and the processor may take the time there is. None where not asked for.
struct Sides {
  std::optional<Side> gpu;
  std::optional<Side> cpu;

  /// For work that is the same on either: there is one at least.
  adjoin::RunContext& any() const { return *(gpu ? gpu : cpu)->context; }

  template <class Body>
  void for_each(Body&& body) const {
    if (gpu) body(*gpu);
    if (cpu) body(*cpu);
  }
};

/// Members that say who did it.
inline void tell_side(Json& record, const Side& side) {
  record["program"] = side.is_gpu() ? "adjoin" : "adjoin on the CPU";
  record["device"] = side.is_gpu() ? "cuda" : "cpu";
  record["threads"] = side.context->threads().count();
}

/// Prints the record with what measure(record) adds to it, or with why it failed: the others still run.
template <class Measure>
void print_measured(Json record, Measure&& measure) {
  try {
    std::forward<Measure>(measure)(record);
  } catch (const std::exception& error) {
    record["failed"] = error.what();
  }
  print(record);
}

/// |a - b| / max(|a|, |b|), 0 for two equal numbers, infinity where one is none.
inline double relative_difference(double a, double b) {
  if (a == b) return 0;
  const double difference = std::fabs(a - b) / std::fmax(std::fabs(a), std::fabs(b));
  return std::isnan(a) || std::isnan(b) ? INFINITY : difference;
}

}  // namespace gpu_bench
