"""Satellite navigation: messages, positions, orbits and clocks of GNSS on Earth, and the same services at the Moon."""
