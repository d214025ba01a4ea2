#include <fmt/format.h>

#include <adjoin/bindings/cli/link_model.hpp>
#include <adjoin/bindings/cli/node_data.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {

std::map<std::string, std::uint64_t> link_model_sizes(const NodeIndex& nodes, std::size_t feature_width) {
  std::map<std::string, std::uint64_t> sizes{{"features", feature_width}};
  if (feature_width == 0) {
    sizes["learned_nodes"] = nodes.size();
    sizes["learned_names"] = hash_of_names(nodes);
  }
  return sizes;
}

gnn::LinkNetwork read_link_model(const ModelFile& file, const NodeIndex& nodes, std::size_t feature_width) {
  const std::string path = file.path().string();
  if (file.description().task != "link") {
    throw InvalidData(fmt::format("{} is a model of task {}, not of links", path, file.description().task));
  }
  const std::uint64_t width = file.size("features");
  if (width == 0) {
    if (file.size("learned_nodes") != nodes.size() || file.size("learned_names") != hash_of_names(nodes)) {
      throw InvalidData(
          fmt::format("{} learned a vector for each of {} nodes and has none of others; apply it to the graph that it "
                      "was trained on",
                      path, file.size("learned_nodes")));
    }
  } else if (width != feature_width) {
    throw InvalidData(
        fmt::format("{} was trained on {} features a node and the graph has {}; give it the same features", path, width,
                    feature_width));
  }
  gnn::LinkTrainingOptions options;
  file.assign_to(gnn::bind_link_options(options));
  gnn::LinkNetwork network(options.model, nodes.size(), width, file.description().seed);
  file.read_model(network.parameters());
  return network;
}

}  // namespace adjoin::cli
