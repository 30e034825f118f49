"""The ground of the Moon: its shape, what it hides, and the light that reaches it."""
