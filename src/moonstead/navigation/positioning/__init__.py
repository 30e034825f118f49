"""Where a receiver is: positions, velocities and clocks from pseudoranges and Doppler shifts of any mix of systems."""
