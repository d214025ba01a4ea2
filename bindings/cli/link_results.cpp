#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/mean_sd.hpp>
#include <adjoin/bindings/cli/link_results.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {
namespace {

std::string hex(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<const LinkRun*> runs_of(const LinkResults& results, const std::string& method) {
  std::vector<const LinkRun*> runs;
  for (const LinkRun& run : results.runs) {
    if (run.method == method) runs.push_back(&run);
  }
  return runs;
}

/// Why the method gave nothing, if it gave nothing in some run.
std::string refusal_of(const std::vector<const LinkRun*>& runs) {
  for (const LinkRun* const run : runs) {
    if (!run->refusal.empty()) return run->refusal;
  }
  return "";
}

std::vector<double> values_of(const std::vector<const LinkRun*>& runs, std::size_t metric) {
  std::vector<double> values;
  for (const LinkRun* const run : runs) values.push_back(run->values[metric]);
  return values;
}

double mean_seconds(const std::vector<const LinkRun*>& runs) {
  double sum = 0;
  for (const LinkRun* const run : runs) sum += run->seconds;
  return sum / static_cast<double>(runs.size());
}

std::uint64_t highest_peak(const std::vector<const LinkRun*>& runs) {
  std::uint64_t peak = 0;
  for (const LinkRun* const run : runs) peak = std::max(peak, run->peak_bytes);
  return peak;
}

std::vector<CurvePoint> points_of(const Json& json) {
  std::vector<CurvePoint> points;
  for (const Json& point : json) points.push_back({point.at(0).get<double>(), point.at(1).get<double>()});
  return points;
}

/// Cells in columns, the first to the left and the others to the right. Counts characters, not bytes: there is a ±.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  const auto width_of = [](const std::string& cell) {
    return static_cast<std::size_t>(
        std::ranges::count_if(cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  };
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    if (row.size() < widths.size()) {  // a refusal, which runs on
      widths[0] = std::max(widths[0], width_of(row[0]));
      continue;
    }
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      const std::string space(widths[i] - std::min(widths[i], width_of(row[i])), ' ');
      const bool left = i == 0 || row.size() < widths.size();
      text += left ? row[i] + (last ? "" : space) : space + row[i];
      if (!last) text += "  ";
    }
    text += '\n';
  }
  return text;
}

}  // namespace

LinkResultsFile::LinkResultsFile(std::filesystem::path path) : path_(std::move(path)) {
  if (std::ifstream input(path_); input) {
    std::size_t number = 0;
    for (std::string line; std::getline(input, line);) {
      ++number;
      no_newline_ = input.eof();
      Json json = Json::parse(line, nullptr, false);
      const bool result = json.is_object() && json.contains("key") && json["key"].is_string() &&
                          json.contains("metrics") && json["metrics"].is_object();
      if (result) {
        const std::string name = json["key"].get<std::string>();
        found_.insert_or_assign(name, std::move(json));
      } else if (no_newline_) {
        cut_short_bytes_ = line.size();
      } else {
        throw ParseError({path_, number, 1}, quote_for_message(line), "a result of adjoin linkpred in each line");
      }
    }
    if (input.bad()) throw IoError(path_, "read", errno);
  }
  const OutputFile tried(path_);  // refuses a place that cannot be written before the work is done
}

std::string LinkResultsFile::key(const LinkSettings& settings, const std::string& method, int run,
                                 std::uint64_t split_hash) {
  return fmt::format("{} {} {} {}", method, run, hex(split_hash), settings.hash);
}

std::optional<LinkRun> LinkResultsFile::find(const LinkSettings& settings, const std::string& method, int run,
                                             std::uint64_t split_hash) const try {
  const auto place = found_.find(key(settings, method, run, split_hash));
  if (place == found_.end()) return std::nullopt;
  const Json& json = place->second;
  LinkRun result;
  result.method = method;
  result.run = run;
  result.split_hash = split_hash;
  result.positives = json.at("positives").get<std::uint64_t>();
  result.negatives = json.at("negative_pairs").get<std::uint64_t>();
  result.seconds = json.at("seconds").get<double>();
  result.peak_bytes = json.at("peak_bytes").get<std::uint64_t>();
  if (json.contains("refusal")) {
    result.refusal = json.at("refusal").get<std::string>();
    return result;
  }
  for (const MetricChoice& metric : settings.metrics) {
    const auto value = json.at("metrics").find(metric_name(metric));
    if (value == json.at("metrics").end()) return std::nullopt;
    result.values.push_back(value->get<double>());
  }
  if (settings.curves) {
    if (!json.contains("curves")) return std::nullopt;
    result.curves = {points_of(json.at("curves").at("roc")), points_of(json.at("curves").at("precision_recall"))};
  }
  return result;
} catch (const Json::exception&) {
  return std::nullopt;  // a line that somebody has edited; computing it again harms nobody
}

void LinkResultsFile::add(const LinkSettings& settings, const LinkRun& result) {
  Json metrics = Json::object();
  for (std::size_t i = 0; i < result.values.size(); ++i) metrics[metric_name(settings.metrics[i])] = result.values[i];
  Json json{{"graph", settings.graph},
            {"method", result.method},
            {"split", settings.split},
            {"negatives", settings.negatives},
            {"run", result.run},
            {"split_hash", hex(result.split_hash)},
            {"metrics", metrics},
            {"positives", result.positives},
            {"negative_pairs", result.negatives},
            {"seconds", result.seconds},
            {"peak_bytes", result.peak_bytes},
            {"version", version()},
            {"seed", settings.record.seed},
            {"threads", settings.record.threads},
            {"cpu_level", settings.record.cpu_level}};
  if (!result.refusal.empty()) json["refusal"] = result.refusal;
  if (!result.curves.empty()) json["curves"] = curves_json(result.curves);
  json["key"] = key(settings, result.method, result.run, result.split_hash);
  if (!file_.is_open()) {
    if (cut_short_bytes_ > 0) std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - cut_short_bytes_);
    file_.open(path_, std::ios::app | std::ios::binary);
    if (no_newline_ && cut_short_bytes_ == 0) file_ << '\n';
  }
  file_ << dumped(json) << '\n';
  if (!file_.flush()) throw IoError(path_, "write", errno, IoError::When::while_running);
}

std::string link_table(const LinkResults& results, std::span<const std::string> methods) {
  std::vector<std::vector<std::string>> rows{{"method"}};
  for (const MetricChoice& metric : results.settings.metrics) rows.front().push_back(metric_name(metric));
  rows.front().emplace_back("seconds");
  rows.front().emplace_back("memory");
  for (const std::string& method : methods) {
    const std::vector<const LinkRun*> runs = runs_of(results, method);
    if (runs.empty()) continue;
    std::vector<std::string> row{method};
    if (const std::string refusal = refusal_of(runs); !refusal.empty()) {
      row.push_back("not run: " + refusal);
      rows.push_back(std::move(row));
      continue;
    }
    for (std::size_t i = 0; i < results.settings.metrics.size(); ++i) row.push_back(mean_sd_text(values_of(runs, i)));
    row.push_back(fmt::format("{:.3f}", mean_seconds(runs)));
    row.push_back(format_bytes(highest_peak(runs)));
    rows.push_back(std::move(row));
  }
  return aligned(rows);
}

Json link_records(const LinkResults& results, std::span<const std::string> methods) {
  Json records = Json::array();
  for (const std::string& method : methods) {
    const std::vector<const LinkRun*> runs = runs_of(results, method);
    if (runs.empty()) continue;
    Json record{{"graph", results.settings.graph},
                {"method", method},
                {"split", results.settings.split},
                {"negatives", results.settings.negatives}};
    const std::string refusal = refusal_of(runs);
    if (refusal.empty()) {
      for (std::size_t i = 0; i < results.settings.metrics.size(); ++i) {
        const std::vector<double> values = values_of(runs, i);
        const auto [mean, deviation] = mean_sd(values);
        record[metric_name(results.settings.metrics[i])] = {{"mean", mean}, {"sd", deviation}, {"runs", values}};
      }
    } else {
      record["refusal"] = refusal;
    }
    record["seconds"] = mean_seconds(runs);
    record["peak_bytes"] = highest_peak(runs);
    record["positives"] = runs.front()->positives;
    record["negative_pairs"] = runs.front()->negatives;
    Json hashes = Json::array();
    for (const LinkRun* const run : runs) hashes.push_back(hex(run->split_hash));
    record["split_hash"] = hashes;
    if (!runs.front()->curves.empty()) record["curves"] = curves_json(runs.front()->curves);
    record["record"] = Json::parse(to_json(results.settings.record));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace adjoin::cli
