"""Orbits and clocks of navigation satellites: fitted, predicted, written as broadcast messages."""
