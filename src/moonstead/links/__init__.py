"""Links: antennas, link budgets, contact windows, coverage and data volumes."""
