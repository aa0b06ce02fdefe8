"""Options that stand on more than one command, with the same name and meaning on each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.execution.shared.limits import COMMAND_SECONDS, Limits
from grader.translations import LANGUAGES

if TYPE_CHECKING:
    from grader.documents.given.edition import Edition
    from grader.lateness import Deadline

F = TypeVar("F", bound=Callable[..., Any])


class Memory(click.ParamType[int]):
    """An amount of memory: ``3072`` (megabytes), ``3GB``, ``512M``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Megabytes."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([mg]?)i?b?\s*", str(value), re.I)
        megabytes = float(match[1]) * (1024 if match[2].lower() == "g" else 1) if match else 0
        if megabytes < 256:  # below that TensorFlow does not start
            self.fail(
                f"{value!r} is no amount of memory of at least 256 MB; write 3072, 3GB or 512M", param, ctx
            )
        return int(megabytes)


class Words(click.ParamType[str]):
    """Words as they were typed, also where the terminal's own encoding knows fewer signs than UTF-8."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, without anything that is no text."""
        del param, ctx
        return os.fsencode(str(value)).decode("utf-8", "replace").replace("\0", "")


class Limit(click.ParamType[tuple[str, float]]):
    """One of the limits of a notebook's run, by its name in docs/execution.md: ``processes=64``."""

    name = "limit"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """The name and the number."""
        from grader.execution.shared.limits import Limits  # noqa: PLC0415 - only where a limit is given

        name, _, text = str(value).partition("=")
        known = Limits.__struct_fields__
        if name not in known:
            self.fail(f"{name!r} is no limit; there are {', '.join(known)}", param, ctx)
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if not 0 < number < 1e9:
            self.fail(
                f"{value!r}: write a number above 0, as in {name}={getattr(Limits(), name):g}", param, ctx
            )
        return name, number


class DeadlineParam(click.ParamType["Deadline"]):
    """A deadline with its time zone."""

    name = "deadline"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Deadline:
        """The moment."""
        from grader.errors import DeadlineError  # noqa: PLC0415 - only where one is given
        from grader.lateness import Deadline, read_deadline  # noqa: PLC0415 - as above

        if isinstance(value, Deadline):
            return value
        try:
            return read_deadline(str(value))
        except DeadlineError as problem:
            self.fail(str(problem), param, ctx)


class Handout(click.ParamType["tuple[Edition, ...]"]):
    """What the course handed out: a notebook or a sheet, or the fingerprints of one."""

    name = "handout"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Edition, ...]:
        """Its editions."""
        from grader.documents.given.making import editions_in  # noqa: PLC0415 - as above
        from grader.errors import EditionError  # noqa: PLC0415 - only where one is given

        if isinstance(value, tuple):
            return value
        try:
            return editions_in(Path(value))
        except EditionError as problem:
            self.fail(str(problem), param, ctx)


def handout(function: F) -> F:
    """``--handout``."""
    return click.option(
        "--handout",
        "handouts",
        type=Handout(),
        multiple=True,
        metavar="FILE",
        help="What the course handed out this year, as it was handed out; it is never an answer. Repeatable.",
    )(function)


def assignment(function: F) -> F:
    """``--assignment``."""
    return click.option(
        "--assignment",
        metavar="NAME|PATH",
        help="Which assignment: an installed one's name, or its folder; not needed if there is only one.",
    )(function)


def jobs(function: F) -> F:
    """``--jobs``."""
    return click.option(
        "--jobs", type=click.IntRange(1, 256), metavar="N", help="How many at a time; one a core by default."
    )(function)


def cluster(function: F) -> F:
    """``--cluster`` and ``--cluster-settings``."""
    function = click.option(
        "--cluster-settings",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="GRADER_CLUSTER_SETTINGS",
        metavar="TOML",
        help="Certificates and SLURM's queue, memory and so on for --cluster; docs/cluster.md shows one.",
    )(function)
    return click.option(
        "--cluster",
        metavar="ADDRESS|slurm",
        help="Grade on a Dask cluster, tls://HOST:PORT of its scheduler, or as jobs of SLURM, instead of here.",
    )(function)


def roster(function: F) -> F:
    """``--roster``."""
    return click.option(
        "--roster",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="CSV",
        help="Students' ids and names.",
    )(function)


def deadline(function: F) -> F:
    """``--deadline``."""
    return click.option(
        "--deadline",
        type=DeadlineParam(),
        metavar="TIME",
        help="What is handed in later is late: 2026-11-20T23:59+01:00, or '2026-11-20 23:59 Europe/Stockholm'; "
        "without a zone, this computer's. The folder remembers it.",
    )(function)


def database(function: F) -> F:
    """``--database``."""
    return click.option(
        "--database",
        default="",
        metavar="URL",
        help="Keep the ledger in PostgreSQL (postgresql://user@host/name; GRADER_DATABASE stands for it). "
        "The folder remembers it, but for the password.",
    )(function)


def execution(function: F) -> F:
    """``--no-execute``, ``--timeout``, ``--memory``, ``--limit``, ``--dataset``, ``--wall``, ``--unsafe``."""
    for option in (
        click.option(
            "--unsafe",
            is_flag=True,
            help="Run notebooks even where they cannot be isolated. Only for notebooks you trust.",
        ),
        click.option(
            "--wall",
            type=click.Choice(["gvisor", "bubblewrap"]),
            help="Run each notebook behind this program's wall as well; every kernel then imports for itself.",
        ),
        click.option(
            "--dataset",
            type=click.Choice(["auto", "full", "sample"]),
            default="auto",
            show_default=True,
            help="Which data notebooks find.",
        ),
        click.option(
            "--limit",
            "limits",
            type=Limit(),
            multiple=True,
            metavar="NAME=VALUE",
            help="Another limit of one notebook, such as processes=64; docs/execution.md lists them.",
        ),
        click.option(
            "--memory",
            type=Memory(),
            default=Limits().memory_mb,
            show_default="3GB",
            metavar="SIZE",
            help="Memory of one notebook.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(5, 7200),
            default=COMMAND_SECONDS,
            show_default=True,
            metavar="SECONDS",
            help="Time of one notebook.",
        ),
        click.option("--no-execute", is_flag=True, help="Read notebooks, but do not run them."),
    ):
        function = option(function)
    return function


def language(function: F) -> F:
    """``--language``."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        help="The language of what is said; by default that of the report, as far as the assignment has it.",
    )(function)


def output(function: F) -> F:
    """``--quiet`` and ``--json``."""
    function = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")(function)
    return quiet(function)


def quiet(function: F) -> F:
    """``--quiet`` alone."""
    return click.option("--quiet", is_flag=True, help="Print errors only.")(function)
