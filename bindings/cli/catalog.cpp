#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/builtin_catalog.hpp>
#include <adjoin/bindings/cli/catalog.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/mapped_file.hpp>

namespace adjoin::cli {
namespace {

using CatalogJson = nlohmann::ordered_json;

constexpr int catalog_version = 1;
constexpr std::array<std::pair<CatalogRole, std::string_view>, 5> roles{{{CatalogRole::graph, "graph"},
                                                                         {CatalogRole::nodes, "nodes"},
                                                                         {CatalogRole::labels, "labels"},
                                                                         {CatalogRole::features, "features"},
                                                                         {CatalogRole::beside, "beside"}}};
constexpr std::array<std::string_view, 6> countables{"nodes", "edges", "events", "simplices", "labels", "features"};
constexpr std::uint64_t most_counted = std::uint64_t{1} << 40;

/// A place in the catalog, to begin messages with: "catalog.json: graph 'facebook'".
struct Place {
  std::string text;

  [[noreturn]] void refuse(const std::string& what) const { throw InvalidData(text + ": " + what); }
  Place inside(const std::string& more) const { return {text + ": " + more}; }
};

void check_keys(const CatalogJson& object, const std::vector<std::string>& known, const Place& place) {
  if (!object.is_object()) place.refuse("found something else than an object, expected { ... }");
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const auto meant = nearest_word(key, known);
    place.refuse(fmt::format("{} is not a key that it has{}", quote_for_message(key),
                             meant ? fmt::format("; did you mean {}?", *meant) : ""));
  }
}

const CatalogJson& value_of(const CatalogJson& object, const std::string& key, const Place& place) {
  const auto found = object.find(key);
  if (found == object.end()) place.refuse(fmt::format("{} is missing", key));
  return *found;
}

std::string text_of(const CatalogJson& object, const std::string& key, const Place& place) {
  const CatalogJson& value = value_of(object, key, place);
  if (!value.is_string() || value.get<std::string>().empty()) place.refuse(fmt::format("{} is not a text", key));
  std::string text = value.get<std::string>();
  // A catalog may come from anywhere, and what it says is printed on a terminal.
  if (has_control_character(text)) place.refuse(fmt::format("{} has a control character", key));
  return text;
}

std::uint64_t count_of(const CatalogJson& value, const std::string& key, const Place& place) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > most_counted) {
    place.refuse(fmt::format("{} is not a whole number from 1 to {}", key, format_count(most_counted)));
  }
  return value.get<std::uint64_t>();
}

/// Names become names of files, so that they are kept to what is safe there.
bool is_plain_name(std::string_view name) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, plain);
}

bool is_sha256(std::string_view text) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::ranges::all_of(text, digit);
}

CatalogFile file_of(const CatalogJson& json, const Place& place) {
  check_keys(json, {"address", "role", "sha256", "bytes"}, place);
  CatalogFile file;
  file.address = text_of(json, "address", place);
  const auto begins = [&](std::string_view scheme) { return file.address.starts_with(scheme); };
  if (!begins("https://") && !begins("http://") && !begins("file://")) {
    place.refuse(
        fmt::format("address {} does not begin with https://, http:// or file://", quote_for_message(file.address)));
  }
  file.name = file.address.substr(file.address.rfind('/') + 1);
  if (!is_plain_name(file.name) || file.name.ends_with(".part")) {
    place.refuse(fmt::format("address {} does not end in the name of a file", quote_for_message(file.address)));
  }
  if (json.contains("role")) {
    const std::string word = text_of(json, "role", place);
    const auto found = std::ranges::find(roles, word, &decltype(roles)::value_type::second);
    if (found == roles.end()) {
      place.refuse(
          fmt::format("role {} is not one of graph, nodes, labels, features, beside", quote_for_message(word)));
    }
    file.role = found->first;
  }
  // The key has to be there: a checksum that nobody knows is said to be null, not forgotten.
  if (!value_of(json, "sha256", place).is_null()) {
    file.sha256 = text_of(json, "sha256", place);
    if (!is_sha256(file.sha256)) place.refuse("sha256 is not 64 hexadecimal digits, small letters");
  }
  if (json.contains("bytes") && !json["bytes"].is_null()) file.bytes = count_of(json["bytes"], "bytes", place);
  return file;
}

/// The options of reading, by the names that they have on the command line.
void read_options(const CatalogJson& json, CatalogGraph& graph, const Place& place) {
  std::vector<Option> options = joined(bind_options(graph.read), bind_options(graph.build));
  for (Option& option : bind_options(graph.nodes)) {
    if (option.name == "unknown-nodes") options.push_back(std::move(option));  // the others are roles of files
  }
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(option.name);
  check_keys(json, names, place);
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string() && !value.is_boolean()) place.refuse(fmt::format("{} is neither a text nor true", key));
    try {
      std::ranges::find(options, key, &Option::name)
          ->assign(value.is_string() ? value.get<std::string>() : value.dump());
    } catch (const InvalidOption& error) {
      place.refuse(error.what());
    }
  }
}

CatalogGraph graph_of(const CatalogJson& json, const Place& place) {
  check_keys(json, {"name", "title", "task", "terms", "citation", "page", "files", "read", "counts"}, place);
  CatalogGraph graph;
  graph.name = text_of(json, "name", place);
  const Place here = place.inside(fmt::format("graph {}", quote_for_message(graph.name)));
  if (!is_plain_name(graph.name)) here.refuse("the name is not made of letters, digits, -, _ and .");
  graph.title = text_of(json, "title", here);
  graph.task = text_of(json, "task", here);
  graph.terms = text_of(json, "terms", here);
  graph.citation = text_of(json, "citation", here);
  if (json.contains("page")) graph.page = text_of(json, "page", here);

  const CatalogJson& files = value_of(json, "files", here);
  if (!files.is_array() || files.empty()) here.refuse("files is not a list of at least one file");
  std::set<std::string> names;
  std::set<CatalogRole> given;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Place at = here.inside(fmt::format("file {}", i + 1));
    graph.files.push_back(file_of(files[i], at));
    const CatalogFile& file = graph.files.back();
    if (!names.insert(file.name).second) at.refuse(fmt::format("{} is the name of two files", file.name));
    if (!given.insert(file.role).second && file.role != CatalogRole::beside) {
      at.refuse(fmt::format("two files have the role {}", name_of(file.role)));
    }
  }
  if (graph.files.front().role != CatalogRole::graph) here.refuse("the first file has another role than graph");

  if (json.contains("read")) read_options(json["read"], graph, here.inside("read"));
  const CatalogJson& counts = value_of(json, "counts", here);
  check_keys(counts, {countables.begin(), countables.end()}, here.inside("counts"));
  for (const auto& [key, value] : counts.items()) {
    graph.counts.emplace_back(key, count_of(value, key, here.inside("counts")));
  }
  if (graph.counts.empty()) here.refuse("counts is empty, and so nothing could be compared");
  return graph;
}

}  // namespace

std::string_view name_of(CatalogRole role) {
  return std::ranges::find(roles, role, &decltype(roles)::value_type::first)->second;
}

std::vector<CatalogGraph> load_catalog(const std::string& path) {
  const Place place{path.empty() ? "the catalog" : path};
  CatalogJson json;
  try {
    json = CatalogJson::parse(path.empty() ? builtin_catalog() : MappedFile(path).bytes());
  } catch (const CatalogJson::exception& error) {
    place.refuse(fmt::format("this is not JSON: {}", error.what()));
  }
  check_keys(json, {"version", "graphs"}, place);
  const CatalogJson& version = value_of(json, "version", place);
  if (version != catalog_version)
    place.refuse(fmt::format("version is not {}, which this adjoin reads", catalog_version));
  const CatalogJson& list = value_of(json, "graphs", place);
  if (!list.is_array()) place.refuse("graphs is not a list");
  std::vector<CatalogGraph> graphs;
  std::set<std::string> names;
  for (const CatalogJson& entry : list) {
    graphs.push_back(graph_of(entry, place));
    if (!names.insert(graphs.back().name).second) {
      place.refuse(fmt::format("{} is the name of two graphs", graphs.back().name));
    }
  }
  return graphs;
}

}  // namespace adjoin::cli
