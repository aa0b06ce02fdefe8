"""Which figures training from a fresh start can give, and what explains others."""
