"""What authors of assignments work with: a folder to start from, samples that say what must come of them, trials."""
