"""What every reader builds on: the document it makes, the limits it keeps, bytes to text, and the second process."""
