"""Verbs of `moonstead surface`: the ground of the Moon at a place or on a map."""
