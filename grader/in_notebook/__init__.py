"""``%load_ext grader`` and ``%check``: a student's own check, in the notebook that is being written."""
