"""What an impact on the Moon does to a station: crater, ejecta, ground, light, and what to do about it."""
