// An edge list as a graph, written in a format and read again: the same graph, or a refusal to write it. The length of
// the input chooses the format, so that most mutations try another one; eight a time would be as many times slower.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <adjoin/io/dataset_file.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

struct NamedGraph {
  bool directed = false;
  std::set<std::string> nodes;
  std::map<std::pair<std::string, std::string>, float> edges;

  bool operator==(const NamedGraph&) const = default;
};

NamedGraph named(GraphView graph) {
  NamedGraph result;
  result.directed = graph.directed();
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    const std::string source = graph.nodes().name(node_id(row));
    result.nodes.insert(source);
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      std::string target = graph.nodes().name(a.targets[e]);
      auto place = std::pair(source, std::move(target));
      // Which end of an undirected edge comes first follows the order of ids, which numbers and text do not share.
      if (!graph.directed() && place.second < place.first) std::swap(place.first, place.second);
      result.edges[std::move(place)] = a.weighted() ? a.weights[e] : 1;
    }
  }
  return result;
}

void drop_isolated(NamedGraph& graph) {
  graph.nodes.clear();
  for (const auto& [ends, weight] : graph.edges) graph.nodes.insert({ends.first, ends.second});
}

/// The graph read again, or nothing if the format cannot hold it.
std::optional<NamedGraph> again(const Dataset& dataset, const char* name, bool directed) {
  fuzz::clear_scratch();
  const std::filesystem::path path = fuzz::scratch_path(name);
  if (!fuzz::accepted([&] { write_dataset(fuzz::context(), dataset, path); })) {
    fuzz::require(std::filesystem::is_empty(path.parent_path()), "a refusal that leaves a file");
    return std::nullopt;
  }
  NamedGraph result;
  const BuildOptions build{directed, SelfLoops::keep, Duplicates::refuse};
  fuzz::must_accept(name, [&] {
    const GraphFile file = read_graph(fuzz::context(), path, {}, build);
    result = named(file.graph.view());
  });
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const BuildOptions build = fuzz::build_options(input.choose(4));
  ReadOptions read;
  read.format = FileFormat::edge_list;
  read.time_column = "none";
  read.bipartite = input.choose(2) == 1;
  std::optional<DatasetFile> original;
  fuzz::accepted([&] {
    detail::InputFile file = fuzz::in_memory("input.txt", input.bytes);
    original = detail::edge_list_format.read(fuzz::context(), file, read, build);
  });
  if (!original) return 0;
  const NamedGraph expected = named(original->data.graph->view());
  NamedGraph without_isolated = expected;
  drop_isolated(without_isolated);
  constexpr std::array formats{"g.tsv", "g.txt.gz", "g.mtx", "g.graph", "g.graphml", "g.npz", "g.adjoin", "g.mtx.zst"};
  const std::string name = formats[input.bytes.size() % formats.size()];
  const bool edge_list = name.find(".t") != std::string::npos;
  if (edge_list && expected.edges.empty()) return 0;  // a file without edges, which no reader takes
  const std::optional<NamedGraph> found = again(original->data, name.c_str(), build.directed);
  const bool always = name == "g.adjoin" || name == "g.npz";
  fuzz::require(found || !always, name + " refuses a graph");
  fuzz::require(!found || *found == (edge_list ? without_isolated : expected), name + " holds another graph");
  return 0;
}
