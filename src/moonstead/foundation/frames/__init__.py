"""Axes: which way x, y and z point, and how one set of axes turns into another."""
