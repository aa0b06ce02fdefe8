"""Trains the lab's network many times, so that what is plausible is known."""
