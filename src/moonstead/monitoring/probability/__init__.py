"""How probable a collision is: two-dimensional, with curved motion, by Monte Carlo, and the choice among them."""
