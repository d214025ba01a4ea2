#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/training_output.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {
namespace {

std::string record_path(const std::string& model) {
  return model + ".run.json";
}

std::string word_of(const ModelDescription& description, std::string_view option) {
  for (const OptionValue& value : description.options) {
    if (value.name == option) return value.text;
  }
  return {};
}

Json header_json(const ModelDescription& description) {
  return Json{{"training", description.task},
              {"model", word_of(description, "model")},
              {"metric", description.metric},
              {"seed", description.seed}};
}

}  // namespace

TrainingOutput::TrainingOutput(Session& session, const TrainingOutputOptions& options)
    : session_(session), options_(options) {
  validate(options);
  if (session.options().estimate) return;
  if (options.out.empty())
    throw InvalidOption("no model file is named; add --out FILE, such as --out model.safetensors");
  if (options.out == "-" || options.log == "-") {
    throw InvalidOption("a model and a log are written again and again; give them files, not standard output");
  }
  if (!options.plot.empty()) check_picture("--plot", options.plot);
  for (const std::string& path : {options.out, record_path(options.out)}) const OutputFile tried(path);
}

const ModelFile* TrainingOutput::checkpoint(const ModelDescription& now) {
  if (!options_.resume || !std::filesystem::exists(options_.out)) return nullptr;
  checkpoint_ = std::make_unique<ModelFile>(options_.out);
  checkpoint_->require_same_training(now);
  return checkpoint_.get();
}

gnn::TrainingHooks TrainingOutput::hooks(const ModelDescription& description) {
  if (!options_.log.empty()) log_ = std::make_unique<TrainingLog>(options_.log, header_json(description));
  gnn::TrainingHooks hooks;
  hooks.save_every = options_.checkpoint_every;
  hooks.save = [this, description](gnn::TrainingState& state) {
    write_model(options_.out, description, state);
    saved_epoch_ = state.epoch();
  };
  hooks.restore = [this, description](gnn::TrainingState& state) {
    const ModelFile* const file = checkpoint(description);
    if (file != nullptr) {
      file->read_training(state);
      saved_epoch_ = state.epoch();
      session_.note(fmt::format("{}: going on after {}", options_.out, counted(state.epoch(), "epoch", "epochs")));
    } else if (options_.resume) {
      session_.note(fmt::format("{}: not there yet; training begins", options_.out));
    }
    if (log_ != nullptr) log_->begin(state.history());
    return file != nullptr;
  };
  hooks.on_epoch = [this, metric = description.metric](const gnn::EpochRecord& record) {
    if (log_ != nullptr) log_->add(record);
    session_.set_progress_detail(epoch_phrase(record, metric));
  };
  return hooks;
}

void TrainingOutput::throw_stopped() const {
  if (saved_epoch_ == 0) throw Cancelled();
  throw StoppedOnTheWay(fmt::format("stopped; the checkpoint of epoch {} is in {}, and --resume goes on from it",
                                    saved_epoch_, options_.out));
}

void TrainingOutput::tell_checkpoint() const {
  if (saved_epoch_ == 0) return;
  session_.note(fmt::format("the checkpoint of epoch {} stays in {}", saved_epoch_, options_.out));
}

std::vector<std::string> TrainingOutput::finish(const RunRecord& record, const gnn::TrainingResult& result,
                                                const ModelDescription& description) {
  OutputFile file(record_path(options_.out));
  file.write(to_json(record) + "\n");
  file.commit();
  std::vector<std::string> files{options_.out, record_path(options_.out)};
  if (!options_.log.empty()) files.push_back(options_.log);
  if (!options_.plot.empty()) {
    Json epochs = Json::array();
    for (const gnn::EpochRecord& epoch : result.history) epochs.push_back(epoch_json(epoch));
    draw(Json{{"kind", "training"},
              {"title", ""},
              {"metric", description.metric},
              {"runs",
               Json::array({Json{
                   {"name", word_of(description, "model")}, {"best_epoch", result.best_epoch}, {"epochs", epochs}}})}},
         options_.plot);
    files.push_back(options_.plot);
  }
  return files;
}

Json training_json(const gnn::TrainingResult& result) {
  Json history = Json::array();
  for (const gnn::EpochRecord& record : result.history) history.push_back(epoch_json(record));
  return Json{{"epochs", result.history.size()},
              {"best_epoch", result.best_epoch},
              {"best_validation", result.best_validation ? Json(*result.best_validation) : Json(nullptr)},
              {"stopped_early", result.stopped_early},
              {"resumed", result.resumed},
              {"history", history}};
}

std::string training_phrase(const gnn::TrainingResult& result, const std::string& metric) {
  const std::string epochs = counted(result.history.size(), "epoch", "epochs");
  if (!result.best_validation) return fmt::format("{}; the last is the model", epochs);
  return fmt::format("best of {}: {}, by {} {:.4f}{}", epochs, result.best_epoch, metric, *result.best_validation,
                     result.stopped_early ? "; stopped early" : "");
}

}  // namespace adjoin::cli
