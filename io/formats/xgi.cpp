// The JSON of XGI-DATA (xgi.readthedocs.io, "XGI-DATA"): hypergraph-data, node-data, edge-data and edge-dict, which
// lists the nodes of every edge. An edge's "timestamp" is its time.
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

bool recognizes_xgi(std::string_view bytes) {
  return has_key(bytes, {"hypergraph-data", "edge-dict"});
}

class XgiReader {
 public:
  XgiReader(const std::filesystem::path& path) : path_(path) {}

  JsonStream stream() {
    return {[this](const std::string& section, const std::string& key, const Json& item) {
              return read_item(section, key, item);
            },
            [this](const std::string& section, const Json& value) { read_section(section, value); }};
  }

  DatasetFile finish(RunContext& context) && {
    if (!has_edges_) refuse("no edge-dict", "an object \"edge-dict\"");
    SimplexTable::Result result = std::move(table_).finish(context);
    DatasetFile file;
    file.read.details = result.phrase();
    file.data = std::move(result.data);
    file.data.metadata = std::move(metadata_);
    return file;
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw ParseError({path_, 0, 0}, found, expected);
  }

  bool read_item(const std::string& section, const std::string& key, const Json& item) {
    if (section == "hypergraph-data") return true;
    if (section == "node-data") {
      table_.add_node(name_in_json(path_, "a node of node-data", key));
    } else if (section == "edge-data") {
      const std::uint32_t simplex = table_.simplex(name_in_json(path_, "an edge of edge-data", key));
      if (!item.is_object())
        refuse(fmt::format("data of edge {} of kind {}", quote_for_message(key), kind_of(item)), "an object");
      if (item.contains("timestamp") && !item["timestamp"].is_null() &&
          !table_.set_time(simplex, time_in_json(item["timestamp"]))) {
        refuse(fmt::format("edge {} with timestamp {}", quote_for_message(key),
                           quote_for_message(metadata_text(item["timestamp"]))),
               "a decimal number, or a moment such as 2001-12-10T08:30:00");
      }
    } else if (section == "edge-dict") {
      const std::uint32_t simplex = table_.simplex(name_in_json(path_, "an edge of edge-dict", key));
      if (!item.is_array()) {
        refuse(fmt::format("edge {} of kind {}", quote_for_message(key), kind_of(item)), "an array of its nodes");
      }
      for (const Json& node : item) {
        table_.add_to_simplex(simplex,
                              name_in_json(path_, fmt::format("a node of edge {}", quote_for_message(key)), node));
      }
    }
    return false;
  }

  void read_section(const std::string& section, const Json& value) {
    const bool known =
        section == "hypergraph-data" || section == "node-data" || section == "edge-data" || section == "edge-dict";
    if (known && !value.is_object()) refuse(fmt::format("{} of kind {}", section, kind_of(value)), "an object");
    has_edges_ |= section == "edge-dict";
    if (section != "hypergraph-data") return;
    for (const auto& [key, entry] : value.items()) metadata_[key] = metadata_text(entry);
  }

  const std::filesystem::path& path_;
  SimplexTable table_;
  bool has_edges_ = false;
  std::map<std::string, std::string> metadata_;
};

std::uint64_t estimate_xgi(const std::filesystem::path&, std::string_view bytes, const ReadOptions&,
                           const BuildOptions&) {
  // "1": [2], is the least that an edge takes; a name of its own takes some hundred bytes while it is read.
  return bytes.size() + bytes.size() / 10 * 120;
}

DatasetFile read_xgi(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  context.require_memory(resident_bytes() + estimate_xgi(file.path(), file.bytes(), read, build), "raise --memory");
  context.begin_stage("read", "bytes", file.bytes().size());
  XgiReader reader(file.path());
  reader.stream().read(context, file.path(), file.bytes());
  DatasetFile result = std::move(reader).finish(context);
  context.end_stage();
  return result;
}

/// Simplex i is the edge "i".
void write_xgi(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const SimplexView simplices = simplices_to_write(dataset, path, xgi_format);
  OutputFile file(path);
  file.write(fmt::format("{{\n\"hypergraph-data\": {},\n\"node-data\": {{", metadata_as_json(dataset.metadata)));
  context.begin_stage("write", "simplices", simplices.size());
  write_lines(context, file, dataset.nodes->size(), [&](std::size_t i, std::string& text) {
    text += fmt::format("{}\n{}: {{}}", i == 0 ? "" : ",", name_as_json(path, dataset.nodes->name(node_id(i))));
  });
  file.write("},\n\"edge-data\": {");
  write_lines(context, file, simplices.size(), [&](std::size_t i, std::string& text) {
    text += fmt::format("{}\n\"{}\": {{\"timestamp\": {}}}", i == 0 ? "" : ",", i,
                        format_time(simplices.times[i], simplices.decimals));
  });
  file.write("},\n\"edge-dict\": {");
  write_lines(context, file, simplices.size(), [&](std::size_t i, std::string& text) {
    text += fmt::format("{}\n\"{}\": [", i == 0 ? "" : ",", i);
    for (const NodeId node : simplices.simplex(i)) {
      text += fmt::format("{}{}", node == simplices.simplex(i)[0] ? "" : ", ",
                          name_as_json(path, dataset.nodes->name(node)));
    }
    text += ']';
  });
  file.write("}\n}\n");
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format xgi_format{FileFormat::xgi, "XGI-DATA file", ".xgi.json",      recognizes_xgi,
                                  read_xgi,        estimate_xgi,    Holds::simplices, write_xgi};

}  // namespace adjoin::detail
