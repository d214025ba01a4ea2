#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/io/mapped_file.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin {
namespace {

static_assert(std::endian::native == std::endian::little, "a store is little-endian and used as it lies in the file");

using OrderedJson = nlohmann::ordered_json;

// The bytes of docs/formats/store.md. A first byte above 127 and the line ends after the name tell a text editor's or a
// text-mode transfer's damage from the first eight bytes on.
constexpr std::array<char, 8> store_magic{'\x89', 'A', 'D', 'J', '\r', '\n', '\x1a', '\n'};
constexpr std::size_t alignment = 64;
constexpr std::uint32_t most_sections = 256;
constexpr std::uint64_t longest_about = std::uint64_t{16} << 20;
constexpr const char* about_name = "about";

struct StoreHeader {
  std::array<char, 8> magic{};
  std::uint32_t version = 0;
  std::uint32_t section_count = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t table_checksum = 0;
  std::uint64_t header_checksum = 0;  // of the bytes before it
  std::array<std::uint64_t, 3> zero{};
};
static_assert(sizeof(StoreHeader) == 64);

struct TableEntry {
  std::array<char, 32> name{};  // ends with zeros
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;
  std::uint64_t zero = 0;
};
static_assert(sizeof(TableEntry) == 64);

std::span<const std::byte> bytes_of(const auto& object) {
  return std::as_bytes(std::span(&object, 1));
}

std::uint64_t checksum_of_header(const StoreHeader& header) {
  return hash_bytes(bytes_of(header).first(offsetof(StoreHeader, header_checksum)));
}

constexpr std::uint64_t aligned(std::uint64_t offset) {
  return (offset + alignment - 1) / alignment * alignment;
}

// ---- writing -------------------------------------------------------------------------------------------------------

struct Piece {
  std::string name;
  std::span<const std::byte> bytes;
};

/// Lists a dataset's arrays under their names, and describes them in JSON.
class StoreLayout {
 public:
  StoreLayout(RunContext& context, const Dataset& dataset, bool with_transpose) {
    about_["written_by"] = "adjoin " + std::string(version());
    about_["nodes"] = names("nodes", *dataset.nodes);
    if (dataset.graph) graph(context, dataset.graph->view(), with_transpose);
    if (dataset.events) events(dataset.events->view());
    if (dataset.simplices) simplices(dataset.simplices->view());
    if (dataset.features.columns() > 0) {
      about_["features"] = {{"columns", dataset.features.columns()}, {"sparse", false}};
      add("features.dense",
          std::span(dataset.features.view().data(), dataset.features.rows() * dataset.features.columns()));
    } else if (dataset.sparse_features) {
      about_["features"] = {{"columns", dataset.sparse_features->column_count}, {"sparse", true}};
      csr("features.", dataset.sparse_features->view());
    }
    if (dataset.labels) {
      about_["labels"] = names("labels", dataset.labels->names);
      csr("labels.", dataset.labels->of_node.view());
    }
    about_["metadata"] = dataset.metadata;
    about_text_ = about_.dump(1, ' ', false, OrderedJson::error_handler_t::replace);
    pieces_.insert(pieces_.begin(), {about_name, std::as_bytes(std::span(about_text_.data(), about_text_.size()))});
  }
  StoreLayout(const StoreLayout&) = delete;
  StoreLayout& operator=(const StoreLayout&) = delete;

  std::span<const Piece> pieces() const { return pieces_; }

 private:
  template <class Value>
  void add(std::string name, std::span<const Value> values) {
    pieces_.push_back({std::move(name), std::as_bytes(values)});
  }

  OrderedJson names(const std::string& prefix, const NodeIndex& index) {
    OrderedJson about{{"count", index.size()}, {"names", "range"}};
    if (!index.numbers().empty()) {
      about["names"] = "numbers";
      add(prefix + ".numbers", index.numbers());
    } else if (!index.name_offsets().empty()) {
      about["names"] = "text";
      add(prefix + ".name_bytes", index.name_bytes());
      add(prefix + ".name_offsets", index.name_offsets());
    }
    if (!index.places().empty()) add(prefix + ".places", index.places());
    return about;
  }

  void csr(const std::string& prefix, const CsrView& a) {
    add(prefix + "offsets", a.offsets);
    add(prefix + "targets", a.targets);
    if (a.weighted()) add(prefix + "weights", a.weights);
  }

  void graph(RunContext& context, GraphView graph, bool with_transpose) {
    const bool transpose = graph.directed() && with_transpose;
    about_["graph"] = {{"directed", graph.directed()},
                       {"weighted", graph.weighted()},
                       {"edges", graph.edge_count()},
                       {"transpose", transpose}};
    csr("graph.", graph.out());
    if (transpose) csr("graph.in_", graph.in(context));
  }

  void events(const EventView& events) {
    about_["events"] = {
        {"count", events.size()}, {"decimals", events.decimals}, {"features", events.features.columns()}};
    add("events.sources", events.sources);
    add("events.targets", events.targets);
    add("events.times", events.times);
    if (!events.weights.empty()) add("events.weights", events.weights);
    if (!events.labels.empty()) add("events.labels", events.labels);
    if (events.features.columns() > 0) {
      add("events.features", std::span<const float>(events.features.data(), events.size() * events.features.columns()));
    }
  }

  void simplices(const SimplexView& simplices) {
    about_["simplices"] = {{"count", simplices.size()}, {"decimals", simplices.decimals}};
    add("simplices.offsets", simplices.offsets);
    add("simplices.nodes", simplices.nodes);
    add("simplices.times", simplices.times);
  }

  OrderedJson about_;
  std::string about_text_;
  std::vector<Piece> pieces_;
};

void write_padding(OutputFile& file, std::uint64_t bytes) {
  constexpr std::array<char, alignment> zeros{};
  file.write(std::string_view(zeros.data(), static_cast<std::size_t>(bytes)));
}

}  // namespace

void write_store(RunContext& context, const Dataset& dataset, const std::filesystem::path& path,
                 const StoreWriteOptions& options) {
  check_dataset(context, dataset);
  OutputFile file(path);
  const StoreLayout layout(context, dataset, options.with_transpose);
  const std::span<const Piece> pieces = layout.pieces();

  std::vector<TableEntry> table(pieces.size());
  std::uint64_t end = sizeof(StoreHeader) + pieces.size() * sizeof(TableEntry);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::ranges::copy(pieces[i].name, table[i].name.begin());
    table[i].offset = aligned(end);
    table[i].bytes = pieces[i].bytes.size();
    end = table[i].offset + table[i].bytes;
  }
  context.begin_stage("write", "bytes", end);
  context.threads().for_tasks(pieces.size(), [&](std::size_t i) { table[i].checksum = hash_bytes(pieces[i].bytes); });
  StoreHeader header;
  header.magic = store_magic;
  header.version = store_version;
  header.section_count = static_cast<std::uint32_t>(table.size());
  header.file_bytes = end;
  header.table_checksum = hash_bytes(std::as_bytes(std::span(table)));
  header.header_checksum = checksum_of_header(header);

  file.write(bytes_of(header));
  file.write(std::as_bytes(std::span(table)));
  std::uint64_t at = sizeof(StoreHeader) + table.size() * sizeof(TableEntry);
  constexpr std::size_t step = std::size_t{64} << 20;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    write_padding(file, table[i].offset - at);
    for (std::span<const std::byte> rest = pieces[i].bytes; !rest.empty();
         rest = rest.subspan(std::min(step, rest.size()))) {
      context.check_cancelled();
      file.write(rest.first(std::min(step, rest.size())));
    }
    at = table[i].offset + table[i].bytes;
  }
  context.end_stage();
  file.commit();
}

// ---- reading -------------------------------------------------------------------------------------------------------

bool looks_like_store(std::string_view bytes) noexcept {
  return bytes.size() >= store_magic.size() && std::equal(store_magic.begin(), store_magic.end(), bytes.begin());
}

namespace {

/// OrderedJson::type_error for anything else: the library's own conversion takes 1.8e19 and -1 too.
std::uint64_t whole_number(const OrderedJson& value) {
  return value.get_ref<const OrderedJson::number_unsigned_t&>();
}
int decimals_in(const OrderedJson& value) {
  return static_cast<int>(std::min<std::uint64_t>(whole_number(value), max_time_decimals + 1));
}

}  // namespace

struct Store::State {
  std::filesystem::path path;
  MappedFile file;
  std::vector<StoreSection> sections;
  OrderedJson about;
  StoreSummary summary;

  explicit State(const std::filesystem::path& from) : path(from), file(from) {}

  [[noreturn]] void refuse(const std::string& found, const std::string& expected, const std::string& hint = {}) const {
    throw ParseError({path, 0, 0}, found, expected, hint);
  }
  [[noreturn]] void refuse_damaged(const std::string& part) const {
    refuse(part + " whose checksum does not match", "the bytes that were written",
           "the file is damaged; make it again");
  }

  std::span<const std::byte> bytes_of_section(const StoreSection& section) const {
    const std::string_view all = file.bytes();
    return std::as_bytes(std::span(all.data() + section.offset, static_cast<std::size_t>(section.bytes)));
  }

  void open() {
    read_header();
    read_about();
  }

  void read_header() {
    const std::string_view all = file.bytes();
    if (!looks_like_store(all)) refuse("other bytes at the beginning", "an adjoin store", "adjoin convert makes one");
    StoreHeader header;
    if (all.size() < sizeof(header)) refuse(format_bytes(all.size()), "a header of 64 bytes", "the file is cut off");
    std::memcpy(&header, all.data(), sizeof(header));
    if (header.version > store_version) {
      refuse(fmt::format("a store of version {}", header.version), fmt::format("version {} or earlier", store_version),
             "use the adjoin that wrote it, or a later one");
    }
    if (header.version == 0 || header.header_checksum != checksum_of_header(header)) refuse_damaged("a header");
    if (header.file_bytes != all.size()) {
      refuse(fmt::format("{} bytes", all.size()), fmt::format("{} as its header says", header.file_bytes),
             all.size() < header.file_bytes ? "the file is cut off" : "something was added at its end");
    }
    const std::uint64_t table_bytes = std::uint64_t{header.section_count} * sizeof(TableEntry);
    if (header.section_count > most_sections || sizeof(StoreHeader) + table_bytes > all.size()) {
      refuse(fmt::format("a table of {} sections", header.section_count), "one that fits the file");
    }
    std::vector<TableEntry> table(header.section_count);
    std::ranges::copy(std::as_bytes(std::span(all)).subspan(sizeof(StoreHeader), static_cast<std::size_t>(table_bytes)),
                      std::as_writable_bytes(std::span(table)).begin());  // an empty table has no address to copy to
    if (hash_bytes(std::as_bytes(std::span(table))) != header.table_checksum) refuse_damaged("a table of sections");
    for (const TableEntry& entry : table) {
      const auto end = std::ranges::find(entry.name, '\0');
      const std::string name(entry.name.begin(), end);
      const bool fits =
          entry.offset % alignment == 0 && entry.offset <= all.size() && entry.bytes <= all.size() - entry.offset;
      if (!fits) refuse(fmt::format("section {} outside the file", quote_for_message(name)), "sections inside it");
      sections.push_back({name, entry.offset, entry.bytes, entry.checksum});
    }
    summary.version = header.version;
    summary.bytes = all.size();
  }

  void read_about() {
    const StoreSection* const section = find(about_name);
    if (section == nullptr || section->bytes > longest_about)
      refuse("no description of its parts", "a section \"about\"");
    check(*section);
    const auto text = bytes_of_section(*section);
    try {
      about = OrderedJson::parse(reinterpret_cast<const char*>(text.data()),
                                 reinterpret_cast<const char*>(text.data()) + text.size());
      fill_summary();
    } catch (const OrderedJson::exception& failure) {
      refuse(fmt::format("a description that cannot be read ({})", failure.what()),
             "one as docs/formats/store.md has it");
    }
  }

  /// OrderedJson::exception where something is missing or of another kind.
  void fill_summary() {
    summary.written_by = about.at("written_by").get<std::string>();
    summary.nodes = whole_number(about.at("nodes").at("count"));
    if (summary.nodes > max_node_count) refuse(fmt::format("{} nodes", summary.nodes), "at most 4,294,967,295");
    if (about.contains("graph")) {
      const OrderedJson& graph = about["graph"];
      summary.has_graph = true;
      summary.directed = graph.at("directed").get<bool>();
      summary.weighted = graph.at("weighted").get<bool>();
      summary.edges = whole_number(graph.at("edges"));
      summary.has_transpose = graph.at("transpose").get<bool>();
    }
    // A part has a value for each of what it counts, so that no count can be larger than the file.
    const auto check_count = [&](const char* what, std::uint64_t count) {
      if (count > file.bytes().size()) refuse(fmt::format("{} {}", count, what), "as many as the file has room for");
    };
    if (about.contains("events")) {
      summary.events = whole_number(about["events"].at("count"));
      summary.event_features = whole_number(about["events"].at("features"));
      decimals_in(about["events"].at("decimals"));
      check_count("events", summary.events);
    }
    if (about.contains("simplices")) {
      summary.simplices = whole_number(about["simplices"].at("count"));
      decimals_in(about["simplices"].at("decimals"));
      check_count("simplices", summary.simplices);
    }
    if (about.contains("features")) {
      summary.features = whole_number(about["features"].at("columns"));
      summary.sparse_features = about["features"].at("sparse").get<bool>();
    }
    if (about.contains("labels")) {
      summary.labels = whole_number(about["labels"].at("count"));
      if (summary.labels > max_node_count) refuse(fmt::format("{} labels", summary.labels), "at most 4,294,967,295");
    }
    summary.metadata = about.at("metadata").get<std::map<std::string, std::string>>();
  }

  const StoreSection* find(std::string_view name) const {
    const auto at = std::ranges::find(sections, name, &StoreSection::name);
    return at == sections.end() ? nullptr : &*at;
  }

  void check(const StoreSection& section) const {
    if (hash_bytes(bytes_of_section(section)) != section.checksum) {
      refuse_damaged(fmt::format("section {}", quote_for_message(section.name)));
    }
  }
};

namespace {

/// Takes the parts of an open store, each array as a piece of the mapped file.
template <class State>
class StoreReader {
 public:
  StoreReader(RunContext& context, std::shared_ptr<const State> state) : context_(context), state_(std::move(state)) {}

  std::shared_ptr<const NodeIndex> nodes() {
    NodeIndex index = names("nodes", state_->about.at("nodes"));
    if (state_->find("nodes.places") != nullptr) {
      const Array<NodeId> places = array<NodeId>("nodes.places", index.size());
      index = std::move(index).reordered(places.span());
    }
    return std::make_shared<const NodeIndex>(std::move(index));
  }

  Graph graph(const std::shared_ptr<const NodeIndex>& nodes) {
    const StoreSummary& summary = state_->summary;
    Csr out = csr("graph.", nodes->size(), summary.weighted);
    Csr in;
    if (summary.has_transpose) in = csr("graph.in_", nodes->size(), summary.weighted);
    Graph graph = detail::graph_of_stored(context_, std::move(out), std::move(in), nodes, summary.directed);
    if (graph.view().edge_count() != summary.edges) {
      state_->refuse(fmt::format("{} edges", graph.view().edge_count()),
                     fmt::format("{} as the description says", summary.edges));
    }
    return graph;
  }

  EventLog events(std::size_t node_count) {
    const auto count = static_cast<std::size_t>(state_->summary.events);
    const auto columns = static_cast<std::size_t>(state_->summary.event_features);
    EventArrays arrays{array<NodeId>("events.sources", count),
                       array<NodeId>("events.targets", count),
                       array<Time>("events.times", count),
                       {},
                       {},
                       {},
                       decimals_in(state_->about.at("events").at("decimals"))};
    if (state_->find("events.weights") != nullptr) arrays.weights = array<float>("events.weights", count);
    if (state_->find("events.labels") != nullptr) arrays.labels = array<std::int32_t>("events.labels", count);
    if (columns > 0) arrays.features = matrix("events.features", count, columns);
    return {context_, node_count, std::move(arrays)};
  }

  SimplexLog simplices(std::size_t node_count) {
    const auto count = static_cast<std::size_t>(state_->summary.simplices);
    SimplexArrays arrays{array<EdgeOffset>("simplices.offsets", count + 1), array<NodeId>("simplices.nodes"),
                         array<Time>("simplices.times", count),
                         decimals_in(state_->about.at("simplices").at("decimals"))};
    return {context_, node_count, std::move(arrays)};
  }

  Dataset dataset() {
    Dataset result;
    result.nodes = nodes();
    const std::size_t n = result.nodes->size();
    const StoreSummary& summary = state_->summary;
    if (summary.has_graph) result.graph = graph(result.nodes);
    if (state_->about.contains("events")) result.events = events(n);
    if (state_->about.contains("simplices")) result.simplices = simplices(n);
    if (summary.features > 0 && summary.sparse_features) {
      const bool weighted = state_->find("features.weights") != nullptr;
      result.sparse_features = csr("features.", static_cast<std::size_t>(summary.features), weighted);
    } else if (summary.features > 0) {
      result.features = matrix("features.dense", n, static_cast<std::size_t>(summary.features));
    }
    if (state_->about.contains("labels")) {
      NodeLabels labels{{}, names("labels", state_->about.at("labels"))};
      labels.of_node = csr("labels.", labels.names.size(), false);
      result.labels = std::move(labels);
    }
    check_dataset(context_, result);
    result.metadata = summary.metadata;
    return result;
  }

 private:
  const StoreSection& section(std::string_view name) const {
    const StoreSection* const found = state_->find(name);
    if (found == nullptr) state_->refuse(fmt::format("no section {}", name), "the sections that its description names");
    return *found;
  }

  /// The whole section, however many values it has.
  template <class Value>
  Array<Value> array(std::string_view name) const {
    const StoreSection& found = section(name);
    if (found.bytes % sizeof(Value) != 0) {
      state_->refuse(fmt::format("{} bytes in section {}", found.bytes, name), "whole values");
    }
    state_->check(found);
    const auto bytes = state_->bytes_of_section(found);
    return Array<Value>::shared({reinterpret_cast<const Value*>(bytes.data()), bytes.size() / sizeof(Value)}, state_);
  }

  template <class Value>
  Array<Value> array(std::string_view name, std::size_t size) const {
    const StoreSection& found = section(name);
    if (found.bytes / sizeof(Value) != size || found.bytes % sizeof(Value) != 0) {
      state_->refuse(fmt::format("{} bytes in section {}", found.bytes, name),
                     fmt::format("{} values of {} bytes", size, sizeof(Value)));
    }
    return array<Value>(name);
  }

  Matrix matrix(std::string_view name, std::size_t rows, std::size_t columns) const {
    const std::uint64_t values = section(name).bytes / sizeof(float);
    if (columns == 0 || values / columns != rows || values % columns != 0) {
      state_->refuse(fmt::format("{} values in section {}", values, name), fmt::format("{} rows of {}", rows, columns));
    }
    return {array<float>(name), rows, columns};
  }

  Csr csr(const std::string& prefix, std::size_t columns, bool weighted) const {
    Csr result;
    result.column_count = columns;
    result.offsets = array<EdgeOffset>(prefix + "offsets");
    result.targets = array<NodeId>(prefix + "targets");
    if (result.offsets.empty()) state_->refuse(fmt::format("no values in section {}offsets", prefix), "at least one");
    if (weighted) result.weights = array<float>(prefix + "weights", result.targets.size());
    return result;
  }

  NodeIndex names(const std::string& prefix, const nlohmann::ordered_json& about) const {
    const auto count = static_cast<std::size_t>(whole_number(about.at("count")));
    const auto kind = about.at("names").template get<std::string>();
    if (kind == "range") return NodeIndex::range(count);
    if (kind == "numbers") {
      Array<std::uint64_t> numbers = array<std::uint64_t>(prefix + ".numbers", count);
      if (std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>{}) != numbers.end()) {
        state_->refuse("node numbers out of order", "increasing ones");
      }
      return NodeIndex::from_numbers(std::move(numbers));
    }
    if (kind != "text")
      state_->refuse(fmt::format("names of kind {}", quote_for_message(kind)), "range, numbers or text");
    Array<std::uint64_t> offsets = array<std::uint64_t>(prefix + ".name_offsets", count + 1);
    Array<char> bytes = array<char>(prefix + ".name_bytes");
    const auto name = [&](std::size_t i) {
      return std::string_view(bytes.data() + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    };
    bool good = offsets[0] == 0 && offsets[count] == bytes.size() && std::is_sorted(offsets.begin(), offsets.end());
    for (std::size_t i = 1; good && i < count; ++i) good = name(i - 1) < name(i);
    if (!good) state_->refuse("node names out of order", "increasing ones");
    return NodeIndex::from_sorted_names(std::move(bytes), std::move(offsets));
  }

  RunContext& context_;
  std::shared_ptr<const State> state_;
};

/// What a part's own checks and the description's lookups throw, as an error of the file.
template <class State, class Read>
auto read_part(const State& state, Read&& read) {
  try {
    return read();
  } catch (const ParseError&) {
    throw;
  } catch (const InvalidData& failure) {
    state.refuse(failure.what(), "what adjoin writes", "the file is damaged; make it again");
  } catch (const OrderedJson::exception& failure) {
    state.refuse(fmt::format("a description that cannot be read ({})", failure.what()),
                 "one as docs/formats/store.md has it");
  }
}

}  // namespace

Store::Store(const std::filesystem::path& path) {
  auto state = std::make_shared<State>(path);
  state->open();
  state_ = std::move(state);
}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

const StoreSummary& Store::summary() const noexcept {
  return state_->summary;
}
std::span<const StoreSection> Store::sections() const noexcept {
  return state_->sections;
}

Dataset Store::dataset(RunContext& context) const {
  return read_part(*state_, [&] { return StoreReader(context, state_).dataset(); });
}

Graph Store::graph(RunContext& context) const {
  if (!state_->summary.has_graph) {
    throw InvalidData(fmt::format("{}: the store holds no graph", state_->path.string()));
  }
  return read_part(*state_, [&] {
    StoreReader reader(context, state_);
    return reader.graph(reader.nodes());
  });
}

void Store::verify(RunContext& context) const {
  context.begin_stage("verify", "sections", state_->sections.size());
  context.for_tasks(state_->sections.size(), [&](std::size_t i) { state_->check(state_->sections[i]); });
  context.end_stage();
  context.begin_stage("check", "parts", 1);
  const Dataset all = dataset(context);
  read_part(*state_, [&] {
    if (all.graph) detail::check_symmetric(context, all.graph->view());
    return true;
  });
  context.end_stage();
}

}  // namespace adjoin
