"""Ways from one orbit to another."""
