#include "fuzz_support.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <adjoin/engine/runtime/memory.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define ADJOIN_FUZZ_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADJOIN_FUZZ_POISON 1
#endif
#endif
#ifdef ADJOIN_FUZZ_POISON
#include <sanitizer/asan_interface.h>

/// Freed memory is kept for a while to catch its use; the default keeps more than the limit of a fuzzing process. Fake
/// stacks, which exceptions leave to be collected, and deep traces of every allocation take a third of the time.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=16:detect_odr_violation=0:detect_stack_use_after_return=0:malloc_context_size=4";
}
#endif

namespace adjoin::fuzz {
namespace {

class ScratchFolder {
 public:
  ScratchFolder() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ignored;
    const bool there = std::filesystem::is_directory(memory, ignored) && ::access(memory.c_str(), W_OK) == 0;
    std::string name = ((there ? memory : std::filesystem::temp_directory_path()) / "adjoin-fuzz-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr, "no folder for scratch files");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

const ScratchFolder& scratch() {
  static const ScratchFolder folder;
  return folder;
}

template <class Value>
Array<Value> copy_of(std::span<const Value> values) {
  Array<Value> copy(values.size());
  std::ranges::copy(values, copy.begin());
  return copy;
}

void check_events(const EventView& events) {
  const std::size_t count = events.size();
  require(events.sources.size() == count && events.targets.size() == count, "events without nodes");
  require(events.weights.empty() || events.weights.size() == count, "events and weights differ in number");
  require(events.labels.empty() || events.labels.size() == count, "events and labels differ in number");
  require(events.features.columns() == 0 || events.features.rows() == count, "events and features differ in number");
  require(std::ranges::is_sorted(events.times), "times of events fall");
  for (std::size_t i = 0; i < count; ++i) {
    require(index(events.sources[i]) < events.node_count && index(events.targets[i]) < events.node_count,
            "an event of a node that is not there");
    const auto again = parse_time(format_time(events.times[i], events.decimals), events.decimals);
    require(again == events.times[i], "a time that does not read back as itself");
  }
  require(std::ranges::all_of(events.weights, [](float value) { return std::isfinite(value); }),
          "an event whose weight is not finite");
}

void check_simplices(const SimplexView& simplices) {
  const std::size_t count = simplices.size();
  require(simplices.offsets.size() == count + 1, "simplices and offsets differ in number");
  require(index(simplices.offsets[0]) == 0 && index(simplices.offsets[count]) == simplices.nodes.size(),
          "offsets of simplices that do not fit their nodes");
  require(std::ranges::is_sorted(simplices.times), "times of simplices fall");
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<const NodeId> nodes = simplices.simplex(i);
    require(!nodes.empty() && index(nodes.back()) < simplices.node_count, "a simplex of nodes that are not there");
    require(std::ranges::adjacent_find(nodes, std::ranges::greater_equal{}) == nodes.end(),
            "nodes of a simplex out of order");
  }
}

}  // namespace

Input::Input(const std::uint8_t* data, std::size_t size)
    : options(size == 0 ? 0U : static_cast<unsigned char>(data[0] - '0')),
      bytes(reinterpret_cast<const char*>(data), size) {
  if (size > 0) bytes.remove_prefix(1);
}

unsigned Input::choose(unsigned count) {
  return std::exchange(options, options / count) % count;
}

std::vector<std::string_view> parts_of(std::string_view bytes, std::size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const std::size_t end = bytes.find(part_marker);
    if (end == std::string_view::npos) break;
    parts.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end + part_marker.size());
  }
  parts.push_back(bytes);
  return parts;
}

RunContext& context() {
  // A run keeps the times of its stages, and the process grows while libFuzzer collects inputs: now and then a new run
  // takes the place of the old one.
  constexpr unsigned executions_per_run = 4096;
  constexpr std::uint64_t bytes_to_take = std::uint64_t{128} << 20;
  static unsigned uses = 0;
  static std::unique_ptr<RunContext> run;
  if (uses++ % executions_per_run == 0) {
    RunSettings settings;
    settings.threads = 1;
    settings.memory_budget = resident_bytes() + bytes_to_take;
    run = std::make_unique<RunContext>(settings);
  }
  return *run;
}

detail::InputFile in_memory(const std::filesystem::path& name, std::string_view bytes) {
  std::string content;
  content.reserve(std::max<std::size_t>(bytes.size(), 64));  // never inside the string object itself
  content = bytes;
  detail::InputFile file(name, std::move(content));
#ifdef ADJOIN_FUZZ_POISON
  // The string's own zero at the end would hide a read of one byte too many, which a mapped file does not survive.
  __asan_poison_memory_region(file.bytes().data() + file.bytes().size(), 1);
#endif
  return file;
}

std::filesystem::path scratch_path(const std::string& name) {
  return scratch().path() / name;
}

std::filesystem::path write_scratch(const std::string& name, std::string_view bytes) {
  std::filesystem::path path = scratch_path(name);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  require(written, "a scratch file that cannot be written");
  ::close(file);
  return path;
}

void remove_scratch(const std::string& name) {
  ::unlink(scratch_path(name).c_str());
}

void clear_scratch() {
  for (const auto& entry : std::filesystem::directory_iterator(scratch().path())) {
    std::filesystem::remove(entry.path());
  }
}

void require(bool good, std::string_view what) {
  if (good) return;
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

BuildOptions build_options(unsigned choice) {
  constexpr std::array<BuildOptions, 4> all{{
      {},
      {true, SelfLoops::keep, Duplicates::max},
      {false, SelfLoops::keep, Duplicates::min},
      {true, SelfLoops::refuse, Duplicates::refuse},
  }};
  return all[choice % all.size()];
}

void check_names(const NodeIndex& nodes) {
  constexpr std::size_t most = 1000;
  for (std::size_t i = 0; i < std::min(nodes.size(), most); ++i) {
    const auto found = nodes.find(nodes.name(node_id(i)));
    require(found && index(*found) == i, "a name that is not found under its id");
  }
}

void check_graph(GraphView graph) {
  const CsrView a = graph.out();
  must_accept("a graph that is none", [&] {
    Csr copy{a.column_count, copy_of(a.offsets), copy_of(a.targets), copy_of(a.weights)};
    const Graph again(context(), std::move(copy), NodeIndex::range(graph.node_count()), graph.directed());
    require(again.view().edge_count() == graph.edge_count(), "a wrong number of edges");
  });
  require(graph.in(context()).nonzero_count() == a.nonzero_count(), "a transpose with other edges");
  check_names(graph.nodes());
}

void check_everything(const Dataset& dataset) {
  must_accept("a dataset whose parts disagree", [&] { check_dataset(context(), dataset); });
  check_names(*dataset.nodes);
  if (dataset.graph) check_graph(dataset.graph->view());
  for (const EdgeType& type : dataset.edge_types) check_graph(type.graph.view());
  if (dataset.events) check_events(dataset.events->view());
  if (dataset.simplices) check_simplices(dataset.simplices->view());
  for (std::size_t i = 0; i < dataset.features.rows(); ++i) {
    require(std::ranges::all_of(dataset.features.row(i), [](float value) { return std::isfinite(value); }),
            "a feature that is not finite");
  }
  if (dataset.labels) check_names(dataset.labels->names);
}

int fuzz_format(const detail::Format& format, const std::filesystem::path& name, Input input) {
  const BuildOptions build = build_options(input.choose(4));
  accepted([&] {
    detail::InputFile file = in_memory(name, input.bytes);
    if (format.recognizes != nullptr) format.recognizes(file.bytes());
    format.estimate(name, file.bytes(), {}, build);
    const DatasetFile result = format.read(context(), file, {}, build);
    check_everything(result.data);
    require(!result.read.details.empty(), "a reader that says nothing of what it read");
  });
  return 0;
}

}  // namespace adjoin::fuzz
