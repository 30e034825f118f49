"""Moonstead plans, simulates and operates a lunar research station and everything it depends on."""

__version__ = "0.1.0"
