"""Astrometry made ready for an orbit fit: where observers were, how good each row is, what catalogues are off by."""
