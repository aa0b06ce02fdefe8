"""Which package an error asks for, and whether this machine has it: what it lacks is no fault of the student's."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable

_MODULE_ERRORS = frozenset(("ModuleNotFoundError", "ImportError"))
_NO_MODULE = re.compile(r"No module named ['\"]?([\w.]{1,100})")
_NO_PACKAGE = "is not a package"  # Python's own word for a part asked of something that has none
_OPTIONAL = re.compile(r"(?:[Mm]issing optional dependency|[Ii]nstall) ['\"`]([A-Za-z][\w-]{1,60})['\"`]")
_PIP = re.compile(
    r"\bpip3?['\", ]{1,6}install(?:['\", ]{1,6}-{1,2}[\w-]{1,20}){0,6}['\", ]{1,6}([A-Za-z][\w-]{1,60})"
)
_STAND_INS = frozenset(("google",))  # the kernel has Colab's own modules under this name


def wanted_by(error: str, message: str) -> tuple[str, ...]:
    """The packages that an error names as missing and that are not installed here; mostly none or one."""
    if error not in _MODULE_ERRORS:
        return ()
    if (module := _NO_MODULE.search(message)) is not None:
        lacking = "." in module[1] or not is_installed(module[1])
        return (module[1].strip("."),) if lacking and _NO_PACKAGE not in message else ()
    return absent(_PIP.findall(message) or _OPTIONAL.findall(message))


def is_refused_install(error: str, message: str) -> bool:
    """Whether an error says that pip, run as a program, did not install something: no notebook may here."""
    return error == "CalledProcessError" and bool(_PIP.search(message))


def absent(modules: Iterable[str]) -> tuple[str, ...]:
    """Those of the modules whose package is not installed here, each once."""
    return tuple(dict.fromkeys(module for module in modules if not is_installed(module.partition(".")[0])))


def is_installed(package: str) -> bool:
    """Whether there is a package, or a distribution, of that name here. Nothing is imported."""
    if package in sys.stdlib_module_names or package in _STAND_INS:
        return True
    try:
        if importlib.util.find_spec(package.replace("-", "_")) is not None:
            return True
        importlib.metadata.distribution(package)
    except (ImportError, ValueError, AttributeError):  # PackageNotFoundError is an ImportError
        return False
    return True
