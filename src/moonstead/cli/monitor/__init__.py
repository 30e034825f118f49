"""Verbs of `moonstead monitor`: catalogue, close approaches, orbits from tracking, decay, and who sees what."""
