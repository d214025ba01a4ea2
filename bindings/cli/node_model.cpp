#include <fmt/format.h>

#include <adjoin/bindings/cli/node_model.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {

NodeInputs::NodeInputs(RunContext& context, const NodeData& data, const FeatureOptions& options)
    : data_(data), prepared_(data.prepared(context, options.rows)) {}

std::size_t NodeInputs::width(int learned_width) const {
  return has_features() ? data_.feature_width() : static_cast<std::size_t>(learned_width);
}

std::size_t NodeInputs::learned_nodes() const {
  return has_features() ? 0 : data_.graph().node_count();
}

gnn::NodeFeatures NodeInputs::features(const gnn::NodeClassifier& model) const {
  return has_features() ? prepared_->features() : model.learned_features();
}

std::map<std::string, std::uint64_t> node_model_sizes(const NodeData& data, const gnn::NodeClassifier& model,
                                                      bool one_label) {
  std::map<std::string, std::uint64_t> sizes{
      {"features", data.feature_width()}, {"classes", model.class_count()}, {"one_label", one_label ? 1 : 0}};
  if (data.feature_width() == 0) {
    sizes["learned_nodes"] = data.graph().node_count();
    sizes["learned_names"] = hash_of_names(*data.data.nodes);
  }
  return sizes;
}

gnn::NodeClassifier read_node_model(const ModelFile& file, const NodeData& data) {
  const std::string path = file.path().string();
  if (file.description().task != "node") {
    throw InvalidData(fmt::format("{} is a model of task {}, not of nodes", path, file.description().task));
  }
  gnn::EncoderOptions options;
  file.assign_to(bind_options(options));
  std::size_t width = file.size("features");
  std::size_t learned = 0;
  if (width == 0) {
    width = static_cast<std::size_t>(options.hidden);
    learned = file.size("learned_nodes");
    if (learned != data.graph().node_count() || file.size("learned_names") != hash_of_names(*data.data.nodes)) {
      throw InvalidData(
          fmt::format("{} learned a vector for each of {} nodes and has none of others; apply it to the "
                      "graph that it was trained on",
                      path, learned));
    }
  } else if (width != data.feature_width()) {
    throw InvalidData(
        fmt::format("{} was trained on {} features a node and the graph has {}; give it the same "
                    "features",
                    path, width, data.feature_width()));
  }
  const std::uint64_t classes = file.size("classes");
  if (classes != file.description().classes.size()) {
    throw InvalidData(fmt::format("{} has {} classes and names of {}; train the model again", path, classes,
                                  file.description().classes.size()));
  }
  gnn::NodeClassifier model(options, width, classes, file.description().seed, learned);
  file.read_model(model.parameters());
  return model;
}

}  // namespace adjoin::cli
