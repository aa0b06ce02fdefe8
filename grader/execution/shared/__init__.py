"""What both sides of the wall know: plans, limits, results, what is asked of a child. It imports nothing of the others."""
