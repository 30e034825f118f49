"""Orbits about the Moon: how long they live, what they see, how several share the work."""
