"""What students handed in, from folders, files, zips and the downloads of learning-management systems."""

from grader.errors import IntakeError
from grader.intake.collecting import collect
from grader.intake.intake_types import Intake, IntakeLimits, Unplaced
from grader.intake.layouts import systems

__all__ = ["Intake", "IntakeError", "IntakeLimits", "Unplaced", "collect", "systems"]
