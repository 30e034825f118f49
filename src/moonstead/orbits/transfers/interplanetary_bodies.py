"""What flies about the Sun and can be left or reached: bodies of ephemerides, and bodies of known elements."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import BODIES, body, naif_id, naif_name
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import KeplerElements, kepler_elements, mean_anomaly, states_from_elements, true_anomaly

Array = NDArray[np.float64]

SUN_GM = body("SUN").gm
NEAR_PARABOLA = 1e-3  # [1] eccentricities this near to 1 are moved on by universal variables, slower and exact


class HeliocentricBody(Protocol):
    """Anything with a state about the Sun."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] that it is known."""

    def states(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] from the Sun in ICRF axes at times (N,) [s TDB past J2000]."""


@dataclass(frozen=True)
class EphemerisBody:
    """A planet, barycentre or small body of the loaded SPK files.

    Attributes
    ----------
    identity : str or int
        NAIF name or id.
    data : DataContext
        Holds the files.
    """

    identity: str | int
    data: DataContext = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """NAIF name, or the id as text."""
        return naif_name(naif_id(self.identity))

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] of the files."""
        return self.data.ephemeris.span(self.identity, "SUN")

    def states(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] from the Sun in ICRF axes at times (N,) [s TDB past J2000].

        Raises
        ------
        MissingData, OutsideSpan
            As `Ephemeris.state`.
        """
        return self.data.ephemeris.state(self.identity, "SUN", np.atleast_1d(np.asarray(tdb, dtype=np.float64)))


@dataclass(frozen=True, eq=False)
class KeplerBody:
    """A small body on the conic of published elements: without the pull of planets, good for years near their epoch.

    Attributes
    ----------
    name : str
        What reports call it.
    state : (6,) [m, m/s]
        From the Sun in ICRF axes at the epoch.
    epoch_tdb : float [s TDB past J2000]
        Epoch of the elements.
    """

    name: str
    state: Array
    epoch_tdb: float

    @property
    def span(self) -> tuple[float, float]:
        """All times [s TDB past J2000]."""
        return -math.inf, math.inf

    def states(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] from the Sun in ICRF axes at times (N,) [s TDB past J2000]."""
        elapsed = np.atleast_1d(np.asarray(tdb, dtype=np.float64)) - self.epoch_tdb
        conic = kepler_elements(self.state, SUN_GM)
        e, q = conic.eccentricity, conic.periapsis_distance
        if abs(e[0] - 1.0) < NEAR_PARABOLA:
            return two_body_states(np.tile(self.state, (elapsed.size, 1)), elapsed, SUN_GM)
        motion = np.sqrt(SUN_GM * np.abs(1.0 - e) ** 3 / q**3)
        anomaly = true_anomaly(mean_anomaly(conic.true_anomaly, e) + motion * elapsed, e)
        return states_from_elements(replace(conic, true_anomaly=anomaly), SUN_GM)


def body_of_elements(
    name: str,
    epoch_tdb: float,
    *,
    perihelion: float,
    eccentricity: float,
    inclination: float,
    node: float,
    argument_of_perihelion: float,
    anomaly: float | None = None,
    perihelion_tdb: float | None = None,
) -> KeplerBody:
    """A small body of its heliocentric elements to the ecliptic and equinox of J2000.

    Parameters
    ----------
    name : str
        What reports call it.
    epoch_tdb : float [s TDB past J2000]
        Epoch of the elements.
    perihelion : float [m]
        Perihelion distance.
    eccentricity : float [1]
        Shape.
    inclination, node, argument_of_perihelion : float [rad]
        To the ecliptic of J2000.
    anomaly : float or None [rad]
        Mean anomaly at the epoch, or else
    perihelion_tdb : float or None [s TDB past J2000]
        when it passes perihelion.

    Returns
    -------
    KeplerBody

    Raises
    ------
    InvalidInput
        Not exactly one of mean anomaly and time of perihelion is given, or an element makes no conic.

    Source
    ------
    Kepler's motion. Obliquity of SPICE's ECLIPJ2000, 84381.448 arc seconds (IAU 1976).
    """
    if (anomaly is None) == (perihelion_tdb is None):
        raise InvalidInput(f"{name} needs either a mean anomaly or a time of perihelion")
    if not (perihelion > 0.0 and eccentricity >= 0.0 and math.isfinite(perihelion + eccentricity)):
        raise InvalidInput(f"{name} needs a positive perihelion distance and an eccentricity of zero or more")
    if anomaly is None:
        assert perihelion_tdb is not None
        # a parabola's Barker anomaly moves as sqrt(gm / (2 q^3))
        motion = (
            math.sqrt(SUN_GM * abs(1.0 - eccentricity) ** 3 / perihelion**3)
            if eccentricity != 1.0
            else math.sqrt(0.5 * SUN_GM / perihelion**3)
        )
        anomaly = motion * (epoch_tdb - perihelion_tdb)
    turned = true_anomaly([anomaly], [eccentricity])
    q, e, i, along, argument = (
        np.array([x]) for x in (perihelion, eccentricity, inclination, node, argument_of_perihelion)
    )
    ecliptic = states_from_elements(KeplerElements(q, e, i, along, argument, turned), SUN_GM)[0]
    tilt = math.radians(84381.448 / 3600.0)
    turn = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    return KeplerBody(name, np.concatenate((turn @ ecliptic[:3], turn @ ecliptic[3:])), float(epoch_tdb))


def mean_distance(of: HeliocentricBody, tdb: float) -> float:
    """Semi-major axis of a body about the Sun; of an open orbit its perihelion.

    Parameters
    ----------
    of : HeliocentricBody
        The body.
    tdb : float [s TDB past J2000]
        When.

    Returns
    -------
    float [m]

    Source
    ------
    Two-body motion.
    """
    elements = kepler_elements(of.states([tdb]), SUN_GM)
    if elements.eccentricity[0] < 1.0:
        return float(elements.semi_major_axis[0])
    return float(elements.periapsis_distance[0])


def planet_gm(name: str) -> float:
    """Gravitational parameter of a body by name or id; zero of one that is not in the table.

    Parameters
    ----------
    name : str
        As `HeliocentricBody.name`.

    Returns
    -------
    float [m^3/s^2]

    Source
    ------
    The table of `bodies`.
    """
    return next((known.gm for known in BODIES if known.name == name and math.isfinite(known.gm)), 0.0)
