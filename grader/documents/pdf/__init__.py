"""Reports in PDF: their characters and drawings as a page holds them, and pages as pictures."""
