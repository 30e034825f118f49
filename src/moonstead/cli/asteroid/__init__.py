"""Verbs of `moonstead asteroid`: from an observation file to the danger for Earth, Moon and station."""
