"""What students handed in, from folders, files, zips and the downloads of learning-management systems."""

from grader.intake.collecting import collect
from grader.intake.layouts import systems
from grader.intake.outcome import Intake, IntakeError, IntakeLimits, Unplaced

__all__ = ["Intake", "IntakeError", "IntakeLimits", "Unplaced", "collect", "systems"]
