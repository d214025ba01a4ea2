// F1 scores of predicted labels, and the labels that scores predict where the number of each row's labels is given.
//
// F1 of a class = 2 TP / (2 TP + FP + FN), 0 where nothing was there or predicted.  micro: of all classes' counts
// added; macro: the mean over classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/parallel.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

struct F1 {
  double micro = 0;
  double macro = 0;
};

/// Rows with any number of classes: both matrices are n x classes, without weights. The mean goes over all classes, as
/// scikit-learn has it for indicator matrices. O(entries).
F1 multilabel_f1(const CsrView& truth, const CsrView& predicted);

/// Rows with one class each, below class_count. The mean goes over the classes that are there or predicted, as
/// scikit-learn has it for class numbers. micro is the share of rows that are right.
F1 multiclass_f1(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> predicted,
                 std::size_t class_count);

/// For row i the classes with the row's highest scores, as many as truth has in row i: the protocol of DeepWalk
/// (Perozzi et al. 2014). Ties go to the lower class number. scores: n x classes. O(n * classes) time. The same for any
/// number of threads.
Csr predict_given_counts(const Threads& threads, MatrixView<const float> scores, const CsrView& truth);

}  // namespace adjoin
