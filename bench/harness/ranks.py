"""Hits@K by mean ranks, where all positives share the negatives.

OGB's Hits@K counts positives above the K-th highest negative. Where many negatives have that score, it jumps from split to split
between 0 and what those positives make up; the mean of a positive's best and worst rank does not (Li et al. 2023 do the same).
"""
import bisect


def mean_hits(values, labels, k):
    """The share of positives whose rank, the mean of its bounds, is at most k."""
    negatives = sorted(value for value, label in zip(values, labels) if label == 0)
    hits = positives = 0
    for value, label in zip(values, labels):
        if label == 1:
            above = len(negatives) - bisect.bisect_right(negatives, value)
            equal = len(negatives) - bisect.bisect_left(negatives, value) - above
            positives += 1
            hits += 1 + above + equal / 2 <= k
    return hits / positives if positives else 0.0
