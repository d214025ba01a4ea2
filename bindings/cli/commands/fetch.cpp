// From the name of a public graph to a file that every other command reads: download, verify, read, compare with what
// is published, write. What has been downloaded stands in the folder NAME.part beside the target until that is done.
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include <adjoin/bindings/cli/catalog.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/download.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/sha256.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {
namespace {

namespace fs = std::filesystem;

struct FetchOptions {
  std::string output;
  bool list = false;
  bool keep = false;
  std::string catalog;

  static constexpr auto fields() {
    using O = FetchOptions;
    return std::tuple{
        option_field("output", &O::output,
                     "the file to write, in the format of its suffix: .adjoin, .tsv, .mtx; default: NAME.adjoin"),
        option_field("list", &O::list, "print the graphs that can be fetched"),
        option_field("keep", &O::keep, "leave what was downloaded in the folder NAME.part"),
        option_field("catalog", &O::catalog, "another catalog than the one that comes with adjoin: a file in JSON")};
  }
};

struct FetchState {
  std::vector<std::string> name;
  FetchOptions options;
};

/// A file of the graph that is here, and whether it is known to be the right one.
struct FetchedFile {
  const CatalogFile* file;
  std::uint64_t bytes = 0;
  std::uint64_t resumed_at = 0;
  std::string sha256;
};

/// The folder that downloads stand in. One process has it at a time: two would write into the same part.
class DownloadFolder {
 public:
  explicit DownloadFolder(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::create_directory(path_, error);
    if (error) throw IoError(path_, "make this folder", error.value());
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor_ < 0) throw IoError(path_, "open this folder", errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw IoError(path_, "download into this folder", "another adjoin fetch is at work there",
                    IoError::When::before_work);
    }
  }
  ~DownloadFolder() {
    ::rmdir(path_.c_str());  // which leaves a folder that holds something as it is
    ::close(descriptor_);
  }
  DownloadFolder(const DownloadFolder&) = delete;
  DownloadFolder& operator=(const DownloadFolder&) = delete;

  const fs::path& path() const noexcept { return path_; }
  fs::path path_of(const CatalogFile& file) const { return path_ / file.name; }

  void remove(const CatalogFile& file) const {
    std::error_code ignored;  // a file that stays is no harm
    fs::remove(path_of(file), ignored);
  }

  /// Bytes of these files that are here, whole or in part.
  std::uint64_t bytes_of(const std::vector<CatalogFile>& files) const {
    std::uint64_t bytes = 0;
    for (const CatalogFile& file : files) {
      for (const fs::path& path : {path_of(file), part_of(path_of(file))}) {
        std::error_code missing;
        const std::uint64_t here = fs::file_size(path, missing);
        if (!missing) bytes += here;
      }
    }
    return bytes;
  }

 private:
  fs::path path_;
  int descriptor_ = -1;
};

std::uint64_t published(const CatalogGraph& graph, std::string_view what) {
  for (const auto& [name, count] : graph.counts) {
    if (name == what) return count;
  }
  return 0;
}

std::uint64_t counted_part(const Dataset& data, std::string_view what) {
  if (what == "nodes") return data.nodes->size();
  if (what == "edges") return data.graph ? data.graph->view().edge_count() : 0;
  if (what == "events") return data.events ? data.events->size() : 0;
  if (what == "simplices") return data.simplices ? data.simplices->size() : 0;
  if (what == "labels") return data.labels ? data.labels->names.size() : 0;
  return data.sparse_features ? data.sparse_features->column_count : data.features.view().columns();
}

/// "4,039 nodes, 88,234 edges".
std::string counts_phrase(const CatalogGraph& graph) {
  std::string text;
  for (const auto& [what, count] : graph.counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), what);
  }
  return text;
}

std::string size_phrase(const CatalogGraph& graph) {
  std::uint64_t bytes = 0;
  for (const CatalogFile& file : graph.files) {
    if (file.bytes == 0) return "-";
    bytes += file.bytes;
  }
  return format_bytes(bytes);
}

std::string list_text(const std::vector<CatalogGraph>& graphs) {
  const std::vector<std::string> titles{"name", "task", "nodes", "holds", "download", "terms"};
  std::vector<std::vector<std::string>> rows{titles};
  for (const CatalogGraph& graph : graphs) {
    std::string holds;
    for (const char* const what : {"edges", "events", "simplices"}) {
      if (published(graph, what) > 0) holds = fmt::format("{} {}", format_count(published(graph, what)), what);
    }
    const std::uint64_t nodes = published(graph, "nodes");
    rows.push_back(
        {graph.name, graph.task, nodes > 0 ? format_count(nodes) : "-", holds, size_phrase(graph), graph.terms});
  }
  std::vector<std::size_t> widths(titles.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += row.back() + "\n";
  }
  return text;
}

Json catalog_entry_json(const CatalogGraph& graph) {
  Json files = Json::array();
  for (const CatalogFile& file : graph.files) {
    files.push_back({{"address", file.address},
                     {"role", name_of(file.role)},
                     {"sha256", file.sha256.empty() ? Json() : Json(file.sha256)},
                     {"bytes", file.bytes == 0 ? Json() : Json(file.bytes)}});
  }
  Json counts = Json::object();
  for (const auto& [what, count] : graph.counts) counts[what] = count;
  return {{"name", graph.name},         {"title", graph.title}, {"task", graph.task}, {"terms", graph.terms},
          {"citation", graph.citation}, {"page", graph.page},   {"files", files},     {"counts", counts}};
}

void print_list(Session& session, const std::vector<CatalogGraph>& graphs) {
  if (session.only_estimate(resident_bytes())) return;
  if (session.options().json) {
    Json list = Json::array();
    for (const CatalogGraph& graph : graphs) list.push_back(catalog_entry_json(graph));
    print_json(session, Json{{"graphs", list}});
    return;
  }
  session.print(list_text(graphs));
  session.note("next: adjoin fetch NAME");
}

const CatalogGraph& find_graph(const std::vector<CatalogGraph>& graphs, const std::string& name) {
  std::vector<std::string> names;
  for (const CatalogGraph& graph : graphs) {
    if (graph.name == name) return graph;
    names.push_back(graph.name);
  }
  const auto meant = nearest_word(name, names);
  throw InvalidOption(fmt::format("{} is not a graph of the catalog{}; adjoin fetch --list prints them",
                                  quote_for_message(name), meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

/// The file, downloaded unless it is here from an earlier try, and verified where the catalog has a checksum.
FetchedFile fetch_file(Session& session, const DownloadFolder& folder, const CatalogFile& file) {
  const fs::path path = folder.path_of(file);
  FetchedFile fetched{&file, 0, 0, {}};
  if (fs::exists(path)) {
    fetched.bytes = fs::file_size(path);
    fetched.resumed_at = fetched.bytes;
    session.note(fmt::format("{} is here from an earlier try", path.string()));
  } else {
    session.note(fmt::format("downloading {}", file.address));
    const Download done = download(session.context(), file.address, path);
    fetched.bytes = done.bytes;
    fetched.resumed_at = done.resumed_at;
    if (done.resumed_at > 0) session.note(fmt::format("went on after {}", format_bytes(done.resumed_at)));
  }
  fetched.sha256 = sha256_of_file(session.context(), path);
  if (!file.sha256.empty() && fetched.sha256 != file.sha256) {
    folder.remove(file);
    throw InvalidData(fmt::format(
        "{}: the SHA-256 of what arrived is {} and the catalog has {}; nothing was written and the download "
        "was removed, so that the same command begins again",
        file.address, fetched.sha256, file.sha256));
  }
  return fetched;
}

Dataset read_fetched(Session& session, const DownloadFolder& folder, const CatalogGraph& graph) {
  DatasetFile read = read_dataset(session.context(), folder.path_of(graph.files.front()), graph.read, graph.build);
  session.note(fmt::format("{}: {}", graph.files.front().name, read.read.sentence()));
  for (const Remark& remark : read.build.remarks()) {
    session.note(fmt::format("{}: {} {}", graph.files.front().name, format_count(remark.count), remark.what));
  }
  NodeFileOptions nodes = graph.nodes;
  for (const CatalogFile& file : graph.files) {
    const std::string path = folder.path_of(file).string();
    if (file.role == CatalogRole::nodes) nodes.nodes = path;
    if (file.role == CatalogRole::labels) nodes.labels = path;
    if (file.role == CatalogRole::features) nodes.features = path;
  }
  for (const Remark& remark : read_node_files(session.context(), nodes, read.data).remarks()) {
    session.note(fmt::format("{}: {} {}", graph.name, format_count(remark.count), remark.what));
  }
  return std::move(read.data);
}

void compare_counts(const CatalogGraph& graph, const Dataset& data) {
  std::string wrong;
  for (const auto& [what, count] : graph.counts) {
    const std::uint64_t here = counted_part(data, what);
    if (here == count) continue;
    wrong += fmt::format("{}{} {} where {} are published", wrong.empty() ? "" : ", and ", format_count(here), what,
                         format_count(count));
  }
  if (!wrong.empty()) throw InvalidData(fmt::format("{}: what arrived has {}", graph.name, wrong));
}

/// Where the data is from goes with it, in a format that can hold it.
void add_metadata(const CatalogGraph& graph, const std::vector<FetchedFile>& files, Dataset& data) {
  std::string addresses;
  std::string checksums;
  for (const FetchedFile& file : files) {
    addresses += (addresses.empty() ? "" : " ") + file.file->address;
    checksums += (checksums.empty() ? "" : " ") + file.sha256;
  }
  data.metadata["name"] = graph.name;
  data.metadata["title"] = graph.title;
  data.metadata["terms"] = graph.terms;
  data.metadata["citation"] = graph.citation;
  data.metadata["addresses"] = addresses;
  data.metadata["sha256"] = checksums;
}

Json report_json(Session& session, const CatalogGraph& graph, const FetchOptions& options,
                 const std::vector<FetchedFile>& files, const std::string& target) {
  Json downloads = Json::array();
  for (const FetchedFile& file : files) {
    downloads.push_back({{"address", file.file->address},
                         {"bytes", file.bytes},
                         {"resumed_at", file.resumed_at},
                         {"sha256", file.sha256},
                         {"verified", !file.file->sha256.empty()}});
  }
  Json counts = Json::object();
  for (const auto& [what, count] : graph.counts) counts[what] = count;
  return {{"name", graph.name},
          {"title", graph.title},
          {"terms", graph.terms},
          {"page", graph.page},
          {"citation", graph.citation},
          {"downloads", downloads},
          {"counts", counts},
          {"record", Json::parse(to_json(session.context().record("fetch", option_values(options))))},
          {"files", {target}}};
}

void tell(Session& session, const CatalogGraph& graph, const std::vector<FetchedFile>& files,
          const std::string& target) {
  for (const FetchedFile& file : files) {
    if (file.file->sha256.empty()) {
      session.note(fmt::format(
          "{}: the catalog has no checksum for this file; its SHA-256 is {}, and the counts match the published ones",
          file.file->name, file.sha256));
    } else {
      session.note(fmt::format("{}: the SHA-256 is the one in the catalog", file.file->name));
    }
  }
  session.note(fmt::format("terms: {}", graph.terms));
  session.note(fmt::format("cite: {}", graph.citation));
  session.note(fmt::format("wrote {}: {}, as published", target, counts_phrase(graph)));
}

void fetch_graph(Session& session, const CatalogGraph& graph, const FetchOptions& options, const std::string& target,
                 const DownloadFolder& folder) {
  const auto clear = [&] {
    for (const CatalogFile& file : graph.files) folder.remove(file);
  };
  std::vector<FetchedFile> files;
  for (const CatalogFile& file : graph.files) files.push_back(fetch_file(session, folder, file));
  try {
    Dataset data = read_fetched(session, folder, graph);
    compare_counts(graph, data);
    add_metadata(graph, files, data);
    write_dataset(session.context(), data, target);
  } catch (const InvalidData& error) {
    // Going on with these files would fail again, so they go; what else went wrong leaves them for the next try.
    if (!options.keep) clear();
    throw InvalidData(fmt::format("{}; nothing was written and the download was {}", error.what(),
                                  options.keep ? fmt::format("kept in {}", folder.path().string())
                                               : "removed (--keep leaves it to be looked at)"));
  }
  if (!options.keep) clear();
  if (session.options().json) {
    print_json(session, report_json(session, graph, options, files, target));
    return;
  }
  tell(session, graph, files, target);
  if (options.keep) session.note(fmt::format("kept the download in {}", folder.path().string()));
}

void run_fetch(Session& session, const FetchState& state) {
  const std::vector<CatalogGraph> graphs = load_catalog(state.options.catalog);
  if (state.options.list || state.name.empty()) return print_list(session, graphs);
  const CatalogGraph& graph = find_graph(graphs, state.name.front());
  if (session.options().estimate) {
    throw InvalidOption(
        "the memory that reading takes is known once the file is here; fetch it with --keep, and add "
        "--estimate to adjoin info");
  }
  const std::string target = state.options.output.empty() ? graph.name + ".adjoin" : state.options.output;
  check_dataset_output(target);
  const DownloadFolder folder(fs::path(target).parent_path() / (graph.name + ".part"));
  try {
    fetch_graph(session, graph, state.options, target, folder);
  } catch (const Cancelled&) {
    if (const std::uint64_t bytes = folder.bytes_of(graph.files); bytes > 0) {
      session.note(fmt::format("{} are kept in {}, and the same command goes on from there", format_bytes(bytes),
                               folder.path().string()));
    }
    throw;
  }
}

}  // namespace

Command fetch_command() {
  const auto state = std::make_shared<FetchState>();
  Command command;
  command.name = "fetch";
  command.summary = "download a public graph";
  command.description =
      "Downloads a graph of the catalog, verifies its checksum where one is known, compares its counts with the "
      "published ones and writes it as one file. A download that is stopped goes on where it was when the command is "
      "run again. Without a name it prints the catalog. Proxies are taken from the environment (https_proxy).";
  command.positionals = {{"NAME", "a graph of the catalog", &state->name, false, false}};
  command.positionals.back().optional = true;
  for (const CatalogGraph& graph : load_catalog("")) command.positionals.back().choices.push_back(graph.name);
  command.groups = {{"Fetching", bind_options(state->options)}};
  command.examples = {{"fetch --list", "what there is"},
                      {"fetch facebook", "writes facebook.adjoin"},
                      {"fetch collegemsg -o messages.adjoin --keep", "and leaves the download beside it"}};
  command.run = [state](Session& session) { run_fetch(session, *state); };
  return command;
}

}  // namespace adjoin::cli
