"""Keeping a spacecraft on its orbit, and what that costs."""
