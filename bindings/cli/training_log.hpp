// What is told of a training while it runs: the line of the progress bar, and a file of one JSON object an epoch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <adjoin/algorithms/gnn/training_state.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/session.hpp>

namespace adjoin::cli {

/// `epoch`, `loss`, `validation` (null without an evaluation), `learning_rate`, `seconds` (null where not known).
Json epoch_json(const gnn::EpochRecord& record);

/// A file that grows by a line an epoch. The first line says what is trained: `task`, `model`, `metric`.
class TrainingLog {
 public:
  /// header: the first line. Refuses a place that cannot be written, but writes nothing yet.
  TrainingLog(std::filesystem::path path, Json header);

  /// Begins the file: with these epochs, which were before a training was stopped, and with their lines where the file
  /// has them. IoError.
  void begin(const std::vector<gnn::EpochRecord>& before);
  /// Adds a line and hands it to the system. IoError(while_running).
  void add(const gnn::EpochRecord& record);

 private:
  std::filesystem::path path_;
  Json header_;
  std::ofstream file_;
};

/// What the progress bar shows of an epoch: "loss 0.4123, accuracy 0.8140".
std::string epoch_phrase(const gnn::EpochRecord& record, const std::string& metric);

}  // namespace adjoin::cli
