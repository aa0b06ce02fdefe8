"""Reports of word processors: DOCX and OpenDocument."""
