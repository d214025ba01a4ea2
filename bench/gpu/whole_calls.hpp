// How long a call of the library takes, by the wall clock: what somebody who makes it waits for. On a GPU that holds
// the way there and back.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <adjoin/engine/runtime/run_context.hpp>

#include "driver.hpp"
#include "event_times.hpp"
#include "records.hpp"

namespace gpu_bench {

/// How often a call is made after the first.
struct CallRepeats {
  int runs = 5;
  double most_seconds = 15;  // after so many no further one is begun
};

struct CallTimes {
  double first_seconds =
      0;        // makes what a run keeps of its device (a stream, pinned buffers), and touches fresh memory
  Times times;  // of the others; of the first where it alone took most_seconds
  std::map<std::string, double> stages;  // seconds of each, by the mean over the others
};

inline std::map<std::string, double> stages_of(adjoin::RunContext& context) {
  std::map<std::string, double> seconds;
  for (const adjoin::StageTime& stage : context.record("calls", {}).stages) seconds[stage.name] += stage.seconds;
  return seconds;
}

/// forget() drops what the last call gave, which is no part of a call's time.
template <class Forget, class Call>
CallTimes measure_calls(adjoin::RunContext& context, const CallRepeats& repeats, Forget&& forget, Call&& call) {
  CallTimes result;
  const auto seconds_of_one = [&] {
    forget();
    const peers::Stopwatch watch;
    call();
    return watch.seconds();
  };
  result.first_seconds = seconds_of_one();
  if (result.first_seconds >= repeats.most_seconds) {
    result.times.seconds.push_back(result.first_seconds);
    result.stages = stages_of(context);
    return result;
  }
  const std::map<std::string, double> before = stages_of(context);
  const peers::Stopwatch all;
  while (result.times.seconds.size() < static_cast<std::size_t>(repeats.runs) &&
         (result.times.seconds.empty() || all.seconds() < repeats.most_seconds)) {
    result.times.seconds.push_back(seconds_of_one());
  }
  for (const auto& [name, seconds] : stages_of(context)) {
    const auto known = before.find(name);
    const double since = seconds - (known == before.end() ? 0 : known->second);
    if (since <= 0) continue;  // a stage of other calls
    result.stages[name] = since / static_cast<double>(result.times.seconds.size());
  }
  return result;
}

inline void tell_times(Json& record, const Times& times) {
  record["seconds"] = times.median();
  record["least_seconds"] = times.least();
  record["most_seconds"] = times.most();
  record["runs"] = times.seconds.size();
}

inline void tell_calls(Json& record, const CallTimes& calls) {
  tell_times(record, calls.times);
  record["first_seconds"] = calls.first_seconds;
  if (!calls.stages.empty()) record["stages"] = calls.stages;
}

}  // namespace gpu_bench
