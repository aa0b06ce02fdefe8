"""Google Colab's own ways, made harmless: without effect in the kernel. What is said of them: `notebook/colab_notes.py`."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, MutableMapping
from importlib import import_module
from typing import Any

_MAX_LINE = 1000  # characters of a line that are looked at
_SKIPPED_COMMAND = re.compile(
    r"\s{0,20}(?:sudo\s{1,20})?(?:pip3?|conda|mamba|apt|apt-get|uv|(?:\{sys\.executable\}|[\w./]{0,200}python[\d.]{0,6}) -m pip)\s"
)
_IDLE_MAGICS = ("tensorflow_version", "pip", "conda", "mamba", "uv", "tensorboard", "colab_reload")


def make_harmless(shell: Any, modules: MutableMapping[str, Any]) -> None:
    """Gives an IPython shell the magics and modules that Colab has, without effect."""
    for name in _IDLE_MAGICS:
        shell.register_magic_function(_do_nothing, "line_cell", name)
    shell.system = _unless_installing(shell.system)
    shell.getoutput = _unless_installing(shell.getoutput)
    try:
        package = import_module("google")  # a namespace package wherever protobuf is installed
    except ImportError:
        package = modules["google"] = types.ModuleType("google")
    colab = _Idle("google.colab")
    modules["google.colab"] = colab
    setattr(package, "colab", colab)  # noqa: B010 - a module's attribute that no type knows
    for name in ("auth", "data_table", "drive", "files", "output", "patches", "userdata", "widgets"):
        part = _Idle(f"google.colab.{name}")
        modules[part.__name__] = part
        setattr(colab, name, part)


def _do_nothing(_line: str = "", _cell: str = "") -> None:
    return


def _unless_installing(run: Callable[..., Any]) -> Callable[..., Any]:
    def system(command: str, *arguments: Any, **options: Any) -> Any:
        if _SKIPPED_COMMAND.match(f"{command[:_MAX_LINE]} "):
            return None
        return run(command, *arguments, **options)

    return system


class _Idle(types.ModuleType):
    """A module each of whose functions does nothing and gives an empty dictionary."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: {}
