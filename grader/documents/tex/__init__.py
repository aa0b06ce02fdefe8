"""Reports in TeX, read from their source."""
