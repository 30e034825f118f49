"""Logistics: vehicles, flights, campaigns of years, and what one lost launch costs."""
