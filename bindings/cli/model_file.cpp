#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/model_file.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

/// Of the layout that docs/formats/model.md describes.
constexpr std::string_view model_version = "1";
constexpr std::string_view training_prefix = "training.";
/// Options that may be others when training goes on.
constexpr std::array how_long{"epochs", "patience"};

std::string training_name(const std::string& name) {
  return std::string(training_prefix) + name;
}

TensorMetadata metadata_of(const ModelDescription& description) {
  Json options = Json::object();
  for (const OptionValue& option : description.options) options[option.name] = option.text;
  return {{"adjoin.model", std::string(model_version)},
          {"adjoin.version", std::string(version())},
          {"task", description.task},
          {"metric", description.metric},
          {"seed", std::to_string(description.seed)},
          {"data_hash", fmt::format("{:016x}", description.data_hash)},
          {"options", options.dump()},
          {"sizes", Json(description.sizes).dump()},
          {"classes", Json(description.classes).dump()}};
}

/// A piece of metadata that is JSON. InvalidData if it is not, or of another kind.
template <class Value>
Value parsed(const SafetensorsFile& file, std::string_view name) {
  try {
    return Json::parse(file.metadata_of(name)).get<Value>();
  } catch (const Json::exception&) {
    throw InvalidData(fmt::format("{}: the metadata {} of a model is not what adjoin writes; train the model again",
                                  file.path.string(), name));
  }
}

ModelDescription description_of(const SafetensorsFile& file) {
  const std::string_view found = file.metadata_of("adjoin.model");
  if (found.empty()) {
    throw InvalidData(fmt::format("{} is no model; adjoin train writes models", file.path.string()));
  }
  if (found != model_version) {
    throw InvalidData(fmt::format("{} is a model of version {}, and this adjoin reads version {}; use a later adjoin",
                                  file.path.string(), quote_for_message(found), model_version));
  }
  ModelDescription description;
  description.task = file.metadata_of("task");
  description.metric = file.metadata_of("metric");
  description.seed = parsed<std::uint64_t>(file, "seed");
  for (const auto& [name, text] : parsed<std::map<std::string, std::string>>(file, "options")) {
    description.options.push_back({name, OptionKind::text, text});
  }
  description.sizes = parsed<std::map<std::string, std::uint64_t>>(file, "sizes");
  description.classes = parsed<std::vector<std::string>>(file, "classes");
  return description;
}

}  // namespace

void write_model(const std::filesystem::path& path, const ModelDescription& description, gnn::TrainingState& state) {
  std::vector<NamedTensor> tensors;
  std::deque<std::vector<double>> numbers;  // what the state shows only while it is visited
  std::deque<std::uint64_t> counts;
  state.visit_model([&](const std::string& name, MatrixView<float> values) {
    tensors.push_back(named_tensor(name, MatrixView<const float>(values)));
  });
  state.visit_counts([&](const std::string& name, std::uint64_t& count) {
    counts.push_back(count);
    tensors.push_back(named_tensor(training_name(name), std::span<const std::uint64_t>(&counts.back(), 1)));
  });
  state.visit_numbers([&](const std::string& name, MatrixView<double> values) {
    numbers.emplace_back(values.data(), values.data() + values.rows() * values.columns());
    tensors.push_back(named_tensor(training_name(name),
                                   MatrixView<const double>(numbers.back().data(), values.rows(), values.columns())));
  });
  state.visit_matrices([&](const std::string& name, MatrixView<float> values) {
    tensors.push_back(named_tensor(training_name(name), MatrixView<const float>(values)));
  });
  write_safetensors(path, tensors, metadata_of(description));
}

ModelFile::ModelFile(const std::filesystem::path& path)
    : file_(read_safetensors(path)), description_(description_of(file_)) {}

std::uint64_t ModelFile::size(const std::string& name) const {
  const auto found = description_.sizes.find(name);
  if (found != description_.sizes.end()) return found->second;
  throw InvalidData(fmt::format("{} does not say how many {} there are; train the model again", path().string(), name));
}

void ModelFile::assign_to(const std::vector<Option>& options) const {
  for (const Option& option : options) {
    const auto found = std::ranges::find(description_.options, option.name, &OptionValue::name);
    if (found == description_.options.end()) continue;
    try {
      option.assign(found->text);
    } catch (const InvalidOption& error) {
      throw InvalidData(fmt::format("{}: {}", path().string(), error.what()));
    }
  }
}

void ModelFile::require_same_training(const ModelDescription& now) const {
  const auto refuse = [&](std::string_view what, std::string_view was, std::string_view is) {
    throw InvalidOption(
        fmt::format("{} was trained with {} = {} and cannot go on with {}; give the same, or leave "
                    "--resume out to begin anew",
                    path().string(), what, was.empty() ? "nothing" : was, is.empty() ? "nothing" : is));
  };
  if (description_.task != now.task) refuse("task", description_.task, now.task);
  if (description_.seed != now.seed) refuse("seed", std::to_string(description_.seed), std::to_string(now.seed));
  for (const OptionValue& option : now.options) {
    if (std::ranges::find(how_long, option.name) != how_long.end()) continue;
    const auto found = std::ranges::find(description_.options, option.name, &OptionValue::name);
    const std::string_view was = found == description_.options.end() ? std::string_view() : found->text;
    if (was != option.text) refuse(option.name, was, option.text);
  }
  const std::string hash = fmt::format("{:016x}", now.data_hash);
  if (file_.metadata_of("data_hash") != hash) {
    throw InvalidOption(
        fmt::format("{} was trained on other data; give it the same graph, features, labels and parts, "
                    "or leave --resume out to begin anew",
                    path().string()));
  }
}

void ModelFile::read_model(learn::Parameters& parameters) const {
  for (learn::Parameter& parameter : parameters) file_.copy(parameter.name, parameter.value.view());
}

void ModelFile::read_training(gnn::TrainingState& state) const {
  state.visit_counts([&](const std::string& name, std::uint64_t& count) {
    const std::string whole = training_name(name);
    const std::array<std::uint64_t, 1> shape{1};
    std::memcpy(&count, file_.require(whole, TensorType::u64, shape).values.data(), sizeof(count));
  });
  state.visit_numbers(
      [&](const std::string& name, MatrixView<double> values) { file_.copy(training_name(name), values); });
  state.visit_model([&](const std::string& name, MatrixView<float> values) { file_.copy(name, values); });
  state.visit_matrices(
      [&](const std::string& name, MatrixView<float> values) { file_.copy(training_name(name), values); });
}

}  // namespace adjoin::cli
