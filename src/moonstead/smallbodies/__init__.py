"""Asteroids and comets: from observations to orbits, encounters, impacts and what they mean for a station."""
