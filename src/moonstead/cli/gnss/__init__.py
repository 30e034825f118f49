"""Verbs of `moonstead gnss`: navigation systems on Earth and at the Moon."""
