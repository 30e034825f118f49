"""Orbits from tracking: what sensors measure, first orbits, fits and filters."""
