"""Question 2: where the number of parameters comes from."""
