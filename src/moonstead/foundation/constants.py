"""Constants of nature and of the standards; everything that belongs to a body is in `bodies`."""

from __future__ import annotations

SPEED_OF_LIGHT = 299_792_458.0  # [m/s] exact, SI
ASTRONOMICAL_UNIT = 149_597_870_700.0  # [m] exact, IAU 2012 resolution B2
BOLTZMANN = 1.380_649e-23  # [J/K] exact, SI
STEFAN_BOLTZMANN = 5.670_374_419e-8  # [W/m^2/K^4] CODATA 2018
SOLAR_CONSTANT = 1361.0  # [W/m^2] at 1 au, nominal, IAU 2015 resolution B3
SOLAR_PRESSURE = SOLAR_CONSTANT / SPEED_OF_LIGHT  # [N/m^2] at 1 au on a black surface
STANDARD_GRAVITY = 9.806_65  # [m/s^2] exact, for specific impulse only

SECONDS_PER_DAY = 86_400.0  # [s]
DAYS_PER_JULIAN_CENTURY = 36_525.0  # [d]
J2000_JULIAN_DATE = 2_451_545.0  # [d] 2000-01-01T12:00:00 in the scale at hand

ARCSECOND = 4.848_136_811_095_36e-6  # [rad]
