#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/algorithms/gnn/layerwise_inference.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/row_range.hpp>

namespace adjoin::gnn {
namespace {

using learn::Shape;
using learn::Tensor;

/// Bytes that are held, or that would be in a dry run, which takes none and computes nothing.
struct Ledger {
  bool dry = false;
  std::uint64_t held = 0;
  std::uint64_t tape = 0;  // its memory grows with the largest chunk so far
  std::uint64_t peak = 0;

  void note() noexcept { peak = std::max(peak, held + tape); }
};

/// A row a node, of which a dry run knows the shape only.
class Rows {
 public:
  Rows(Ledger& ledger, Shape shape) : ledger_(&ledger), shape_(shape) {
    if (!ledger.dry) values_ = Matrix(shape.rows, shape.columns);
    ledger.held += bytes();
    ledger.note();
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { ledger_->held -= bytes(); }

  MatrixView<const float> part(std::size_t first, std::size_t count) const noexcept {
    const float* const data = values_.view().data();
    return {data == nullptr ? nullptr : data + first * shape_.columns, count, shape_.columns};
  }
  MatrixView<const float> all() const noexcept { return part(0, shape_.rows); }
  void set(std::size_t first, MatrixView<const float> rows) noexcept {
    for (std::size_t i = 0; i < rows.rows(); ++i) std::ranges::copy(rows.row(i), values_.row(first + i).begin());
  }
  Matrix take() noexcept { return std::move(values_); }

 private:
  std::uint64_t bytes() const noexcept { return shape_.size() * sizeof(float); }

  Ledger* ledger_;
  Shape shape_;
  Matrix values_;
};

using SharedRows = std::shared_ptr<Rows>;

}  // namespace

class LayerwiseInference {
 public:
  LayerwiseInference(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                     const Messages& messages, const InferenceChunks& chunks, bool dry)
      : context_(&context),
        encoder_(&encoder),
        features_(&features),
        messages_(&messages),
        chunk_numbers_(chunks.numbers),
        tape_(context, false) {
    encoder.check(features);
    if (messages.source_count() != features.rows() || messages.target_count() != features.rows()) {
      throw InvalidOption(
          "the messages are not of the nodes that there are features of; give those of the whole graph");
    }
    ledger_.dry = dry;
  }

  Matrix run() {
    if (!ledger_.dry) context_->begin_stage("layers", "rows", encoder_->layers_.size() * nodes());
    if (encoder_->read_out_ == ReadOut::mean) join(nullptr);
    for (const EncoderLayer& layer : encoder_->layers_) {
      if (!layer.restarts) start_.reset();
      if (layer.restarts && start_ == nullptr) start_ = entered_;
      entered_ = layer.passes_messages ? passed_on(layer) : row_by_row(layer);
      if (joins()) join(entered_);
      if (encoder_->read_out_ == ReadOut::concatenate) outputs_.push_back(entered_);
    }
    start_.reset();
    const SharedRows result = read_out();
    if (!ledger_.dry) context_->end_stage();
    return result == nullptr ? Matrix(0, encoder_->output_width()) : result->take();
  }
  std::uint64_t peak_bytes() const noexcept { return ledger_.peak; }

 private:
  using ReadOut = Encoder::ReadOut;

  std::size_t nodes() const noexcept { return features_->rows(); }
  bool joins() const noexcept {
    return encoder_->read_out_ == ReadOut::mean || encoder_->read_out_ == ReadOut::maximum;
  }
  /// Rows and entries of a chunk together.
  std::size_t work() const noexcept {
    const auto hidden = static_cast<std::size_t>(encoder_->options().hidden);
    const std::size_t features = features_->is_sparse() ? 1 : features_->columns();
    return std::max<std::size_t>(1, chunk_numbers_ / std::max({hidden, encoder_->output_width(), features}));
  }

  /// Calls body(first, count) for runs of nodes.
  template <class Body>
  void for_runs(Body&& body) const {
    for (std::size_t first = 0; first < nodes(); first += work()) body(first, std::min(work(), nodes() - first));
  }

  /// Of some nodes, the rows given or, if none are, their features.
  LayerInput on_tape(const SharedRows& rows, std::size_t first, std::size_t count) {
    if (rows != nullptr) return constant(rows->part(first, count));
    if (features_->is_sparse()) {
      words_ = RowRange(features_->sparse().matrix(), first, count);
      words_operand_.emplace(words_.view());
      return {tape_, NodeFeatures(*words_operand_)};
    }
    if (features_->is_picked()) {
      return {tape_, NodeFeatures(features_->learned(), features_->nodes().subspan(first, count))};
    }
    const MatrixView<const float> all = dense_features();
    return constant({all.data() + first * all.stride(), count, all.columns(), all.stride()});
  }
  LayerInput constant(MatrixView<const float> rows) {
    return LayerInput(tape_.constant("vectors", rows), {rows.rows(), rows.columns()});
  }
  MatrixView<const float> dense_features() const noexcept {
    return features_->is_learned() ? MatrixView<const float>(features_->learned().value.view()) : features_->dense();
  }

  /// Computes what is recorded, puts `results` into the rows of some nodes, and forgets the recording.
  void compute(std::span<const Tensor> results, std::size_t first, std::span<SharedRows> to) {
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (to[k] == nullptr) to[k] = std::make_shared<Rows>(ledger_, Shape{nodes(), tape_.shape(results[k]).columns});
      tape_.keep(results[k]);
    }
    ledger_.tape = std::max(ledger_.tape, tape_.planned_bytes());
    ledger_.note();
    if (!ledger_.dry) {
      tape_.forward({.training = false});
      for (std::size_t k = 0; k < results.size(); ++k) to[k]->set(first, tape_.value(results[k]));
    }
    tape_.clear();
  }
  void compute(Tensor result, std::size_t first, SharedRows& to) { compute({&result, 1}, first, {&to, 1}); }

  void advance(std::size_t rows) {
    if (!ledger_.dry) context_->advance(rows);
  }

  /// A layer that looks at no edge.
  SharedRows row_by_row(const EncoderLayer& layer) {
    SharedRows made;
    for_runs([&](std::size_t first, std::size_t count) {
      const LayerInput own = on_tape(entered_, first, count);
      compute(layer.finish(tape_, layer.convolution->tell(tape_, own), own, nullptr), first, made);
      advance(count);
    });
    return made;
  }

  /// A layer that hears of neighbours: first what all nodes tell, then what each makes of it.
  SharedRows passed_on(const EncoderLayer& layer) {
    std::array<SharedRows, 3> told_rows;
    std::size_t told_count = 0;
    bool as_they_are = false;  // they tell what entered, so nothing is made anew
    for_runs([&](std::size_t first, std::size_t count) {
      const LayerInput x = on_tape(entered_, first, count);
      const Told told = layer.convolution->tell(tape_, x);
      told_count = told.count;
      as_they_are = !x.is_sparse() && told.count == 1 && told.parts[0] == x.dense() &&
                    (entered_ != nullptr || !features_->is_picked());
      if (as_they_are) {
        tape_.clear();
      } else {
        compute(std::span(told.parts).first(told.count), first, std::span(told_rows).first(told.count));
      }
    });
    const bool reads_own = layer.residual || layer.restarts || layer.convolution->looks_at_own();
    const bool done_with_entered = entered_ != nullptr && !as_they_are && !reads_own;
    const std::size_t width = entered_ != nullptr ? entered_->all().columns() : features_->columns();
    if (done_with_entered) entered_.reset();
    SharedRows made;
    const CsrView& entries = messages_->matrix();
    for (std::size_t k = 0; k < row_chunk_count(entries, work()); ++k) {
      const Chunk rows = row_chunk(entries, work(), k);
      const std::size_t count = rows.end - rows.begin;
      if (count == 0) continue;
      const Messages part(*messages_, rows.begin, count);
      Told told;
      told.count = told_count;
      for (std::size_t p = 0; p < told_count; ++p) {
        const MatrixView<const float> whole = !as_they_are          ? told_rows[p]->all()
                                              : entered_ != nullptr ? entered_->all()
                                                                    : dense_features();
        told.parts[p] = tape_.constant("told", whole);
      }
      // Of what nobody reads the shape is enough.
      const LayerInput own = done_with_entered ? LayerInput(Tensor{}, {count, width})
                                               : on_tape(layer.restarts ? start_ : entered_, rows.begin, count);
      compute(layer.finish(tape_, told, own, &part), rows.begin, made);
      advance(count);
    }
    return made;
  }

  /// Adds one more layer's vectors, or the features, to what is joined so far.
  void join(const SharedRows& output) {
    const bool begins = joined_ == nullptr;
    for_runs([&](std::size_t first, std::size_t count) {
      const Tensor x = on_tape(output, first, count).dense();
      if (begins) {
        compute(x, first, joined_);
      } else {
        const Tensor so_far = tape_.constant("joined", joined_->part(first, count));
        compute(encoder_->joined(tape_, so_far, x), first, joined_);
      }
    });
  }

  SharedRows read_out() {
    if (encoder_->read_out_ == ReadOut::last) return entered_;
    entered_.reset();
    SharedRows result;
    for_runs([&](std::size_t first, std::size_t count) {
      std::vector<Tensor> parts;
      for (const SharedRows& output : outputs_) parts.push_back(on_tape(output, first, count).dense());
      const Tensor all = joins() ? on_tape(joined_, first, count).dense()
                                 : learn::concatenate_columns(tape_, std::span<const Tensor>(parts));
      compute(encoder_->concluded(tape_, all), first, result);
    });
    return result;
  }

  RunContext* context_;
  const Encoder* encoder_;
  const NodeFeatures* features_;
  const Messages* messages_;
  std::size_t chunk_numbers_;
  Ledger ledger_;
  learn::Tape tape_;
  SharedRows entered_;               // nothing: the features
  SharedRows start_;                 // of layers that restart
  SharedRows joined_;                // the sum or maximum of layers' vectors so far
  std::vector<SharedRows> outputs_;  // of all layers, to be put side by side
  RowRange words_;                   // of the sparse features on the tape
  std::optional<learn::SparseOperand> words_operand_;
};

std::uint64_t estimate_encode_nodes_memory(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                                           const Messages& messages, const InferenceChunks& chunks) {
  LayerwiseInference dry(context, encoder, features, messages, chunks, true);
  dry.run();
  return dry.peak_bytes();
}

Matrix encode_nodes(RunContext& context, const Encoder& encoder, const NodeFeatures& features, const Messages& messages,
                    const InferenceChunks& chunks) {
  const std::uint64_t needed = estimate_encode_nodes_memory(context, encoder, features, messages, chunks);
  context.require_memory(resident_bytes() + needed, "use a network with fewer hidden columns");
  return LayerwiseInference(context, encoder, features, messages, chunks, false).run();
}

}  // namespace adjoin::gnn
