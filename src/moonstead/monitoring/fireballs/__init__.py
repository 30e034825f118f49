"""Fireballs: how often, how strong, who would have seen them, and where they came from."""
