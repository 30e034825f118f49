"""Rotation of the Sun, the planets, Pluto and the Moon as the IAU working group publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import euler_313

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

Polynomial = tuple[float, float, float]


@dataclass(frozen=True)
class IauFrame:
    """Body-fixed axes from a pole and a prime meridian.

    Right ascension and declination of the north pole and the angle W of the prime meridian are polynomials of TDB
    with periodic terms: sines for right ascension and W, cosines for declination.

    Attributes
    ----------
    name : str
        ``"IAU_"`` and the body.
    right_ascension, declination : 3 coefficients [deg, deg/century, deg/century^2]
    meridian : 3 coefficients [deg, deg/d, deg/d^2]
    terms : tuple of (phase [deg], rate [deg/century], right ascension, declination, W [deg])
        Argument and amplitudes of each periodic term.

    Source
    ------
    Archinal et al. (2018), Report of the IAU Working Group on Cartographic Coordinates and Rotational Elements: 2015,
    Celest. Mech. Dyn. Astron. 130, 22, doi:10.1007/s10569-017-9805-5. That report leaves the Earth to the IERS and the
    Moon to the ephemerides; both have the older values that SPICE's pck00011.tpc keeps (Archinal et al. 2011,
    doi:10.1007/s10569-010-9320-4).
    """

    name: str
    right_ascension: Polynomial
    declination: Polynomial
    meridian: Polynomial
    terms: tuple[tuple[float, float, float, float, float], ...] = ()

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000]; needs no data."""
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        day = tdb / SECONDS_PER_DAY
        century = day / DAYS_PER_JULIAN_CENTURY
        per_century = 1.0 / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)
        ascension, ascension_rate = _polynomial(self.right_ascension, century, per_century)
        declination, declination_rate = _polynomial(self.declination, century, per_century)
        meridian, meridian_rate = _polynomial(self.meridian, day, 1.0 / SECONDS_PER_DAY)
        for phase, rate, of_ascension, of_declination, of_meridian in self.terms:
            argument, speed = np.radians(phase + rate * century), np.radians(rate * per_century)
            sine, cosine = np.sin(argument), np.cos(argument)
            ascension, ascension_rate = ascension + of_ascension * sine, ascension_rate + of_ascension * cosine * speed
            declination = declination + of_declination * cosine
            declination_rate = declination_rate - of_declination * sine * speed
            meridian, meridian_rate = meridian + of_meridian * sine, meridian_rate + of_meridian * cosine * speed
        # Whole turns are taken off while W is still in degrees, where they are exact.
        angles = np.stack([90.0 + ascension, 90.0 - declination, np.fmod(meridian, 360.0)], axis=1)
        rates = np.stack([ascension_rate, -declination_rate, meridian_rate], axis=1)
        return euler_313(np.radians(angles), np.radians(rates))


def _polynomial(coefficients: Polynomial, time: Array, per_second: float) -> tuple[Array, Array]:
    """Value and its rate per second of a polynomial of a time whose unit is 1 / `per_second` seconds."""
    constant, slope, bend = coefficients
    return constant + time * (slope + time * bend), (slope + 2.0 * bend * time) * per_second


_MOON_TERMS = (
    (125.045, -1935.5364525, -3.8787, 1.5419, 3.5610),
    (250.089, -3871.072905, -0.1204, 0.0239, 0.1208),
    (260.008, 475263.3328725, 0.0700, -0.0278, -0.0642),
    (176.625, 487269.629985, -0.0172, 0.0068, 0.0158),
    (357.529, 35999.0509575, 0.0, 0.0, 0.0252),
    (311.589, 964468.49931, 0.0072, -0.0029, -0.0066),
    (134.963, 477198.869325, 0.0, 0.0009, -0.0047),
    (276.617, 12006.300765, 0.0, 0.0, -0.0046),
    (34.226, 63863.5132425, 0.0, 0.0, 0.0028),
    (15.134, -5806.6093575, -0.0052, 0.0008, 0.0052),
    (119.743, 131.84064, 0.0, 0.0, 0.0040),
    (239.961, 6003.1503825, 0.0, 0.0, 0.0019),
    (25.053, 473327.79642, 0.0043, -0.0009, -0.0044),
)

_MARS_TERMS = (
    (198.991226, 19139.4819985, 0.000068, 0.0, 0.0),
    (226.292679, 38280.8511281, 0.000238, 0.0, 0.0),
    (249.663391, 57420.7251593, 0.000052, 0.0, 0.0),
    (266.183510, 76560.6367950, 0.000009, 0.0, 0.0),
    (79.398797, 0.5042615, 0.419057, 0.0, 0.0),
    (122.433576, 19139.9407476, 0.0, 0.000051, 0.0),
    (43.058401, 38280.8753272, 0.0, 0.000141, 0.0),
    (57.663379, 57420.7517205, 0.0, 0.000031, 0.0),
    (79.476401, 76560.6495004, 0.0, 0.000005, 0.0),
    (166.325722, 0.5042615, 0.0, 1.591274, 0.0),
    (129.071773, 19140.0328244, 0.0, 0.0, 0.000145),
    (36.352167, 38281.0473591, 0.0, 0.0, 0.000157),
    (56.668646, 57420.9295360, 0.0, 0.0, 0.000040),
    (67.364003, 76560.2552215, 0.0, 0.0, 0.000001),
    (104.792680, 95700.4387578, 0.0, 0.0, 0.000001),
    (95.391654, 0.5042615, 0.0, 0.0, 0.584542),
)

_JUPITER_TERMS = (
    (99.360714, 4850.4046, 0.000117, 0.000050, 0.0),
    (175.895369, 1191.9605, 0.000938, 0.000404, 0.0),
    (300.323162, 262.5475, 0.001432, 0.000617, 0.0),
    (114.012305, 6070.2476, 0.000030, -0.000013, 0.0),
    (49.511251, 64.3, 0.002150, 0.000926, 0.0),
)

_MERCURY_TERMS = (
    (174.7910857, 149472.53587500003, 0.0, 0.0, 0.01067257),
    (349.5821714, 298945.07175000006, 0.0, 0.0, -0.00112309),
    (164.3732571, 448417.60762500006, 0.0, 0.0, -0.00011040),
    (339.1643429, 597890.1435000001, 0.0, 0.0, -0.00002539),
    (153.9554286, 747362.679375, 0.0, 0.0, -0.00000571),
)

_NEPTUNE_TERMS = ((357.85, 52.316, 0.70, -0.51, -0.48),)

IAU_FRAMES = (
    IauFrame("IAU_SUN", (286.13, 0.0, 0.0), (63.87, 0.0, 0.0), (84.176, 14.1844, 0.0)),
    IauFrame(
        "IAU_MERCURY", (281.0103, -0.0328, 0.0), (61.4155, -0.0049, 0.0), (329.5988, 6.1385108, 0.0), _MERCURY_TERMS
    ),
    IauFrame("IAU_VENUS", (272.76, 0.0, 0.0), (67.16, 0.0, 0.0), (160.20, -1.4813688, 0.0)),
    IauFrame("IAU_EARTH", (0.0, -0.641, 0.0), (90.0, -0.557, 0.0), (190.147, 360.9856235, 0.0)),
    IauFrame(
        "IAU_MOON", (269.9949, 0.0031, 0.0), (66.5392, 0.0130, 0.0), (38.3213, 13.17635815, -1.4e-12), _MOON_TERMS
    ),
    IauFrame(
        "IAU_MARS",
        (317.269202, -0.10927547, 0.0),
        (54.432516, -0.05827105, 0.0),
        (176.049863, 350.891982443297, 0.0),
        _MARS_TERMS,
    ),
    IauFrame(
        "IAU_JUPITER", (268.056595, -0.006499, 0.0), (64.495303, 0.002413, 0.0), (284.95, 870.536, 0.0), _JUPITER_TERMS
    ),
    IauFrame("IAU_SATURN", (40.589, -0.036, 0.0), (83.537, -0.004, 0.0), (38.90, 810.7939024, 0.0)),
    IauFrame("IAU_URANUS", (257.311, 0.0, 0.0), (-15.175, 0.0, 0.0), (203.81, -501.1600928, 0.0)),
    IauFrame("IAU_NEPTUNE", (299.36, 0.0, 0.0), (43.46, 0.0, 0.0), (249.978, 541.1397757, 0.0), _NEPTUNE_TERMS),
    IauFrame("IAU_PLUTO", (132.993, 0.0, 0.0), (-6.163, 0.0, 0.0), (302.695, 56.3625225, 0.0)),
)


def iau_frame(body: str) -> IauFrame:
    """Body-fixed axes of the Sun, a planet, Pluto or the Moon.

    For the Moon they lie 155 m and for the Earth some kilometres from `MOON_ME` and `ITRF`; use those instead.

    Parameters
    ----------
    body : str
        NAIF name, for example ``"MARS"``.

    Returns
    -------
    IauFrame

    Raises
    ------
    InvalidInput
        There is no model of this body; the message lists those that there are.
    """
    for frame in IAU_FRAMES:
        if frame.name == f"IAU_{body}":
            return frame
    known = ", ".join(frame.name.removeprefix("IAU_") for frame in IAU_FRAMES)
    raise InvalidInput(f"no rotation model of {body!r}; known are {known}")
