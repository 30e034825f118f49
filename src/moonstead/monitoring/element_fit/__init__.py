"""Mean elements for SGP4 fitted to any ephemeris."""
