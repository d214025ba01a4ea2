// The results of `adjoin linkpred`: a file that grows by a line a result, what it holds already, the table and the
// JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/run_record.hpp>

namespace adjoin::cli {

/// What a result is of, beside its method and run.
struct LinkSettings {
  std::string graph;      // as the user named it
  std::string split;      // "random 0.8/0.1/0.1, keep-connected"
  std::string negatives;  // "uniform"
  std::string hash;       // of every option that a value depends on, the seed and the version
  std::vector<MetricChoice> metrics;
  bool curves = false;  // beside the metrics
  RunRecord record;     // options as run, seed, threads, instruction level
};

/// A file of one JSON object a line, to which results are added as they come; a run that was cut short, or that wants
/// more, finds them there again. Of what is there, only a last line that was cut short is replaced.
class LinkResultsFile {
 public:
  /// Reads what is there. InvalidData, with the line, if it holds something else; IoError if it cannot be read or
  /// added to.
  explicit LinkResultsFile(std::filesystem::path path);

  /// The result of this method on this split with these settings, if every metric, and what curves are wanted, is
  /// there.
  std::optional<LinkRun> find(const LinkSettings& settings, const std::string& method, int run,
                              std::uint64_t split_hash) const;

  /// Adds a line and hands it to the system.
  void add(const LinkSettings& settings, const LinkRun& result);

 private:
  static std::string key(const LinkSettings& settings, const std::string& method, int run, std::uint64_t split_hash);

  std::filesystem::path path_;
  bool no_newline_ = false;             // after the last line
  std::uintmax_t cut_short_bytes_ = 0;  // of a last line that is no result
  std::ofstream file_;  // open from the first result on, so that a command that fails before leaves none
  std::map<std::string, Json> found_;
};

/// All runs of the methods on one graph.
struct LinkResults {
  LinkSettings settings;
  std::vector<LinkRun> runs;
};

/// A line a method, in the order in which methods were named: mean and deviation of each metric over runs, the mean
/// time, and the highest peak of memory.
std::string link_table(const LinkResults& results, std::span<const std::string> methods);

/// One record a method: {graph, method, split, negatives, METRIC: {mean, sd, runs}, seconds, peak_bytes, split_hash,
/// curves (of the first run, if wanted), record (of the command)}.
Json link_records(const LinkResults& results, std::span<const std::string> methods);

}  // namespace adjoin::cli
