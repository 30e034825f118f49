"""How asteroids and comets move."""
