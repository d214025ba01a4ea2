#include <algorithm>
#include <numeric>
#include <vector>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin {
namespace {

struct Counts {
  std::uint64_t right = 0;      // true positives
  std::uint64_t there = 0;      // true positives and false negatives
  std::uint64_t predicted = 0;  // true positives and false positives

  double f1() const {
    return there + predicted == 0 ? 0.0 : 2.0 * static_cast<double>(right) / static_cast<double>(there + predicted);
  }
};

F1 scores_of(std::span<const Counts> classes, std::size_t classes_in_mean) {
  Counts all;
  F1 result;
  for (const Counts& counts : classes) {
    all.right += counts.right;
    all.there += counts.there;
    all.predicted += counts.predicted;
    result.macro += counts.f1();
  }
  result.micro = all.f1();
  result.macro = classes_in_mean == 0 ? 0.0 : result.macro / static_cast<double>(classes_in_mean);
  return result;
}

}  // namespace

F1 multilabel_f1(const CsrView& truth, const CsrView& predicted) {
  std::vector<Counts> classes(truth.column_count);
  for (const NodeId k : truth.targets) ++classes[index(k)].there;
  for (const NodeId k : predicted.targets) ++classes[index(k)].predicted;
  for (std::size_t i = 0; i < truth.row_count(); ++i) {
    const auto row = predicted.row_targets(i);
    for (const NodeId k : truth.row_targets(i)) {
      if (std::ranges::binary_search(row, k)) ++classes[index(k)].right;
    }
  }
  return scores_of(classes, classes.size());
}

F1 multiclass_f1(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> predicted,
                 std::size_t class_count) {
  std::vector<Counts> classes(class_count);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++classes[truth[i]].there;
    ++classes[predicted[i]].predicted;
    if (truth[i] == predicted[i]) ++classes[truth[i]].right;
  }
  const auto seen =
      std::ranges::count_if(classes, [](const Counts& counts) { return counts.there + counts.predicted > 0; });
  return scores_of(classes, static_cast<std::size_t>(seen));
}

Csr predict_given_counts(const Threads& threads, MatrixView<const float> scores, const CsrView& truth) {
  Csr result;
  result.column_count = truth.column_count;
  result.offsets = Array<EdgeOffset>(truth.offsets.size());
  std::ranges::copy(truth.offsets, result.offsets.begin());
  result.targets = Array<NodeId>(truth.nonzero_count());
  constexpr std::size_t rows_per_chunk = 512;
  threads.for_chunks(scores.rows(), rows_per_chunk, [&](Chunk rows) {
    std::vector<NodeId> order(scores.columns());
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const std::span<const float> row = scores.row(i);
      for (std::size_t k = 0; k < order.size(); ++k) order[k] = node_id(k);
      const auto middle = order.begin() + static_cast<std::ptrdiff_t>(truth.row_size(i));
      std::partial_sort(order.begin(), middle, order.end(), [&](NodeId a, NodeId b) {
        return row[index(a)] != row[index(b)] ? row[index(a)] > row[index(b)] : a < b;
      });
      std::sort(order.begin(), middle);
      std::copy(order.begin(), middle, result.targets.begin() + truth.row_begin(i));
    }
  });
  return result;
}

}  // namespace adjoin
