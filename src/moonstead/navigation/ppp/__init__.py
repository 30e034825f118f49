"""Precise point positioning: carrier phases with unknown whole cycles, precise orbits and clocks."""
