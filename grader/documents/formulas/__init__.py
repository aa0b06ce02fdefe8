"""Formulas of markup languages (MathML, Office) as the linear maths that checks read."""
