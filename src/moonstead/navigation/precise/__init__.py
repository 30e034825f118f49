"""Satellites where precise orbits and clocks put them, and where their antennas are."""
