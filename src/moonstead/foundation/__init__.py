"""The ground floor: errors, constants, units, data sets, time, bodies, frames, ephemeris and gravity fields."""
