"""Epochs and time scales."""
