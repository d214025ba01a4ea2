// Graph neural networks that make a vector of each node, from what it and its neighbours are known by.
//
// One class for all, as they differ in a convolution only (convolution.hpp). A stack of layers with an activation,
// normalisation and dropout between them, residual connections and jumping knowledge if asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <adjoin/algorithms/gnn/encoder_options.hpp>
#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/algorithms/gnn/node_features.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>

namespace adjoin::gnn {

struct EncoderLayer;  // encoder_layer.hpp

/// The parameters of one network and how it is put on a tape. What batch normalisation remembers stands among the
/// parameters, frozen, so that it is kept with them.
class Encoder {
 public:
  /// Adds its parameters, named "encoder.LAYER.WHAT", each drawn by the seed and its name. output_width: numbers in a
  /// node's vector; of lightgcn it is input_width. The parameters outlive it. InvalidOption for options out of range or
  /// at odds with one another.
  Encoder(const EncoderOptions& options, std::size_t input_width, std::size_t output_width,
          learn::Parameters& parameters, std::uint64_t seed);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  MessageForm message_form() const noexcept;
  /// How many times messages pass, so how many blocks a sampled batch needs: 0 for a network that looks at no edge.
  std::size_t hops() const noexcept;
  std::size_t output_width() const noexcept { return output_width_; }
  const EncoderOptions& options() const noexcept { return options_; }

  /// Records the network on the whole graph: one matrix of messages for every layer. n x output_width.
  learn::Tensor record(learn::Tape& tape, const NodeFeatures& features, const Messages& messages) const;
  /// The same on blocks, the outermost first, blocks.size() == hops(); `features` are rows of its sources (of the nodes
  /// themselves if there is no block). A row for each target of the last.
  learn::Tensor record(learn::Tape& tape, const NodeFeatures& features, std::span<const Messages* const> blocks) const;

 private:
  friend class LayerwiseInference;

  /// What the result is made of.
  enum class ReadOut : std::uint8_t { last, mean, concatenate, maximum };

  learn::Tensor record_layers(learn::Tape& tape, const NodeFeatures& features,
                              FunctionRef<const Messages&(std::size_t hop)> messages) const;
  learn::Tensor read_out(learn::Tape& tape, std::span<const learn::Tensor> outputs, std::size_t rows) const;
  /// Refuses features that the network was not made for.
  void check(const NodeFeatures& features) const;

  EncoderOptions options_;
  std::size_t input_width_;
  std::size_t output_width_;
  std::vector<EncoderLayer> layers_;
  ReadOut read_out_ = ReadOut::last;
  learn::Parameter* output_weight_ = nullptr;  // of jumping knowledge
  learn::Parameter* output_shift_ = nullptr;
};

}  // namespace adjoin::gnn
