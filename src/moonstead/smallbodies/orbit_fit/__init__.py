"""From observations of a small body to its orbit: a first one from nothing, and the best one with its errors."""
