"""Orbits of the circular restricted three-body problem, and how they are flown."""
