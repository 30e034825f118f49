"""Gravity fields as tables of normalised coefficients."""
