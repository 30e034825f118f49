"""Orbits about the Moon, against brahe, Orekit and nyx: work and precision, light, throughput."""
