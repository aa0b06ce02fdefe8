"""Pictures by themselves: decoded within limits, drawings in SVG, and what the words in a plot say of it."""
