// What every command that trains writes: the model with its checkpoints, a log of epochs, a record, a picture.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/bindings/cli/model_file.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/bindings/cli/training_log.hpp>

namespace adjoin::cli {

struct TrainingOutputOptions {
  std::string out;
  bool resume = false;
  int checkpoint_every = 25;
  std::string log;
  std::string plot;

  static constexpr auto fields() {
    using O = TrainingOutputOptions;
    return std::tuple{
        option_field("out", &O::out,
                     "the model to write, .safetensors; while training goes on, its last checkpoint stands there"),
        option_field("resume", &O::resume,
                     "go on from the checkpoint in the model's file, if there is one, as if it had not been stopped"),
        option_field("checkpoint-every", &O::checkpoint_every, {1, 1'000'000},
                     "epochs from one checkpoint to the next"),
        option_field(
            "log", &O::log,
            "a file of one JSON object a line, one an epoch, that can be watched while training goes on; adjoin "
            "report and adjoin plot --what training draw it"),
        option_field("plot", &O::plot, "a picture of the loss and the metric by epoch: .svg, .png, .pdf or .html")};
  }
};

class TrainingOutput {
 public:
  /// Refuses options that make no sense and places that cannot be written, before there is work; InvalidOption if there
  /// is no --out, unless only the estimate is asked for.
  TrainingOutput(Session& session, const TrainingOutputOptions& options);

  /// The checkpoint to go on from; nullptr to begin anew. InvalidOption as ModelFile::require_same_training.
  const ModelFile* checkpoint(const ModelDescription& now);

  /// Trains by `train`, which is handed what to do beside; what is told of a training that is stopped says where its
  /// checkpoint is.
  template <class Train>
  auto run(const ModelDescription& description, Train&& train) {
    try {
      return train(hooks(description));
    } catch (const Cancelled&) {
      throw_stopped();
    } catch (const learn::NotFinite&) {
      tell_checkpoint();
      throw;
    }
  }

  /// Writes the record beside the model, and the picture. Returns the files written, the model first.
  std::vector<std::string> finish(const RunRecord& record, const gnn::TrainingResult& result,
                                  const ModelDescription& description);

 private:
  gnn::TrainingHooks hooks(const ModelDescription& description);
  [[noreturn]] void throw_stopped() const;
  void tell_checkpoint() const;

  Session& session_;
  TrainingOutputOptions options_;
  std::unique_ptr<ModelFile> checkpoint_;
  std::unique_ptr<TrainingLog> log_;
  std::uint64_t saved_epoch_ = 0;  // 0: nothing of this training is in the file
};

/// `epochs`, `best_epoch`, `best_validation`, `stopped_early`, `resumed` and `history`, for --json.
Json training_json(const gnn::TrainingResult& result);

/// "best of 200 epochs: 137, by accuracy 0.8140; stopped early".
std::string training_phrase(const gnn::TrainingResult& result, const std::string& metric);

}  // namespace adjoin::cli
