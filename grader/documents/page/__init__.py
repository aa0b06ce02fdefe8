"""Anything printed: characters with places on a page, to lines, tables, figures and blocks. PDF and OCR both come here."""
