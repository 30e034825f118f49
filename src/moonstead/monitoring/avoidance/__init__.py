"""Avoiding a collision: what a small burn costs, what it gains, and whom it brings closer."""
