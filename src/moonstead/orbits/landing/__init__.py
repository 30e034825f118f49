"""Down to the surface and up again."""
