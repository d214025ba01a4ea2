#include <algorithm>

#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/run_record.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin {
namespace {

using Json = nlohmann::ordered_json;

std::string json_key(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

Json json_value(const OptionValue& option) {
  switch (option.kind) {
    case OptionKind::flag:
      return option.text == "true";
    case OptionKind::whole_number:
    case OptionKind::number:
      return Json::parse(option.text);
    case OptionKind::number_list:
      return Json::parse("[" + option.text + "]");
    case OptionKind::choice:
    case OptionKind::text:
      return option.text;
  }
  return nullptr;
}

}  // namespace

std::string to_json(const RunRecord& record) {
  Json options = Json::object();
  for (const OptionValue& option : record.options) options[json_key(option.name)] = json_value(option);
  Json stages = Json::array();
  for (const StageTime& stage : record.stages) stages.push_back({{"name", stage.name}, {"seconds", stage.seconds}});
  Json remarks = Json::array();
  for (const Remark& remark : record.remarks) remarks.push_back({{"what", remark.what}, {"count", remark.count}});
  Json inputs = Json::array();
  for (const InputRecord& input : record.inputs) inputs.push_back({{"file", input.file}, {"read_as", input.read_as}});
  Json json{{"algorithm", record.algorithm},
            {"version", version()},
            {"inputs", inputs},
            {"options", options},
            {"seed", record.seed},
            {"device", record.device},
            {"cpu_level", record.cpu_level},
            {"threads", record.threads},
            {"seconds", record.seconds},
            {"stages", stages},
            {"estimated_peak_bytes", record.estimated_peak_bytes},
            {"peak_bytes", record.peak_bytes},
            {"remarks", remarks},
            {"deterministic", record.deterministic}};
  if (record.device_peak_bytes > 0) json["device_peak_bytes"] = record.device_peak_bytes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace adjoin
