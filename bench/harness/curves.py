"""ROC and precision-recall curves of scored pairs, as adjoin writes them: points at every score, thinned to what a picture shows."""
import itertools

MOST_POINTS = 201


def thinned(points):
    """About evenly along the curve's first coordinate, both ends kept."""
    if len(points) <= MOST_POINTS:
        return points
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(index * step)] for index in range(MOST_POINTS)]


def curves_of(values, labels):
    """{"roc": [[false positive rate, true positive rate], ...], "precision_recall": [[recall, precision], ...]}"""
    positives, negatives = labels.count(1), labels.count(0)
    if positives == 0 or negatives == 0:
        return {"roc": [], "precision_recall": []}
    roc, precision_recall = [[0.0, 0.0]], []
    true = false = 0
    ranked = sorted(zip(values, labels), reverse=True)
    for _, tied in itertools.groupby(ranked, key=lambda pair: pair[0]):
        tied = [label for _, label in tied]
        true += tied.count(1)
        false += tied.count(0)
        roc.append([round(false / negatives, 6), round(true / positives, 6)])
        precision_recall.append([round(true / positives, 6), round(true / (true + false), 6)])
    return {"roc": thinned(roc), "precision_recall": thinned(precision_recall)}
