// What is made small: each a 1 x 1 mean over rows or entries, summed in double.
//
// What a loss compares with (targets, signs, the teacher's logits) is taken as given: no gradient goes there.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// The mean over all entries of -t log s - (1 - t) log(1 - s), s = sigmoid(logit), without overflow. Targets in [0, 1],
/// of the shape of the logits.
template <class Real>
Tensor binary_cross_entropy(BasicTape<Real>& tape, Tensor logits, Tensor targets);

/// The mean over rows of -log softmax(row)[label]. labels: one for each row, below the number of columns (InvalidOption
/// when recorded); they outlive the recording and are read anew by every pass.
template <class Real>
Tensor cross_entropy(BasicTape<Real>& tape, Tensor logits, std::span<const std::uint32_t> labels);

/// The mean over entries of -log sigmoid(positive - negative) (Bayesian personalised ranking: Rendle et al. 2009,
/// section 4). Of one shape.
template <class Real>
Tensor bpr_loss(BasicTape<Real>& tape, Tensor positive, Tensor negative);

/// The mean over entries of max(0, margin - sign * (first - second)). signs: 1 where first should be larger, -1 where
/// second should, 0 where neither (the margin is the loss, then); all of one shape.
template <class Real>
Tensor margin_ranking_loss(BasicTape<Real>& tape, Tensor first, Tensor second, Tensor signs, double margin);

/// The mean over rows of KL(softmax(teacher / t) || softmax(student / t)) (Hinton, Vinyals, Dean 2015, section 2,
/// without the factor t^2; scale() gives it). temperature > 0 (InvalidOption).
template <class Real>
Tensor distillation_loss(BasicTape<Real>& tape, Tensor student, Tensor teacher, double temperature);

/// The mean over entries of (x - target)^2.
template <class Real>
Tensor mean_squared_error(BasicTape<Real>& tape, Tensor x, Tensor targets);

/// The mean over entries of max(0, 1 - sign * x). signs: 1 or -1.
template <class Real>
Tensor hinge_loss(BasicTape<Real>& tape, Tensor x, Tensor signs);

}  // namespace adjoin::learn
