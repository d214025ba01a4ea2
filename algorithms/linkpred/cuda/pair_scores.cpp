#include <algorithm>
#include <cstddef>

#include <adjoin/algorithms/linkpred/cuda/pair_scores.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/runtime/want_of_room.hpp>
#include <adjoin/engine/sparse/cuda/intersect.hpp>

namespace adjoin::detail {
namespace {

/// Pairs for each multiprocessor that the device holds at once: enough to keep it busy, and few enough that the host
/// makes scores of some while it works on the next.
constexpr std::size_t pairs_of_multiprocessor = std::size_t{1} << 13;
constexpr std::size_t pairs_per_chunk = std::size_t{1} << 12;

// Pairs go to the device as they are.
static_assert(sizeof(Edge) == sizeof(RowPair) && offsetof(Edge, source) == offsetof(RowPair, first) &&
              offsetof(Edge, target) == offsetof(RowPair, second));

/// What the scores ask for beside the numbers of common neighbours.
struct Wanted {
  bool shares;  // sums of weights
  bool adamic_adar;
  bool resources;
};

Wanted wanted_by(std::span<const NeighborhoodScore> scores, bool use_weights) {
  const auto asks_for = [&](NeighborhoodScore score) { return std::ranges::find(scores, score) != scores.end(); };
  return {use_weights, asks_for(NeighborhoodScore::adamic_adar), asks_for(NeighborhoodScore::resource_allocation)};
}

/// One number a pair on the device, and its copy for the host; nothing of either where it is not wanted.
template <class Value>
class PairValues {
 public:
  PairValues(CudaContext& device, std::size_t pairs, bool is_wanted)
      : on_device_(device, is_wanted ? pairs : 0), on_host_(is_wanted ? pairs : 0) {}
  static std::uint64_t bytes(std::size_t pairs, bool is_wanted) { return is_wanted ? pairs * sizeof(Value) : 0; }

  Value* on_device() noexcept { return on_device_.data(); }
  void download(CudaContext& device, const Threads& threads, std::size_t count) {
    if (on_device_.empty()) return;
    const std::size_t bytes = count * sizeof(Value);
    device.download(threads, on_device_.data(), on_host_.data(), 1, bytes, bytes);
  }
  Value operator[](std::size_t pair) const noexcept { return on_host_.empty() ? Value{} : on_host_[pair]; }

 private:
  DeviceArray<Value> on_device_;
  Array<Value> on_host_;
};

std::uint64_t device_bytes(const CsrView& a, std::size_t pairs, const Wanted& wanted) {
  const std::uint64_t values = (wanted.adamic_adar ? a.row_count() : 0) + (wanted.resources ? a.row_count() : 0);
  return CudaCsr::bytes_of(a) + values * sizeof(float) + pairs * sizeof(RowPair) +
         PairValues<RowOverlap>::bytes(pairs, true) + PairValues<double>::bytes(pairs, wanted.shares) +
         PairValues<double>::bytes(pairs, wanted.adamic_adar) + PairValues<double>::bytes(pairs, wanted.resources);
}

/// What the device finds out of one run of pairs after the other.
class SharedOnDevice {
 public:
  SharedOnDevice(CudaContext& device, const Threads& threads, const CsrView& a, const NeighborhoodDegrees& degrees,
                 std::size_t pairs, const Wanted& wanted)
      : device_(device),
        threads_(threads),
        use_weights_(wanted.shares),
        graph_(device, threads, a),
        inverse_logs_(device, threads, wanted.adamic_adar ? degrees.inverse_logs() : std::span<const float>{}),
        inverses_(device, threads, wanted.resources ? degrees.inverses() : std::span<const float>{}),
        pairs_(device, pairs),
        overlaps_(device, pairs, true),
        shares_(device, pairs, wanted.shares),
        adamic_adar_(device, pairs, wanted.adamic_adar),
        resources_(device, pairs, wanted.resources) {}

  /// Asks for those of `pairs`; does not wait for them. What was found before must have been fetched.
  void begin(std::span<const Edge> pairs) {
    device_.upload(threads_, pairs.data(), pairs_.data(), 1, pairs.size_bytes(), pairs.size_bytes());
    OverlapSums<float> sums;
    sums.shares = shares_.on_device();
    sums.first_values = inverse_logs_.data();
    sums.first = adamic_adar_.on_device();
    sums.second_values = inverses_.data();
    sums.second = resources_.on_device();
    sums.use_weights = use_weights_;
    intersect_rows(device_, graph_, pairs_.data(), pairs.size(), overlaps_.on_device(), sums);
  }

  void fetch(std::size_t count) {
    overlaps_.download(device_, threads_, count);
    shares_.download(device_, threads_, count);
    adamic_adar_.download(device_, threads_, count);
    resources_.download(device_, threads_, count);
  }

  /// Of the pair in that place of those fetched last.
  SharedNeighbors operator[](std::size_t place) const noexcept {
    const RowOverlap overlap = overlaps_[place];
    SharedNeighbors shared;
    shared.count = use_weights_ ? shares_[place] : static_cast<double>(overlap.others);
    shared.overlap = static_cast<double>(overlap.all);
    shared.adamic_adar = adamic_adar_[place];
    shared.resources = resources_[place];
    return shared;
  }

 private:
  CudaContext& device_;
  const Threads& threads_;
  bool use_weights_;
  CudaCsr graph_;
  DeviceArray<float> inverse_logs_;
  DeviceArray<float> inverses_;
  DeviceArray<RowPair> pairs_;
  PairValues<RowOverlap> overlaps_;
  PairValues<double> shares_;
  PairValues<double> adamic_adar_;
  PairValues<double> resources_;
};

}  // namespace

bool score_pairs_on_cuda(RunContext& context, const CsrView& rows, const NeighborhoodDegrees& degrees,
                         std::span<const Edge> pairs, std::span<const NeighborhoodScore> scores, bool use_weights,
                         MatrixView<float> result) {
  CudaContext& device = CudaContext::of(context);
  const Wanted wanted = wanted_by(scores, use_weights);
  const CsrView a{rows.column_count, rows.offsets, rows.targets, use_weights ? rows.weights : std::span<const float>{}};
  const std::size_t most = pairs_of_multiprocessor * static_cast<std::size_t>(device.multiprocessors());
  const std::size_t at_once = std::min(most, pairs.size());
  if (device_bytes(a, at_once, wanted) > device.free_bytes()) {
    use_cpu_for_want_of_room(context, "what the scores ask of this graph", device.free_bytes());
    return false;
  }
  if (pairs.empty()) return true;
  SharedOnDevice shared(device, context.threads(), a, degrees, at_once, wanted);
  const auto degree = [&](NodeId node) {
    return use_weights ? degrees.degree(node) : static_cast<double>(rows.row_size(index(node)));
  };
  std::span<const Edge> turn = pairs.first(at_once);
  shared.begin(turn);
  for (std::size_t first = 0; first < pairs.size(); first += at_once) {
    shared.fetch(turn.size());
    const std::span<const Edge> fetched = turn;
    const std::span<const Edge> rest = pairs.subspan(first + turn.size());
    turn = rest.first(std::min(at_once, rest.size()));
    if (!turn.empty()) shared.begin(turn);
    context.for_chunks(fetched.size(), pairs_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        const auto [x, y] = fetched[i];
        const SharedNeighbors found = shared[i];
        const std::span<float> row = result.row(first + i);
        for (std::size_t k = 0; k < scores.size(); ++k) {
          row[k] = as_score(score_of(scores[k], found, degree(x), degree(y)));
        }
      }
    });
  }
  return true;
}

}  // namespace adjoin::detail
