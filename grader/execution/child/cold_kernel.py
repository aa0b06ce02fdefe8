"""A kernel without a zygote: imports what its profile names, then serves (see `live_kernel.ColdKernel`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grader.execution.child import kernel, preloading


def main() -> None:
    """Arguments: the zygote's configuration as JSON, and the connection file."""
    configuration = json.loads(sys.argv[1])
    preloading.preload(configuration["modules"], configuration["aliases"])
    preloading.run_startup(configuration["startup"])
    app = kernel.make_app(json.loads(Path(sys.argv[2]).read_text()))
    app.start()
