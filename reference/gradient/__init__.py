"""Question 1: the gradient computation."""
