#include <cerrno>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/training_log.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {

Json epoch_json(const gnn::EpochRecord& record) {
  Json json{{"epoch", record.epoch}, {"loss", record.loss}};
  json["validation"] = record.validation ? Json(*record.validation) : Json(nullptr);
  json["learning_rate"] = record.learning_rate;
  json["seconds"] = record.seconds > 0 ? Json(record.seconds) : Json(nullptr);
  return json;
}

std::string epoch_phrase(const gnn::EpochRecord& record, const std::string& metric) {
  std::string text = fmt::format("loss {:.4f}", record.loss);
  if (record.validation) text += fmt::format(", {} {:.4f}", metric, *record.validation);
  return text;
}

TrainingLog::TrainingLog(std::filesystem::path path, Json header) : path_(std::move(path)), header_(std::move(header)) {
  const OutputFile tried(path_);
}

void TrainingLog::begin(const std::vector<gnn::EpochRecord>& before) {
  std::map<std::uint64_t, std::string> there;  // lines of epochs; a last one that was cut short is none
  if (!before.empty()) {
    std::ifstream input(path_);
    for (std::string line; std::getline(input, line);) {
      const Json json = Json::parse(line, nullptr, false);
      if (!json.is_object() || !json.contains("epoch") || !json["epoch"].is_number_unsigned()) continue;
      there[json["epoch"].get<std::uint64_t>()] = line;
    }
  }
  OutputFile whole(path_);
  whole.write(header_.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  for (const gnn::EpochRecord& record : before) {
    const auto found = there.find(record.epoch);
    whole.write((found != there.end() ? found->second : epoch_json(record).dump()) + "\n");
  }
  whole.commit();
  file_.open(path_, std::ios::app);
  if (!file_) throw IoError(path_, "write", errno, IoError::When::while_running);
}

void TrainingLog::add(const gnn::EpochRecord& record) {
  file_ << epoch_json(record).dump() << '\n' << std::flush;
  if (!file_) throw IoError(path_, "write", errno, IoError::When::while_running);
}

}  // namespace adjoin::cli
