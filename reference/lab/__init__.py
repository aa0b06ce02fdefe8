"""The lab itself: its data, its network, its handout, and how its notebook is run."""
