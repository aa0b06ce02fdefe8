"""Made-up plots: documents in many styles, and how often they are recognised."""
