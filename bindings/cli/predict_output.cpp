#include <array>
#include <filesystem>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/predict_output.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/npy.hpp>
#include <adjoin/io/pair_writer.hpp>

namespace adjoin::cli {
namespace {

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// As many digits as a float has, and no more.
Json number(double value) {
  return Json::parse(format_number(static_cast<float>(value)), nullptr, false);
}

Json score_json(float score) {
  Json json = number(static_cast<double>(score));
  return json.is_discarded() ? Json(nullptr) : json;  // infinite
}

Json through_json(const ExplainedLinks& links, const NodeIndex& nodes, std::size_t i) {
  Json through = Json::array();
  for (const SharedNeighbor& neighbor : links.explanations[i].through) {
    Json entry{{"node", nodes.name(neighbor.node)}};
    if (links.shares) entry["adds"] = number(neighbor.share);
    through.push_back(std::move(entry));
  }
  return through;
}

Json path_json(const ExplainedLinks& links, const NodeIndex& nodes, std::size_t i) {
  Json path = Json::array();
  for (const NodeId node : links.explanations[i].path) path.push_back(nodes.name(node));
  return path;
}

Json parts_json(const ExplainedLinks& links, std::size_t i) {
  Json parts = Json::array();
  for (const auto& [name, value] : links.parts[i]) parts.push_back({{"part", name}, {"adds", number(value)}});
  return parts;
}

std::vector<Edge> pairs_of(const ExplainedLinks& links) {
  std::vector<Edge> pairs;
  for (const ScoredPair& link : links.links) pairs.push_back({link.source, link.target});
  return pairs;
}

void write_numbers(OutputFile& file, const ExplainedLinks& links) {
  file.write(detail::npy_header("<i8", std::array<std::size_t, 2>{links.links.size(), 2}));
  std::vector<std::array<std::int64_t, 2>> rows;
  for (const ScoredPair& link : links.links) {
    rows.push_back({static_cast<std::int64_t>(index(link.source)), static_cast<std::int64_t>(index(link.target))});
  }
  file.write(std::as_bytes(std::span(rows)));
}

void write_plain_table(RunContext& context, OutputFile& file, const ExplainedLinks& links, const NodeIndex& nodes) {
  Matrix scores(links.links.size(), 1);
  for (std::size_t i = 0; i < links.links.size(); ++i) scores(i, 0) = links.links[i].score;
  const std::array<std::string, 1> columns{links.method};
  write_pairs(context, file, nodes, pairs_of(links), columns, scores.view());
}

void write_explained_table(OutputFile& file, const ExplainedLinks& links, const NodeIndex& nodes) {
  check_names_fit_lines(file, nodes, pairs_of(links));
  std::string header = fmt::format("source\ttarget\t{}\tshared\tthrough\tpath", links.method);
  if (!links.parts.empty()) header += "\tparts";
  file.write(header + "\n");
  for (std::size_t i = 0; i < links.links.size(); ++i) {
    const ScoredPair& link = links.links[i];
    file.write(fmt::format("{}\t{}\t{}\t{}\t{}\t{}", nodes.name(link.source), nodes.name(link.target),
                           format_number(link.score), links.explanations[i].shared,
                           text_of(through_json(links, nodes, i)), text_of(path_json(links, nodes, i))));
    if (!links.parts.empty()) file.write("\t" + text_of(parts_json(links, i)));
    file.write("\n");
  }
}

}  // namespace

LinkFormat link_format(const std::string& path) {
  std::filesystem::path name = path;
  if (name.extension() == ".gz" || name.extension() == ".zst") name.replace_extension();
  const std::string suffix = name.extension().string();
  if (path == "-" || suffix == ".tsv" || suffix == ".txt") return LinkFormat::table;
  if (suffix == ".jsonl") return LinkFormat::json_lines;
  if (suffix == ".npy") return LinkFormat::numbers;
  throw InvalidOption(fmt::format(
      "the suffix {} is not one of .tsv, .txt (names and scores), .jsonl (an object a line) and .npy (pairs of rows)",
      suffix.empty() ? "of the output" : suffix));
}

Json link_json(const ExplainedLinks& links, const NodeIndex& nodes, std::size_t i) {
  const ScoredPair& link = links.links[i];
  Json json{
      {"source", nodes.name(link.source)}, {"target", nodes.name(link.target)}, {"score", score_json(link.score)}};
  if (!links.explanations.empty()) {
    json["shared"] = links.explanations[i].shared;
    json["through"] = through_json(links, nodes, i);
    json["path"] = path_json(links, nodes, i);
  }
  if (!links.parts.empty()) json["parts"] = parts_json(links, i);
  return json;
}

void write_links(RunContext& context, OutputFile& file, LinkFormat format, const ExplainedLinks& links,
                 const NodeIndex& nodes) {
  if (format == LinkFormat::numbers) {
    write_numbers(file, links);
  } else if (format == LinkFormat::json_lines) {
    for (std::size_t i = 0; i < links.links.size(); ++i) file.write(text_of(link_json(links, nodes, i)) + "\n");
  } else if (links.explanations.empty()) {
    write_plain_table(context, file, links, nodes);
  } else {
    write_explained_table(file, links, nodes);
  }
}

}  // namespace adjoin::cli
