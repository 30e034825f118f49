"""Screening: which objects come close to each other, complete by bounds on their motion."""
