// A model in a file: what it is, its parameters, and the state of its training, so that it can be applied and trained
// on. docs/formats/model.md says what stands where.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/algorithms/gnn/training_state.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/io/safetensors.hpp>

namespace adjoin::cli {

/// What has to be known to make a model before its parameters are read, and what it was trained on.
struct ModelDescription {
  std::string task;                  // "node" or "link"
  std::vector<OptionValue> options;  // of model and training, as run
  std::uint64_t seed = 0;
  std::uint64_t data_hash = 0;                 // of what it was trained on; only the same goes on bit for bit
  std::map<std::string, std::uint64_t> sizes;  // "features", say
  std::vector<std::string> classes;            // names, of a node model
  std::string metric;                          // of the validation part
};

/// Writes model and training; the file appears whole or not at all. The same training gives the same bytes.
void write_model(const std::filesystem::path& path, const ModelDescription& description, gnn::TrainingState& state);

/// A model's file that was read, with its arrays where they stand.
class ModelFile {
 public:
  /// InvalidData if it is no model of adjoin, or of a later version; else as read_safetensors.
  explicit ModelFile(const std::filesystem::path& path);

  const ModelDescription& description() const noexcept { return description_; }
  const std::filesystem::path& path() const noexcept { return file_.path; }
  /// The size of that name. InvalidData if there is none.
  std::uint64_t size(const std::string& name) const;

  /// Assigns the options that the file has to those of the same name. InvalidData for a value that is refused.
  void assign_to(const std::vector<Option>& options) const;
  /// InvalidOption, with the first that differs, unless the options are those that the file was trained with, but for
  /// the ones that say how long to train.
  void require_same_training(const ModelDescription& now) const;

  /// The parameters of a model that was made by the description. InvalidData for what is not there or has another
  /// shape.
  void read_model(learn::Parameters& parameters) const;
  /// The same of all that training goes on from.
  void read_training(gnn::TrainingState& state) const;

 private:
  SafetensorsFile file_;
  ModelDescription description_;
};

}  // namespace adjoin::cli
