"""A student's notebook: parsed, run segment by segment, and what its cells sent."""
