"""Verbs of `moonstead station`: what the facilities of a scenario use, make and store."""
