"""Question 3: the table of batch sizes, the plot, the choice and its reasons."""
