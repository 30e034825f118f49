"""Monitoring of the systems: errors of their signals, integrity, availability, time offsets, indicators."""
