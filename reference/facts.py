"""The true figures of the lab, computed, as ``grader reference`` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reference.lab.linear_regression import START, gradient, loss, optimum
from reference.lab.network import LAB_NETWORK, layer_counts
from reference.lab.training_path import trajectory
from reference.plausibility.plausible_figures import Band, bands, judge


def facts() -> Mapping[str, Any]:
    """Gradient, path of training, parameter counts and plausible accuracies, by name."""
    counts = layer_counts(LAB_NETWORK)
    best = optimum()
    return {
        "first gradient (intercept, slope)": [round(float(part), 4) for part in gradient(START)],
        "training, press by press": [
            {
                "press": number,
                "loss before": round(float(press.loss_before), 6),
                "loss after": round(float(press.loss_after), 6),
                "intercept": round(float(press.parameters[0]), 6),
                "slope": round(float(press.parameters[1]), 6),
            }
            for number, press in enumerate(trajectory(5), start=1)
        ],
        "least squares": {"intercept": best[0], "slope": best[1], "loss": float(loss(best))},
        "parameters by layer": {
            f"{i}: {type(line.layer).__name__}": line.parameters for i, line in enumerate(counts)
        },
        "parameters in all": sum(line.parameters for line in counts),
        "plausible training accuracy": _as_facts(bands()),
        "the same, as Keras 3.0 to 3.10 print it": _as_facts(judge().printed_bands()),
    }


def _as_facts(found: Sequence[Band]) -> dict[int, dict[str, float]]:
    return {
        band.batch: {
            "low": round(band.low, 4),
            "median": round(band.median, 4),
            "high": round(band.high, 4),
        }
        for band in found
    }
