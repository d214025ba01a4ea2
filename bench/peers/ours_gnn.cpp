// Training of graph neural networks and sampling of neighbours, measured for compare_gnn.py:
//   bench_gnn FOLDER train EPOCHS THREADS dense|sparse [--OPTION VALUE]...
//   bench_gnn FOLDER sample BATCH THREADS FAN_OUT,FAN_OUT...
// FOLDER holds offsets.npy and targets.npy, features.f32 (a row a node), train.u32 (nodes) and labels.u32 (of those).
// Options are those of encoders and optimisers. Prints one JSON line: seconds and processor seconds of each epoch after
// the first, the losses, the memory that was stated beside the peak, and what SpMM and products took beside what they
// have to take: bytes over the bandwidth of a copy, operations over the rate of a large product, of the same process.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/engine/dense/matrix_product.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>

#include "ours_graph.hpp"

namespace {

using namespace adjoin;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class Value>
Array<Value> read_values(const std::string& path) {
  Array<Value> values(std::filesystem::file_size(path) / sizeof(Value));
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.bytes()));
  return values;
}

RunContext context_of(int threads) {
  RunSettings settings;
  settings.threads = threads;
  return RunContext(settings);
}

std::string list(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + format_number(value);
  return "[" + text + "]";
}

/// Bytes read and written a second by the best of several copies.
double copy_bandwidth(RunContext& context) {
  const std::size_t size = std::size_t{1} << 26;
  const Array<float> from(size, 1.0F);
  Array<float> to(size, 0.0F);
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const auto began = Clock::now();
    context.threads().for_chunks(size, std::size_t{1} << 18, [&](Chunk chunk) {
      std::memcpy(to.data() + chunk.begin, from.data() + chunk.begin, chunk.size() * sizeof(float));
    });
    best = std::max(best, 2 * static_cast<double>(from.bytes()) / since(began));
  }
  return best;
}

/// Operations a second of the best of several products of large square matrices.
double product_rate(RunContext& context) {
  const std::size_t size = 1536;
  const Matrix a(size, size, 1.0F);
  const Matrix b(size, size, 1.0F);
  Matrix out(size, size);
  std::vector<float> scratch(matrix_product_scratch(size, size, size));
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const auto began = Clock::now();
    matrix_product(context, {a.view()}, {b.view()}, false, out.view(), scratch);
    best = std::max(best, 2 * static_cast<double>(size * size * size) / since(began));
  }
  return best;
}

/// What the operations of a kind took, and have to take at least, in an epoch.
struct Share {
  double seconds = 0;
  double bytes = 0;
  double operations = 0;
};

bool is_parameter(const learn::Tape& tape, const learn::Parameters& parameters, learn::Tensor tensor) {
  return std::ranges::any_of(parameters, [&](const auto& parameter) { return parameter.name == tape.name(tensor); });
}

bool wants_gradient(const learn::Tape& tape, const learn::Parameters& parameters, learn::Tensor tensor) {
  if (is_parameter(tape, parameters, tensor)) return true;
  return std::ranges::any_of(tape.inputs(tensor),
                             [&](learn::Tensor input) { return wants_gradient(tape, parameters, input); });
}

std::map<std::string, Share> shares(const learn::Tape& tape, const learn::Parameters& parameters, std::size_t epochs,
                                    const CsrView& messages, const CsrView* features) {
  std::map<std::string, Share> result;
  for (const learn::OperationTime& time : tape.times()) {
    if (time.operation.empty()) continue;
    Share& share = result[std::string(time.operation)];
    share.seconds += (time.forward_seconds + time.backward_seconds) / static_cast<double>(epochs);
    const auto inputs = tape.inputs(time.result);
    const learn::Shape out = tape.shape(time.result);
    if (time.operation == "spmm" || time.operation == "spmm_learned") {
      const learn::Tensor x = inputs.back();
      const learn::Shape in = tape.shape(x);
      const CsrView& a = features != nullptr && in.rows == features->column_count ? *features : messages;
      const double passes = wants_gradient(tape, parameters, x) ? 2 : 1;
      const double entry = sizeof(NodeId) + (a.weighted() || inputs.size() > 1 ? sizeof(float) : 0);
      share.bytes += passes * (entry * static_cast<double>(a.nonzero_count()) +
                               sizeof(EdgeOffset) * static_cast<double>(out.rows + 1) +
                               sizeof(float) * static_cast<double>(in.size() + out.size()));
      share.operations += passes * 2 * static_cast<double>(a.nonzero_count() * in.columns);
    }
    if (time.operation == "matmul") {
      double passes = 1;
      for (const learn::Tensor input : inputs) passes += wants_gradient(tape, parameters, input) ? 1 : 0;
      const double depth = static_cast<double>(tape.shape(inputs[0]).columns);
      share.operations += passes * 2 * depth * static_cast<double>(out.size());
      share.bytes += passes * sizeof(float) *
                     static_cast<double>(tape.shape(inputs[0]).size() + tape.shape(inputs[1]).size() + out.size());
    }
  }
  return result;
}

void assign(std::vector<Option>& options, std::string_view flag, std::string_view value) {
  const auto found = std::ranges::find_if(options, [&](const Option& option) { return "--" + option.name == flag; });
  if (found == options.end()) throw InvalidOption("there is no option " + std::string(flag));
  found->assign(value);
}

void train(const std::string& folder, std::size_t epochs, int threads, bool sparse, std::span<char* const> flags) {
  RunContext context = context_of(threads);
  gnn::EncoderOptions encoder_options;
  learn::OptimizerOptions optimizer_options;
  std::vector<Option> options = bind_options(encoder_options);
  for (Option& option : bind_options(optimizer_options)) options.push_back(std::move(option));
  for (std::size_t i = 0; i + 1 < flags.size(); i += 2) assign(options, flags[i], flags[i + 1]);

  const Array<float> features = read_values<float>(folder + "/features.f32");
  const Array<NodeId> nodes = read_values<NodeId>(folder + "/train.u32");
  const Array<std::uint32_t> labels = read_values<std::uint32_t>(folder + "/labels.u32");
  const std::size_t classes = std::size_t{1} + *std::ranges::max_element(labels);
  const Graph graph = peers::graph_of(context, peers::read_graph(folder), false);
  const CsrView adjacency = graph.view().out();
  const std::size_t width = features.size() / adjacency.row_count();
  const MatrixView<const float> dense(features.data(), adjacency.row_count(), width);
  const Csr words = sparse ? sparse_of(context, dense) : Csr();
  const learn::SparseOperand operand(context, words.view());
  const gnn::NodeFeatures input = sparse ? gnn::NodeFeatures(operand) : gnn::NodeFeatures(dense);

  learn::Parameters parameters;
  const gnn::Encoder encoder(encoder_options, width, classes, parameters, context.seed());
  learn::Tape tape(context);
  restart_recent_peak();
  const std::uint64_t before = resident_bytes();
  const gnn::Messages messages(context, adjacency, encoder.message_form());
  const learn::Tensor logits = encoder.record(tape, input, messages);
  const learn::Tensor loss = learn::cross_entropy(tape, learn::gather_rows(tape, logits, nodes.span()), labels.span());
  learn::Optimizer optimizer(optimizer_options, parameters);
  const std::uint64_t stated = before + gnn::Messages::bytes(adjacency, encoder.message_form()) +
                               learn::Optimizer::bytes(optimizer_options, parameters.value_count()) +
                               tape.planned_bytes();

  std::vector<double> seconds;
  std::vector<double> processor;
  std::vector<double> losses;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    if (epoch == 1) tape.measure();  // the first pays for fresh memory
    const auto began = Clock::now();
    const double processor_began = processor_seconds();
    tape.forward({.step = epoch});
    tape.backward(loss);
    optimizer.step(context);
    losses.push_back(static_cast<double>(tape.scalar(loss)));
    if (epoch == 0) continue;
    seconds.push_back(since(began));
    processor.push_back(processor_seconds() - processor_began);
  }
  const std::uint64_t peak = recent_peak_bytes();
  const double bandwidth = copy_bandwidth(context);
  const double rate = product_rate(context);
  std::string operations;
  const CsrView word_view = words.view();
  for (const auto& [name, share] :
       shares(tape, parameters, epochs - 1, messages.matrix(), sparse ? &word_view : nullptr)) {
    operations += (operations.empty() ? "\"" : ", \"") + name + "\": {\"seconds\": " + format_number(share.seconds) +
                  ", \"bytes\": " + format_number(share.bytes) +
                  ", \"operations\": " + format_number(share.operations) + "}";
  }
  std::cout << "{\"seconds\": " << list(seconds) << ", \"processor_seconds\": " << list(processor)
            << ", \"losses\": " << list(losses) << ", \"stated_bytes\": " << stated << ", \"peak_bytes\": " << peak
            << ", \"tape_bytes\": " << tape.planned_bytes() << ", \"copy_bandwidth\": " << format_number(bandwidth)
            << ", \"product_rate\": " << format_number(rate) << ", \"operations\": {" << operations << "}}\n";
}

void sample(const std::string& folder, std::size_t batch, int threads, const std::string& fan_out_text) {
  RunContext context = context_of(threads);
  std::vector<std::size_t> fan_outs;
  for (const char* at = fan_out_text.data(); at < fan_out_text.data() + fan_out_text.size(); ++at) {
    std::size_t fan_out = 0;
    at = std::from_chars(at, fan_out_text.data() + fan_out_text.size(), fan_out).ptr;
    fan_outs.push_back(fan_out);
  }
  const Graph graph = peers::graph_of(context, peers::read_graph(folder), false);
  gnn::NeighborSampler sampler(context, graph.view().out(), gnn::MessageForm::mean, fan_outs);
  std::vector<NodeId> targets(batch);
  std::vector<double> seconds;
  std::vector<double> processor;
  std::size_t nodes = 0;
  std::size_t entries = 0;
  for (int round = 0; round < 3; ++round) {
    nodes = 0;
    entries = 0;
    const auto began = Clock::now();
    const double processor_began = processor_seconds();
    for (std::size_t begin = 0; begin < graph.view().node_count(); begin += batch) {
      targets.resize(std::min(batch, graph.view().node_count() - begin));
      for (std::size_t i = 0; i < targets.size(); ++i) targets[i] = node_id(begin + i);
      const gnn::NeighborSample drawn = sampler.sample(context, targets, static_cast<std::uint64_t>(round));
      nodes += drawn.nodes.size();
      entries += drawn.blocks.front().matrix().nonzero_count();
    }
    seconds.push_back(since(began));
    processor.push_back(processor_seconds() - processor_began);
  }
  std::cout << "{\"seconds\": " << list(seconds) << ", \"processor_seconds\": " << list(processor)
            << ", \"nodes\": " << nodes << ", \"entries\": " << entries << ", \"peak_bytes\": " << peak_resident_bytes()
            << "}\n";
}

void run(std::span<char* const> arguments) {
  if (arguments.size() < 5)
    throw InvalidOption("usage: bench_gnn FOLDER train|sample COUNT THREADS dense|FAN_OUTS ...");
  const std::string task = arguments[1];
  const auto count = static_cast<std::size_t>(std::stoul(arguments[2]));
  const int threads = std::stoi(arguments[3]);
  if (task == "train") {
    train(arguments[0], count, threads, arguments[4] == std::string_view("sparse"), arguments.subspan(5));
  } else {
    sample(arguments[0], count, threads, arguments[4]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
