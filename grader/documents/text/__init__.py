"""Reports in plain text and Markdown."""
