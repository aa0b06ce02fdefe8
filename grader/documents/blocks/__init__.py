"""From lines to blocks: what is code, a table, a print-out, a formula or a paragraph, whatever file it stands in."""
