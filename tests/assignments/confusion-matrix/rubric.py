"""The one check of this assignment that needs code: the student's own function, against the definition."""

from random import Random

from grader.checks.toolkit import probe


def matrices(seed: int) -> list[int]:
    """True positives and false negatives of a made-up matrix."""
    chance = Random(seed)
    return [chance.randint(1, 200), chance.randint(1, 200)]


recall = probe("recall", inputs=matrices, expected=lambda tp, fn: tp / (tp + fn))
