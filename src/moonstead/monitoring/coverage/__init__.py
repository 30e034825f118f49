"""Who sees what of the Earth or the Moon: by how many at once, for how long nobody, and at which angles."""
