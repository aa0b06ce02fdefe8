"""The Jupyter kernel of a child: ipykernel as it is, with what the grader adds before the first cell.

Added are Colab's ways made harmless, the data of every figure that is drawn, a way to report values, an end to
tracebacks of thousands of frames, and that what libraries write past Python is heard to its end.
All of it lives where the student's code is in control: what comes out is a claim, not evidence.
"""

from __future__ import annotations

import json
import os
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from grader.execution.child import colab, deep_traces, drawing, late_output, without_namespaces
from grader.execution.shared import plain_values
from grader.execution.shared.wire import CLAIM_FUNCTION, CLAIM_TYPE, FIGURE_TYPE


def run(
    connection: Mapping[str, Any], listening: Callable[[], None] = lambda: None, *, namespaces: bool = True
) -> NoReturn:
    """Serves a kernel on `connection` until the process ends; calls `listening` when its sockets are up."""
    app = make_app(connection, namespaces=namespaces)
    listening()
    app.start()
    os._exit(0)


def make_app(connection: Mapping[str, Any], *, namespaces: bool = True) -> Any:
    """A kernel application that listens on `connection`, ready to start. Needs ipykernel, imported late."""
    from ipykernel import ipkernel  # noqa: PLC0415 - heavy, and only in a child
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - as above
    from traitlets.config import Config  # noqa: PLC0415 - as above

    class KernelApp(IPKernelApp):
        """A kernel told its sockets and its settings by its parent: it reads no command line, and no file of settings or connections."""

        def parse_command_line(self, *_: Any, **__: Any) -> None:
            return  # making its parser takes longer than making the shell

        def load_config_file(self, *_: Any, **__: Any) -> None:
            return

        def init_connection_file(self) -> None:
            self.load_connection_info(connection)  # type: ignore[arg-type]  # jupyter_client's TypedDict

        def write_connection_file(self, **_: Any) -> None:
            return

        def cleanup_connection_file(self) -> None:
            return

    settings = Config({"HistoryManager": {"enabled": False}, "Application": {"log_level": "CRITICAL"}})
    app = KernelApp.instance(config=settings)
    # The kernel looks up the files of all modules for a debugger that it does not have: TensorFlow has thousands, which took a fifth
    # of all that a start takes.
    names = vars(ipkernel)
    seen, names["sys"] = sys, types.SimpleNamespace(**{**vars(sys), "modules": {}})
    try:
        app.initialize([])  # type: ignore[no-untyped-call]  # ipykernel has no types here
    finally:
        names["sys"] = seen
    if not namespaces:
        without_namespaces.adapt(app.shell)
    prepare_shell(app.shell)
    return app


def prepare_shell(shell: Any) -> None:
    """Adds to an IPython shell what this module's description names."""
    from IPython.core.formatters import JSONFormatter  # noqa: PLC0415 - heavy, and only in a child
    from traitlets import Unicode  # noqa: PLC0415 - as above

    class FigureFormatter(JSONFormatter):
        """Shows a matplotlib figure as data, beside its picture."""

        format_type = Unicode(FIGURE_TYPE)

        def __call__(self, shown: Any) -> dict[str, Any] | None:
            # Not by type: choosing a picture format takes Figure out of every formatter's table.
            figures = sys.modules.get("matplotlib.figure")
            if figures is None or not isinstance(shown, figures.Figure):
                return None
            try:
                return drawing.describe(shown)
            except Exception:
                return None  # an unusual artist: the picture is there still

    formatter = FigureFormatter(parent=shell.display_formatter)
    shell.display_formatter.formatters[FIGURE_TYPE] = formatter

    def claim(expressions: Mapping[str, str]) -> None:
        found = {}
        for name, expression in expressions.items():
            try:
                # The child evaluates its own student's names: nothing here is ours to protect.
                found[name] = plain_values.plain(eval(expression, shell.user_ns))  # noqa: S307
            except Exception as problem:
                found[name] = {"error": type(problem).__name__}
        shell.display_pub.publish({CLAIM_TYPE: json.dumps(found)})

    setattr(shell, CLAIM_FUNCTION, claim)
    deep_traces.install(shell)
    late_output.install(shell)
    colab.make_harmless(shell, sys.modules)
