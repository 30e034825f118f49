"""Verbs of `moonstead transfer`: ways from the Earth to the Moon, back, down, up and on to the planets."""
