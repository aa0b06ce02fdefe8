"""Ten figures and a way to write them, drawn at random: language, decimal sign, units, spellings of the sizes."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

SIZES: Final = (1, 10, 100, 1000, 60000)


class Way(NamedTuple):
    """How figures are written: language, decimal sign, units, the sizes' spelling, and what stands besides."""

    language: str
    comma: bool
    per_cent: bool
    time: str  # "s", "bare", "seconds", "clock", "m s", "ms", "min"
    sizes: str  # "plain", "space", "comma", "dot", "k", "power", "full", "words"
    accuracy_first: bool
    besides: tuple[str, ...]
    heading: int
    seed: int


class Rendered(NamedTuple):
    """A report's answer as text of a format."""

    format: str
    text: str


class Ten(NamedTuple):
    """The figures: seconds and accuracy by size, both as they will be written."""

    seconds: tuple[float, ...]
    shares: tuple[float, ...]


def drawn_ten(draw: random.Random) -> Ten:
    """Figures such as training gives, now and then with decimals."""
    digits = draw.choice([0, 0, 0, 1, 2])
    first = draw.uniform(61, 260)
    times = [first, draw.uniform(12, 40), draw.uniform(2.2, 9), draw.uniform(1, 3.4), draw.uniform(0.6, 4.4)]
    shares = [
        draw.uniform(0.80, 0.84),
        draw.uniform(0.82, 0.85),
        draw.uniform(0.81, 0.83),
        draw.uniform(0.70, 0.74),
        draw.uniform(0.06, 0.13),
    ]
    written = draw.choice([3, 4, 4, 4])
    return Ten(
        tuple(max(1.0, round(time, digits)) if not digits else round(time, digits) for time in times),
        tuple(round(share, written) for share in shares),
    )


def drawn_way(draw: random.Random) -> Way:
    """One way of writing, each of its parts drawn for itself."""
    besides = [name for name in ("loss", "test", "rate", "steps", "run") if draw.random() < 0.18]
    return Way(
        language=draw.choice(["en", "en", "sv"]),
        comma=draw.random() < 0.3,
        per_cent=draw.random() < 0.45,
        time=draw.choice(["s", "s", " s", "bare", "bare", "seconds", "clock", "m s", "ms", "min"]),
        sizes=draw.choice(
            ["plain", "plain", "plain", "space", "comma", "dot", "k", "power", "full", "words"]
        ),
        accuracy_first=draw.random() < 0.3,
        besides=tuple(besides),
        heading=draw.randrange(6),
        seed=draw.randrange(1 << 30),
    )


def size_written(size: int, way: Way) -> str:
    """A batch size in the way's spelling."""
    if way.sizes == "full":
        return ("full batch" if way.language == "en" else "hela datasetet") if size == 60000 else str(size)
    if way.sizes == "words":
        words = {
            "en": ("one", "ten", "one hundred", "one thousand", "sixty thousand"),
            "sv": ("ett", "tio", "hundra", "tusen", "sextiotusen"),
        }
        return words[way.language][SIZES.index(size)]
    if size < 1000 and way.sizes != "power":
        return str(size)
    grouped = f"{str(size)[:-3]}%s{str(size)[-3:]}"
    return {
        "space": grouped % " ",
        "comma": grouped % ",",
        "dot": grouped % ".",
        "k": f"{size // 1000}k",
        "power": {1: "10^0", 10: "10^1", 100: "10^2", 1000: "10^3", 60000: "6*10^4"}[size],
    }.get(way.sizes, str(size))


def signed(text: str, way: Way) -> str:
    """A number with the decimal sign of the way."""
    return text.replace(".", ",") if way.comma else text


def plain(value: float) -> str:
    """A number without what means nothing at its end."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def time_written(seconds: float, way: Way, *, headed: bool = False) -> str:
    """A time in the way's unit; `headed`: the heading gives the unit."""
    if way.time in {"clock", "m s"} and seconds == int(seconds) and seconds >= 60:
        minutes, rest = divmod(int(seconds), 60)
        return f"{minutes}:{rest:02d}" if way.time == "clock" else f"{minutes} min {rest} s"
    if way.time == "clock" and seconds == int(seconds):
        return f"0:{int(seconds):02d}"
    if way.time == "ms":
        return f"{plain(round(seconds * 1000, 3))}" + ("" if headed else " ms")
    if way.time == "min" and headed:
        return signed(plain(round(seconds / 60, 6)), way)
    number = signed(plain(seconds), way)
    if headed:
        return number
    return number + {"s": "s", "seconds": " seconds" if way.language == "en" else " sekunder"}.get(
        way.time, " s"
    )


def share_written(share: float, way: Way, *, headed: bool = False) -> str:
    """An accuracy as a fraction or in per cent."""
    if not way.per_cent:
        return signed(f"{share:.4f}" if round(share, 4) == share else plain(share), way)
    number = signed(plain(round(share * 100, 4)), way)
    return number if headed else f"{number}{'%' if way.heading % 2 else ' %'}"
