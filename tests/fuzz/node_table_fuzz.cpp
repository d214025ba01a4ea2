// Tables of nodes, labels and features for a dataset that has a graph, events and simplices: the parts of the input are
// the table of nodes, the labels, the names of the feature rows and the features. An empty part is no file.
#include <array>

#include <adjoin/io/node_table.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

template <class Value>
Array<Value> array_of(std::initializer_list<Value> values) {
  Array<Value> array(values.size());
  std::ranges::copy(values, array.begin());
  return array;
}

/// The nodes 0, 1, 2 and 3, of which 3 is isolated.
Dataset small_dataset(RunContext& context) {
  const auto ids = [](std::initializer_list<std::uint32_t> numbers) {
    Array<NodeId> array(numbers.size());
    std::ranges::transform(numbers, array.begin(), [](std::uint32_t number) { return node_id(number); });
    return array;
  };
  Dataset dataset;
  dataset.graph = build_graph(context, array_of<Edge>({{node_id(0), node_id(1)}, {node_id(1), node_id(2)}}),
                              array_of<float>({0.5F, 2}), NodeIndex::range(4), {})
                      .graph;
  dataset.nodes = dataset.graph->view().shared_nodes();
  dataset.events = EventLog(context, 4, {ids({0, 2}), ids({1, 0}), array_of<Time>({1, 5}), {}, {}, {}, 0});
  dataset.simplices = SimplexLog(
      context, 4, {array_of<EdgeOffset>({EdgeOffset{0}, EdgeOffset{3}}), ids({0, 1, 2}), array_of<Time>({7}), 0});
  return dataset;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  constexpr std::array names{"nodes.txt", "labels.txt", "features.names.txt", "features.mtx"};
  constexpr std::array policies{UnknownNodes::add, UnknownNodes::drop, UnknownNodes::error};
  NodeFileOptions options;
  options.unknown_nodes = policies[input.choose(3)];
  const std::vector<std::string_view> parts = fuzz::parts_of(input.bytes, names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    fuzz::remove_scratch(names[i]);
    if (i >= parts.size() || parts[i].empty()) continue;
    const std::string path = fuzz::write_scratch(names[i], parts[i]).string();
    if (i == 0) options.nodes = path;
    if (i == 1) options.labels = path;
    if (i == 3) options.features = path;
  }
  Dataset dataset = small_dataset(fuzz::context());
  fuzz::accepted([&] {
    const NodeFileReport report = read_node_files(fuzz::context(), options, dataset);
    fuzz::check_everything(dataset);
    fuzz::require(dataset.nodes->size() == 4 + report.nodes_added, "a wrong number of nodes");
    fuzz::require(report.nodes_added == 0 || options.unknown_nodes == UnknownNodes::add, "nodes added unasked");
    fuzz::require(dataset.graph->view().edge_count() == 2, "edges lost");
  });
  return 0;
}
