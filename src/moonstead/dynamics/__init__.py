"""Motion: trajectories, forces, integration, events and windows."""
