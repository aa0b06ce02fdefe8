"""What students read, in their own language: messages are English where they are made, and translated where they are shown."""

from __future__ import annotations

from grader.translations.detection import language_of
from grader.translations.phrasebook import LANGUAGES, Phrasebook, catalogues, phrasebook
from grader.translations.results import translated

__all__ = ["LANGUAGES", "Phrasebook", "catalogues", "language_of", "phrasebook", "translated"]
