"""Results of a graded folder as they are the same wherever it was graded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def comparable(out: Path) -> dict[str, Any]:
    """The results by name, without times and without the seeds of fresh data."""
    found = {}
    for line in (out / "results.jsonl").read_text("utf-8").splitlines():
        result = json.loads(re.sub(r"\(seed \d+\)", "(seed)", line))
        result["execution"]["seconds"] = 0.0
        found[result["submission"]] = result
    return found
