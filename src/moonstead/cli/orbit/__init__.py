"""Verbs of `moonstead orbit`: families of orbits, their way into the full model, their life and their upkeep."""
