// Which network foretells links, and how it is trained.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/gnn/edge_batches.hpp>
#include <adjoin/algorithms/gnn/encoder_options.hpp>
#include <adjoin/algorithms/gnn/link_head.hpp>
#include <adjoin/algorithms/gnn/training_options.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::gnn {

/// What is known of a pair beside the vectors of its nodes. All but none have a head of their own, with the width and
/// the dropout of LinkHeadOptions.
enum class PairStructure : std::uint8_t { none, common_neighbors, completed, counts, sketches };

/// The models by the names of their papers: an encoder, a head, and the settings that they were published with.
enum class LinkModelName : std::uint8_t { mlp, gcn, sage, gat, gae, vgae, ncn, ncnc, buddy };

struct LinkModelOptions {
  EncoderOptions encoder;
  LinkHeadOptions head;
  PairStructure structure = PairStructure::none;
  bool variational = false;
  int node_vectors = 64;
  int completed = 32;
  double structure_dropout = 0;
  double vector_dropout = 0;
  double head_rate = 1;

  /// The rows of its own; bind_link_options has those of the parts, too.
  static constexpr auto fields() {
    using O = LinkModelOptions;
    return std::tuple{
        option_field("structure", &O::structure,
                     "what a pair is known by beside the vectors of its nodes: the vectors of common-neighbors; "
                     "completed, these with those that likely links would add; counts of the nodes around the two, or "
                     "sketches of them",
                     "NCN, NCNC: Wang, Yang, Zhang 2024; counts: Chamberlain et al. 2023"),
        option_field("variational", &O::variational,
                     "vectors of nodes are drawn from normal distributions that are learned",
                     "VGAE: Kipf, Welling 2016"),
        option_field("node-vectors", &O::node_vectors, {1, 65'536},
                     "of a graph without features: numbers that are learned of each node instead"),
        option_field("completed", &O::completed, {0, 1'000'000},
                     "of completed: neighbours of one end alone that are looked at, at most"),
        option_field("structure-dropout", &O::structure_dropout, {0, 0.99},
                     "share of the graph's entries that a step of the training looks for structure without",
                     "Wang, Yang, Zhang 2024: 0.4 for Cora"),
        option_field("vector-dropout", &O::vector_dropout, {0, 0.99},
                     "share of the encoder's vectors of nodes that a step of the training goes without",
                     "Wang, Yang, Zhang 2024: 0.3 for Cora"),
        option_field("head-rate", &O::head_rate, {0.0, 1e6},
                     "how long a step is for what makes scores of pairs, as a share of learning-rate",
                     "Wang, Yang, Zhang 2024: 0.0024 / 0.0043 for Cora"),
    };
  }
};

struct LinkTrainingOptions {
  LinkModelOptions model;
  TrainingOptions training;
  EdgeBatchOptions batches;
};

/// The settings of the model that HeaRT's authors chose for Cora (Li et al. 2023, scripts/hyperparameters): batches of
/// 1024, gradients clipped to 1, an evaluation every 5 epochs, an end after 10 without gain.
LinkTrainingOptions link_model_options(LinkModelName name);

/// All rows, of all parts; that of the encoder's kind is "encoder".
std::vector<Option> bind_link_options(LinkTrainingOptions& options);
std::vector<OptionValue> link_option_values(const LinkTrainingOptions& options);
/// InvalidOption for the first value outside its range.
void check_link_options(const LinkTrainingOptions& options);

}  // namespace adjoin::gnn

template <>
struct adjoin::EnumNames<adjoin::gnn::PairStructure> {
  using Kind = adjoin::gnn::PairStructure;
  static constexpr std::array<std::pair<Kind, std::string_view>, 5> names{{{Kind::none, "none"},
                                                                           {Kind::common_neighbors, "common-neighbors"},
                                                                           {Kind::completed, "completed"},
                                                                           {Kind::counts, "counts"},
                                                                           {Kind::sketches, "sketches"}}};
};
template <>
struct adjoin::EnumNames<adjoin::gnn::LinkModelName> {
  using Name = adjoin::gnn::LinkModelName;
  static constexpr std::array<std::pair<Name, std::string_view>, 9> names{{{Name::mlp, "mlp"},
                                                                           {Name::gcn, "gcn"},
                                                                           {Name::sage, "sage"},
                                                                           {Name::gat, "gat"},
                                                                           {Name::gae, "gae"},
                                                                           {Name::vgae, "vgae"},
                                                                           {Name::ncn, "ncn"},
                                                                           {Name::ncnc, "ncnc"},
                                                                           {Name::buddy, "buddy"}}};
};
