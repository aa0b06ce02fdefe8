"""Which fonts set all characters equally wide, by their names: what is set in one is code more often than not."""

from __future__ import annotations

import re
from typing import Final

FIXED_PITCH: Final = re.compile(
    r"courier|consol|mono(?:space)?|menlo|monaco|typewriter|inconsolata|source ?code|fira ?code|andale|lucida con|cmtt|sftt|lmtt"
    r"|cascadia|ubuntu m|hack\b|nimbusmon|fixed|vera ?sans ?m|ocr-?[ab]\b|terminal|pragmata|jetbrains",
    re.I,
)


def fixed_pitch(font: str) -> bool:
    """Tell whether a font of this name sets all characters equally wide."""
    return bool(FIXED_PITCH.search(font[:100])) and "monotype" not in font[:100].lower()
