"""The plan of a calibration: which chains of epochs are trained, with which library, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Value
from reference.calibration.training import Job
from reference.lab.batch_sizes import BATCH_SIZES

DEFAULT_SEEDS = 32


class Share(Value, frozen=True):
    """How often a chain of epochs is trained: once for every `per` seeds, at least once."""

    variant: str
    batches: tuple[int, ...]
    per: float


# Batch size 1 takes as long as all others together many times over, so it gets fewer seeds. Order is
# importance: within a round the honest runs of the lab come first.
SHARES: tuple[Share, ...] = (
    *(Share("lab", (batch,), 1) for batch in (60000, 1000, 100, 10)),
    Share("lab", (1,), 5),
    *(Share("graph", (batch,), 2) for batch in (60000, 1000, 100, 10)),
    Share("graph", (1,), 10),
    *(Share(name, (batch,), 4) for name in ("keras2", "keras3") for batch in (60000, 1000, 100, 10)),
    Share("keras3", (1,), 20),
    # Not reset: the table's order, the table upside down, and the same size again (a second epoch).
    Share("lab", (10, 100, 1000, 60000), 5),
    Share("lab", (60000, 1000, 100, 10), 5),
    *(Share("lab", (batch, batch), 5) for batch in (60000, 1000, 100, 10)),
    Share("lab", (100, 10, 100, 1000, 60000), 10),
    Share("lab", (1, 10, 100, 1000, 60000), 20),
    Share("lab", (1, 1), 40),
    # Another network, other data.
    *(
        Share(name, (batch,), 5)
        for name in ("digits", "linear", "sigmoid", "unscaled")
        for batch in (60000, 1000, 100, 10)
    ),
    *(Share("cnn", (batch,), 10) for batch in (60000, 1000, 100, 10)),
    # New kinds go last: the seeds of a kind come from its place.
    *(Share("lab", (batch,) * 5, 13) for batch in (60000, 1000, 100, 10)),
    *(Share("lab", pair, 10) for pair in ((10, 100), (100, 10), (100, 1000), (1000, 100), (1000, 60000))),
    Share("lab", (100, 1), 20),
    # The releases of Keras 3 that students have had, and what each library prints.
    *(Share("keras3.5", (batch,), 2) for batch in (60000, 1000, 100, 10)),
    *(
        Share(name, (batch,), 4)
        for name in ("keras3.8", "keras3.10", "keras3.13")
        for batch in (60000, 1000, 100, 10)
    ),
    Share("keras3.5", (1,), 10),
    *(Share(name, (1,), 16) for name in ("keras3.8", "keras3.10")),
    Share("keras3.13", (1,), 32),
    *(Share(name, (batch,), 16) for name in ("lab", "keras3") for batch in (1000, 100, 10)),
    *(Share("keras3.5", (batch, batch), 8) for batch in (60000, 1000, 100, 10)),
    Share("keras3.5", (10, 100, 1000, 60000), 8),
    Share("keras3.5", (60000, 1000, 100, 10), 8),
    *(Share("lab", (batch,) * 10, 16) for batch in (60000, 1000, 100, 10)),
    *(Share(name, (60000,), 16) for name in ("lab", "keras3")),
    *(Share(name, (1,), 32) for name in ("lab", "keras3")),
)


def plan(seeds: int = DEFAULT_SEEDS, batch_sizes: Sequence[int] = BATCH_SIZES) -> tuple[tuple[Job, ...], ...]:
    """The jobs, round by round; the first round has every kind once. Only chains of `batch_sizes` are kept.

    Every kind of job draws its own seeds, so that no two rows of a table share their start values.
    """
    rounds: list[list[Job]] = [[] for _ in range(seeds)]
    wanted = set(batch_sizes)
    for kind, share in enumerate(SHARES):
        if not wanted.issuperset(share.batches):
            continue
        count = max(1, round(seeds / share.per))
        for turn in range(count):
            rounds[turn * seeds // count].append(Job(share.variant, share.batches, 1000 * kind + turn + 1))
    return tuple(tuple(jobs) for jobs in rounds)
