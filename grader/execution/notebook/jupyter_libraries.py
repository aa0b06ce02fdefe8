"""nbclient and nbformat, loaded without a parser of international addresses that takes longer than all of the rest.

nbformat loads jsonschema, and jsonschema builds that parser (rfc3987-syntax, a second or more of Lark) where it is installed, for a format that
no notebook's schema names. Without it jsonschema leaves the format out.
"""

from __future__ import annotations

import sys
from typing import Final

_PARSER: Final = "rfc3987_syntax"
_kept_out = _PARSER not in sys.modules
if _kept_out:
    sys.modules[_PARSER] = None  # type: ignore[assignment]  # an import of it fails then, as if it were not installed
try:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat import NotebookNode, from_dict
finally:
    if _kept_out:
        del sys.modules[_PARSER]

__all__ = ["CellTimeoutError", "DeadKernelError", "NotebookClient", "NotebookNode", "from_dict"]
