"""The lab: what is true of it, computed, and the rubric that it is graded by."""
