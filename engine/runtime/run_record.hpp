// What a run was: enough to repeat it and to judge it. `--json` prints it and every output file gets it beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

struct StageTime {
  std::string name;
  double seconds = 0;
};

/// Something that was left out, merged or treated specially, and how often.
struct Remark {
  std::string what;
  std::uint64_t count = 0;
};

/// A file that the run read, and as what: "edge list, tab-separated, no header, 2 columns, whole-number node names".
struct InputRecord {
  std::string file;
  std::string read_as;
};

struct RunRecord {
  std::string algorithm;
  std::vector<InputRecord> inputs;
  std::vector<OptionValue> options;
  std::uint64_t seed = 0;
  std::string device;
  std::string cpu_level;
  int threads = 0;
  std::vector<StageTime> stages;
  double seconds = 0;                      // of all stages
  std::uint64_t estimated_peak_bytes = 0;  // told before the run
  std::uint64_t peak_bytes = 0;            // most memory the process had held when the run ended
  std::uint64_t device_peak_bytes = 0;     // most that it had held on a GPU; 0 where it used none
  std::vector<Remark> remarks;
  bool deterministic = true;
};

/// The record as one JSON object, with the version of adjoin; keys are written with '_'.
std::string to_json(const RunRecord& record);

}  // namespace adjoin
