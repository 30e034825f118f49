"""Navigation at the Moon: announced constellations, what they give at a site, and the Earth's satellites from there."""
