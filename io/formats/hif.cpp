// The Hypergraph Interchange Format (github.com/HIF-org/HIF-standard, schema 0.1.0): JSON with a list of incidences of
// nodes and edges. An edge is a simplex here; its attribute "timestamp" or "time" is its time.
#include <array>
#include <set>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/json_stream.hpp>
#include <adjoin/io/formats/line_writer.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/formats/simplex_table.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

bool recognizes_hif(std::string_view bytes) {
  return has_key(bytes, {"incidences"});
}

class HifReader {
 public:
  HifReader(const std::filesystem::path& path) : path_(path) {}

  JsonStream stream() {
    return {
        [this](const std::string& section, const std::string&, const Json& item) { return read_item(section, item); },
        [this](const std::string& section, const Json& value) { read_section(section, value); }};
  }

  DatasetFile finish(RunContext& context) && {
    if (!sections_.contains("incidences")) refuse("no incidences", "an array \"incidences\"");
    SimplexTable::Result result = std::move(table_).finish(context);
    DatasetFile file;
    file.read.details = network_type_ + ", " + result.phrase();
    const auto leave_out = [&](std::uint64_t number, const char* one, const char* many) {
      if (number > 0) file.read.details += ", " + counted(number, one, many);
    };
    leave_out(directions_, "direction left out", "directions left out");
    leave_out(weights_, "weight left out", "weights left out");
    file.data = std::move(result.data);
    file.data.metadata = std::move(metadata_);
    return file;
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw ParseError({path_, 0, 0}, found, expected, "the schema of HIF 0.1.0 says what a file holds");
  }

  bool read_item(const std::string& section, const Json& item) {
    if (section == "metadata") return true;
    const std::uint64_t number = ++items_;
    if (section == "incidences") {
      const std::string where = fmt::format("incidence {}", number);
      check_fields(where, item, {"edge", "node", "weight", "direction", "attrs"});
      read_incidence(where, item);
    } else if (section == "nodes") {
      const std::string where = fmt::format("node {}", number);
      check_fields(where, item, {"node", "weight", "attrs"});
      table_.add_node(name_of(where, item, "node"));
    } else if (section == "edges") {
      const std::string where = fmt::format("edge {}", number);
      check_fields(where, item, {"edge", "weight", "attrs"});
      read_edge(where, item);
    }
    return false;
  }

  void read_section(const std::string& section, const Json& value) {
    items_ = 0;
    if (!sections_.insert(section).second) refuse(fmt::format("{} twice", quote_for_message(section)), "it once");
    if (section == "network-type") {
      if (value != "undirected" && value != "directed" && value != "asc") {
        refuse(fmt::format("network-type {}", metadata_text(value)), "undirected, directed or asc");
      }
      network_type_ = value.get<std::string>();
    } else if (section == "metadata") {
      if (!value.is_object()) refuse(fmt::format("metadata of kind {}", kind_of(value)), "an object");
      for (const auto& [key, entry] : value.items()) metadata_[key] = metadata_text(entry);
    } else if (section != "incidences" && section != "nodes" && section != "edges") {
      refuse(fmt::format("the field {}", quote_for_message(section)),
             "network-type, metadata, incidences, nodes or edges");
    } else if (!value.is_array()) {
      refuse(fmt::format("{} of kind {}", section, kind_of(value)), "an array");
    }
  }

  void check_fields(const std::string& where, const Json& item, std::initializer_list<std::string_view> allowed) {
    if (!item.is_object()) refuse(fmt::format("{} of kind {}", where, kind_of(item)), "an object");
    for (const auto& [key, value] : item.items()) {
      if (std::ranges::find(allowed, key) == allowed.end()) {
        refuse(fmt::format("{} with the field {}", where, quote_for_message(key)),
               fmt::format("{}", fmt::join(allowed, ", ")));
      }
    }
    if (item.contains("weight")) {
      if (!item["weight"].is_number())
        refuse(fmt::format("{} with a weight of kind {}", where, kind_of(item["weight"])), "a number");
      ++weights_;
    }
    if (item.contains("attrs") && !item["attrs"].is_object()) {
      refuse(fmt::format("{} with attrs of kind {}", where, kind_of(item["attrs"])), "an object");
    }
  }

  std::string name_of(const std::string& where, const Json& item, const char* field) const {
    if (!item.contains(field)) refuse(fmt::format("{} without {}", where, field), "it");
    return name_in_json(path_, fmt::format("{}: {}", where, field), item[field]);
  }

  void read_incidence(const std::string& where, const Json& item) {
    if (item.contains("direction")) {
      if (item["direction"] != "head" && item["direction"] != "tail") {
        refuse(fmt::format("{} with direction {}", where, metadata_text(item["direction"])), "head or tail");
      }
      ++directions_;
    }
    const std::uint32_t simplex = table_.simplex(name_of(where, item, "edge"));
    table_.add_to_simplex(simplex, name_of(where, item, "node"));
  }

  void read_edge(const std::string& where, const Json& item) {
    const std::uint32_t simplex = table_.simplex(name_of(where, item, "edge"));
    if (!item.contains("attrs")) return;
    for (const char* const key : {"timestamp", "time"}) {
      if (!item["attrs"].contains(key)) continue;
      const Json& time = item["attrs"][key];
      if (!table_.set_time(simplex, time_in_json(time))) {
        refuse(fmt::format("{} with {} {}", where, key, quote_for_message(metadata_text(time))),
               "a decimal number, or a moment such as 2001-12-10T08:30:00");
      }
      return;
    }
  }

  const std::filesystem::path& path_;
  SimplexTable table_;
  std::set<std::string> sections_;
  std::uint64_t items_ = 0;
  std::string network_type_ = "undirected";
  std::map<std::string, std::string> metadata_;
  std::uint64_t directions_ = 0;
  std::uint64_t weights_ = 0;
};

std::uint64_t estimate_hif(const std::filesystem::path&, std::string_view bytes, const ReadOptions&,
                           const BuildOptions&) {
  // {"edge":1,"node":2} is the least that an incidence takes; a name of its own takes some hundred bytes while it is
  // read, and its incidence eight.
  return bytes.size() + bytes.size() / 20 * 120;
}

DatasetFile read_hif(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  context.require_memory(resident_bytes() + estimate_hif(file.path(), file.bytes(), read, build), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  HifReader reader(file.path());
  reader.stream().read(context, file.path(), file.bytes());
  DatasetFile result = std::move(reader).finish(context);
  context.end_stage();
  return result;
}

/// Simplex i is the edge "i".
void write_hif(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const SimplexView simplices = simplices_to_write(dataset, path, hif_format);
  OutputFile file(path);
  file.write("{\n\"network-type\": \"undirected\",\n");
  if (!dataset.metadata.empty()) file.write("\"metadata\": " + metadata_as_json(dataset.metadata) + ",\n");
  context.begin_stage("write", "simplices", simplices.size());
  file.write("\"nodes\": [");
  write_lines(context, file, dataset.nodes->size(), [&](std::size_t i, std::string& text) {
    const std::string name = name_as_json(path, dataset.nodes->name(node_id(i)));
    text += fmt::format("{}\n{{\"node\": {}}}", i == 0 ? "" : ",", name);
  });
  file.write("],\n\"edges\": [");
  write_lines(context, file, simplices.size(), [&](std::size_t i, std::string& text) {
    text += fmt::format("{}\n{{\"edge\": {}, \"attrs\": {{\"timestamp\": {}}}}}", i == 0 ? "" : ",", i,
                        format_time(simplices.times[i], simplices.decimals));
  });
  file.write("],\n\"incidences\": [");
  write_lines(context, file, simplices.size(), [&](std::size_t i, std::string& text) {
    for (const NodeId node : simplices.simplex(i)) {
      text += fmt::format("{}\n{{\"edge\": {}, \"node\": {}}}", i == 0 && node == simplices.simplex(0)[0] ? "" : ",", i,
                          name_as_json(path, dataset.nodes->name(node)));
    }
  });
  file.write("]\n}\n");
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format hif_format{FileFormat::hif, "HIF file",   ".hif.json .json", recognizes_hif,
                                  read_hif,        estimate_hif, Holds::simplices,  write_hif};

}  // namespace adjoin::detail
