"""What is drawn: two curves in some arrangement, wrong ones, and what else stands in such reports."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

SIZES: Final = (1, 10, 100, 1000, 60000)
STYLES: Final = (
    "default", "default", "default", "ggplot", "seaborn-v0_8-whitegrid", "seaborn-v0_8-darkgrid", "dark_background",
    "grayscale", "bmh", "fivethirtyeight", "Solarize_Light2", "xkcd",
)  # fmt: skip
RIGHT: Final = ("twin", "beside", "above", "two figures", "one axis", "bars")
WRONG: Final = (
    "other run",
    "reversed",
    "only time",
    "only accuracy",
    "epochs",
    "ratio",
    "confusion",
    "regression",
    "pictures",
)
WORDS: Final = {
    "en": ("Batch size", "Training time (s)", "Training accuracy", "Time and accuracy by batch size"),
    "sv": ("Batchstorlek", "Träningstid (s)", "Noggrannhet", "Tid och noggrannhet per batchstorlek"),
    "": ("", "", "", ""),
}


class Look(NamedTuple):
    """How it is drawn. `wrong` is empty for a right plot; `arrangement` is one of `RIGHT`."""

    arrangement: str
    wrong: str
    style: str
    x: str  # log, index, names, linear
    y: str  # linear, log
    marker: str
    line: str
    words: str
    pixels: int
    times: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def clean(self) -> bool:
        """Whether a person sees every one of the ten points."""
        told = self.x != "linear" and self.style != "xkcd" and self.pixels >= 400
        return told and self.arrangement != "one axis" and not self.wrong


def table(chance: random.Random) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Figures as training gives them."""
    first = chance.uniform(100, 210)
    times = (
        first,
        first / chance.uniform(6, 10),
        chance.uniform(2.6, 5.4),
        chance.uniform(1, 2.4),
        chance.uniform(0.8, 4.2),
    )
    shares = (
        chance.uniform(0.80, 0.845), chance.uniform(0.822, 0.846), chance.uniform(0.81, 0.822),
        chance.uniform(0.70, 0.735), chance.uniform(0.06, 0.13),
    )  # fmt: skip
    digits = chance.choice((0, 0, 1, 2))
    return tuple(float(round(value, digits)) for value in times), tuple(round(value, 4) for value in shares)


def look(chance: random.Random, wrong: str = "", words: str | None = None) -> Look:
    """A way to draw it."""
    times, shares = table(chance)
    arrangement = chance.choice(RIGHT)
    return Look(
        arrangement=arrangement,
        wrong=wrong,
        style=chance.choice(STYLES),
        x=chance.choice(("log", "log", "index", "names", "linear")) if arrangement != "bars" else "names",
        y=chance.choice(("linear", "linear", "log")) if arrangement != "bars" else "linear",
        marker=chance.choice(("", "", "o", "o", "s", "x", "^")),
        line=chance.choice(("-", "-", "-", "--", "-.", ":")),
        words=chance.choice(("en", "en", "sv")) if words is None else words,
        pixels=chance.choice((260, 400, 560, 640, 640, 800, 1000, 1400)),
        times=times,
        shares=shares,
    )


def figures(one: Look, chance: random.Random) -> list[Figure]:
    """The drawn figures; close them after use."""
    with ExitStack() as stack:
        stack.enter_context(
            plt.rc_context(
                {"font.size": chance.choice((9, 10, 12)), "svg.fonttype": chance.choice(("path", "none"))}
            )
        )
        stack.enter_context(plt.xkcd() if one.style == "xkcd" else plt.style.context(one.style))
        return _DRAWN[one.wrong](one, chance)


def _two_curves(one: Look, chance: random.Random) -> list[Figure]:
    times, shares = one.times, one.shares
    if one.wrong == "other run":
        times = tuple(value * factor for value, factor in zip(times, (0.5, 2.2, 4.0, 6.0, 3.0), strict=True))
        shares = (chance.uniform(0.4, 0.6), 0.71, 0.9, 0.93, chance.uniform(0.5, 0.7))
    if one.wrong == "reversed":
        times, shares = times[::-1], shares[::-1]
    return _arranged(one, times, shares)


def _arranged(one: Look, times: Sequence[float], shares: Sequence[float]) -> list[Figure]:
    across, up, right, title = WORDS[one.words]
    colour = "C1"
    match one.arrangement:
        case "twin":
            figure, axes = plt.subplots(layout="constrained")
            _series(axes, one, times, "C0", up)
            other = axes.twinx()
            _series(other, one, shares, colour, right, log=False)
            axes.set(xlabel=across, ylabel=up, title=title)
            other.set_ylabel(right, color=colour)
            if one.words and len(title) % 2:
                axes.legend(loc="upper right")
            return [figure]
        case "two figures":
            found = []
            for values, name, log in ((times, up, True), (shares, right, False)):
                figure, axes = plt.subplots(layout="constrained")
                _series(axes, one, values, "C0", name, log=log)
                axes.set(xlabel=across, ylabel=name)
                found.append(figure)
            return found
        case "one axis":
            figure, axes = plt.subplots(layout="constrained")
            _series(axes, one, times, "C0", up)
            _series(axes, one, [100 * share for share in shares], colour, right)
            axes.set(xlabel=across, title=title)
            if one.words:
                axes.legend()
            return [figure]
        case _:
            rows = (1, 2) if one.arrangement == "beside" else (2, 1)
            figure, both = plt.subplots(
                *rows, layout="constrained", figsize=(9, 4) if rows[0] == 1 else (6, 7)
            )
            for axes, values, name, log in zip(
                both, (times, shares), (up, right), (True, False), strict=True
            ):
                _series(axes, one, values, "C0" if len(name) % 2 else colour, name, log=log)
                axes.set(xlabel=across, ylabel=name)
            return [figure]


def _series(
    axes: Any, one: Look, values: Sequence[float], colour: str, name: str, *, log: bool = True
) -> None:
    places: Sequence[Any] = SIZES
    if one.x == "index":
        places = range(1, 6)
    if one.x == "names":
        places = [str(size) for size in SIZES]
    if one.arrangement == "bars":
        axes.bar(places, values, color=colour, label=name)
        return
    axes.plot(places, values, color=colour, marker=one.marker or None, linestyle=one.line, label=name or None)
    if one.x == "log":
        axes.set_xscale("log")
    if one.y == "log" and log:
        axes.set_yscale("log")
    if one.x == "index":
        axes.set_xticks(range(1, 6), [str(size) for size in SIZES])


def _one_curve(one: Look, chance: random.Random) -> list[Figure]:
    del chance
    across, up, right, _ = WORDS[one.words]
    values, name = (one.times, up) if one.wrong == "only time" else (one.shares, right)
    figure, axes = plt.subplots(layout="constrained")
    _series(axes, one._replace(arrangement="twin"), values, "C0", name)
    axes.set(xlabel=across, ylabel=name)
    return [figure]


def _epochs(one: Look, chance: random.Random) -> list[Figure]:
    figure, both = plt.subplots(1, 2, layout="constrained", figsize=(9, 4))
    runs = range(1, chance.choice((5, 8, 10)) + 1)
    for axes, name, values in zip(
        both,
        ("Accuracy", "Time per epoch (s)"),
        ([0.9 - 0.1 / at for at in runs], [3 + chance.random() for _ in runs]),
        strict=True,
    ):
        axes.plot(runs, values, marker=one.marker or None)
        axes.set(xlabel="Epoch", ylabel=name)
    return [figure]


def _ratio(one: Look, chance: random.Random) -> list[Figure]:
    del chance
    figure, axes = plt.subplots(layout="constrained")
    values = [share / time for share, time in zip(one.shares, one.times, strict=True)]
    _series(axes, one._replace(arrangement="twin"), values, "C0", "accuracy per second")
    axes.set(xlabel="Batch size", ylabel="Accuracy / time")
    return [figure]


def _confusion(one: Look, chance: random.Random) -> list[Figure]:
    del one
    figure, axes = plt.subplots(layout="constrained")
    axes.imshow([[chance.random() for _ in range(10)] for _ in range(10)])
    axes.set(xlabel="Predicted", ylabel="True", title="Accuracy by class")
    return [figure]


def _regression(one: Look, chance: random.Random) -> list[Figure]:
    del one, chance
    figure, axes = plt.subplots(layout="constrained")
    axes.plot(
        [2.02, 0.19, 2.9, 1.02, 0.35, 4.39, 0.15], [27.07, 19.91, 26.18, 23.48, 19.22, 32.51, 20.11], "bo"
    )
    axes.plot([0, 5], [19.6, 34.4], "r")
    return [figure]


def _pictures(one: Look, chance: random.Random) -> list[Figure]:
    del one
    figure, grid = plt.subplots(5, 5, figsize=(6, 6))
    for axes in grid.flat:
        axes.imshow([[chance.random() for _ in range(8)] for _ in range(8)], cmap="binary")
        axes.set(xticks=(), yticks=(), xlabel=chance.choice(("Coat", "Bag", "Sandal", "Shirt")))
    return [figure]


_DRAWN: Final[dict[str, Callable[[Look, random.Random], list[Figure]]]] = {
    "": _two_curves,
    "other run": _two_curves,
    "reversed": _two_curves,
    "only time": _one_curve,
    "only accuracy": _one_curve,
    "epochs": _epochs,
    "ratio": _ratio,
    "confusion": _confusion,
    "regression": _regression,
    "pictures": _pictures,
}
