"""Satellites as their own messages describe them: GPS, GLONASS, Galileo, BeiDou, QZSS, NavIC and SBAS."""
