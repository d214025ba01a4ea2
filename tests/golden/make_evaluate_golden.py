#!/usr/bin/env python3
"""Writes evaluate/*.tsv: what scikit-learn makes of a small multi-label set and of scores of pairs, for tests/algorithms/evaluate.

Made with scikit-learn 1.9.1 and NumPy 2.x, in double precision, solvers run until their gradient is below 1e-10. Numbers of the
inputs have few decimals, so that they read back the same everywhere. Run: python3 make_evaluate_golden.py
"""
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, ndcg_score, precision_recall_curve, roc_auc_score, roc_curve

HERE = pathlib.Path(__file__).parent / "evaluate"
ROWS, COLUMNS, CLASSES = 90, 12, 5
PLACES = (1, 2, 3, 5, 10, 20, 50, 100, 200)


def write(name, rows):
    with open(HERE / f"{name}.tsv", "w", encoding="ascii") as file:
        for row in rows:
            file.write("\t".join(f"{value:.9g}" for value in np.atleast_1d(row)) + "\n")


def main():
    random = np.random.default_rng(7)
    x = np.round(random.normal(size=(ROWS, COLUMNS)) + 0.3, 3)
    noisy = x @ random.normal(size=(COLUMNS, CLASSES)) + 2 * random.normal(size=(ROWS, CLASSES))
    truth = noisy > np.diag(np.quantile(noisy, [0.6, 0.7, 0.4, 0.8, 0.9], axis=0))  # the later classes are rare
    truth[~truth.any(axis=1), 2] = True  # every row has a class
    write("features", x)
    write("labels", truth.astype(int))
    train, test = np.arange(60), np.arange(60, ROWS)
    for name, c, ones in (("free", 1.0, False), ("none", 0.1, False), ("penalized", 10.0, True)):
        features = np.hstack([x, np.ones((ROWS, 1))]) if ones else x
        rows = []
        for k in range(CLASSES):
            model = LogisticRegression(C=c, fit_intercept=name == "free", tol=1e-10, max_iter=100_000)
            model.fit(features[train], truth[train, k])
            rows.append(model.coef_[0] if ones else np.append(model.coef_[0], model.intercept_))
        write(f"coefficients_{name}", rows)
        scores = x[test] @ np.array(rows)[:, :COLUMNS].T + np.array(rows)[:, COLUMNS]
        ranks = (-scores).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        predicted = (ranks < truth[test].sum(axis=1)[:, None]).astype(int)
        write(f"predicted_{name}", predicted)
        write(f"f1_{name}", [[f1_score(truth[test], predicted, average=mean, zero_division=0) for mean in ("micro", "macro")]])
    numbers = random.integers(0, 6, size=(2, 50))
    numbers[numbers == 4] = 3  # a class that never is
    means = [f1_score(numbers[0], numbers[1], average=mean) for mean in ("micro", "macro")]
    write("multiclass", [*numbers, np.array(means)])
    scores = np.round(random.normal(size=80), 1)  # many ties
    positive = random.random(80) < 0.3
    write("auc", [positive.astype(int), scores, np.array([roc_auc_score(positive, scores)])])
    ranking(random)


def ranking(random):
    """Labels and scores; then [AUC, AP]; NDCG@K, Hits@K, each at PLACES; MRR by the mean, the best and the worst place of ties. Hits and
    MRR are OGB's definitions, written down here: ogb itself needs PyTorch."""
    for name, decimals in (("ties", 1), ("distinct", 6)):
        scores = np.round(random.normal(size=120), decimals)
        positive = random.random(120) < 0.25 + 0.3 * (scores > 0.5)
        assert name == "ties" or len(set(scores)) == 120
        above = (scores[~positive] > scores[positive][:, None]).sum(axis=1)
        at_least = (scores[~positive] >= scores[positive][:, None]).sum(axis=1)
        from_best = -np.sort(-scores[~positive])
        write(f"ranking_{name}", [
            positive.astype(int), scores,
            np.array([roc_auc_score(positive, scores), average_precision_score(positive, scores)]),
            np.array([ndcg_score([positive.astype(int)], [scores], k=k) for k in PLACES]),
            np.array([(scores[positive] > from_best[k - 1]).mean() if k <= len(from_best) else 1.0 for k in PLACES]),
            np.array([(1 / rank).mean() for rank in ((above + at_least) / 2 + 1, above + 1, at_least + 1)])])
        curves(name, positive, scores)


def curves(name, positive, scores):
    """The points of the ROC curve, x and y; recall and precision at each threshold that finds another positive, and the highest."""
    fall_out, recall, _ = roc_curve(positive, scores, drop_intermediate=False)
    precision, found, _ = precision_recall_curve(positive, scores)
    precision, found = precision[-2::-1], found[-2::-1]  # the highest threshold first, without the point (0, 1)
    more = np.concatenate([[True], np.diff(found) > 0])
    write(f"curves_{name}", [fall_out, recall, found[more], precision[more]])


if __name__ == "__main__":
    main()
