"""Orbits: elements, designed families and how to hold them."""
