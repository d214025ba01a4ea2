// What gpu_bench tells: one JSON object a line, at once, so that a run cut short keeps what it has.
#pragma once

#include <cmath>
#include <iostream>

#include <nlohmann/json.hpp>

namespace gpu_bench {

using Json = nlohmann::ordered_json;

inline void print(const Json& record) {
  std::cout << record.dump() << std::endl;  // NOLINT(performance-avoid-endl): the line must be out before the next task
}

/// JSON has no infinity, and a difference that is none has to be seen.
inline Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json("not a number");
}

}  // namespace gpu_bench
