"""The imports that every kernel of a profile starts with. No operation is run: only modules are loaded."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterable, Mapping

# Modules that a kernel imports when it starts or at its first cell. matplotlib_inline.backend_inline is
# left out on purpose: imported before there is a shell, it leaves plots without a picture.
KERNEL_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "matplotlib.backends.backend_agg",
    "PIL.PngImagePlugin",
    "sqlite3",
)


def preload(modules: Iterable[str], aliases: Mapping[str, str]) -> None:
    """Imports what every child will need; `aliases` then gives modules a second name, as an era had it."""
    gc.disable()
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # the kernel then leaves its debugger out
    for name in modules:
        importlib.import_module(name)
    for name in KERNEL_MODULES:
        with contextlib.suppress(ImportError):  # it only costs the children time
            importlib.import_module(name)
    for name, real in aliases.items():
        sys.modules[name] = importlib.import_module(real)
    gc.collect()
    gc.freeze()


def run_startup(code: str) -> None:
    """Runs a profile's startup code, in the process that will run a notebook: it may run operations."""
    exec(compile(code, "<startup>", "exec"), {})  # noqa: S102 - the assignment's own code
