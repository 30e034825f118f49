"""The end of a decay flown in full: forces along the way instead of averages, down to where structures break up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.atmosphere import GriddedAtmosphere, Version, nrlmsis_atmosphere
from moonstead.dynamics.forces import Drag, ForceModel
from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements, semi_major_axis
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, ITRF, TEME
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.scales import tai_seconds
from moonstead.monitoring.decay.averaged_drag import MeanOrbits

Array = NDArray[np.float64]

BREAK_UP = 80e3  # [m] geodetic height that is called re-entry: most structures break up near it
DEGREE = 12  # [1] of the gravity field: the rest moves the orbit by less than the air is known
STEP_TOLERANCE = 1e-10  # [1] of each step: metres at the end, where the air leaves kilometres
MASS = 1000.0  # [kg] of a stand-in with the same ballistic coefficient
COEFFICIENT = 2.2  # [1] likewise
SAMPLE = 5.0  # [s] between heights that are looked at
AXIS_ROUNDS = 6  # of Kozai's mean motion by Brouwer's axis; each gains three digits


@dataclass(frozen=True, eq=False)
class LastRevolutions:
    """Flights from one mean orbit to break-up with several ballistic coefficients.

    Attributes
    ----------
    factors : (K,) [1]
        On the ballistic coefficient.
    durations : (K,) [s]
        From the mean orbit's epoch to 80 km over the ellipsoid.
    trajectories : K PropagatedTrajectory
        About the Earth in the ICRF; each goes on below 80 km.
    """

    factors: Array
    durations: Array
    trajectories: tuple[PropagatedTrajectory, ...]


def fly_last_revolutions(
    orbit: MeanOrbits,
    ballistic_coefficient: float,
    factors: Array,
    weather: SpaceWeather,
    longest: float,
    data: DataContext,
    *,
    version: Version = "00",
) -> LastRevolutions:
    """Fly the last revolutions of a decay with gravity to degree 12 and drag in NRLMSIS.

    Parameters
    ----------
    orbit : MeanOrbits
        One row.
    ballistic_coefficient : float [m^2/kg]
        c_D A / m.
    factors : (K,) [1]
        Each is flown with as many times the coefficient.
    weather : SpaceWeather
        Over the flight and two hours around it.
    longest : float [s]
        For which the air is laid out; twice and four times as long where a flight takes more.
    data : DataContext
        Earth orientation and gravity field.
    version : str
        Of NRLMSIS.

    Returns
    -------
    LastRevolutions

    Raises
    ------
    OutsideSpan
        The weather does not cover the flight.
    MissingData
        The package pymsis or a data set is not installed.
    NumericalFailure
        An orbit is still up after four times the longest time, or SGP4 cannot take the elements.

    Source
    ------
    Osculating state by SGP4's periodics without drag (Hoots & Roehrich 1980); motion by `propagate`.
    """
    start = osculating_state(orbit, data)
    for stretch in (1.0, 2.0, 4.0):
        last = start.epoch_tdb + stretch * longest
        air = nrlmsis_atmosphere(start.epoch_tdb, last, weather, version=version)
        flights = [_flight(start, last, ballistic_coefficient * float(factor), air, data) for factor in factors]
        ends = np.array([_break_up(flight, data) for flight in flights])
        if np.all(np.isfinite(ends)):
            return LastRevolutions(np.asarray(factors), ends - start.epoch_tdb, tuple(flights))
    raise NumericalFailure(
        f"an object with few revolutions left still flies after {4.0 * longest / SECONDS_PER_DAY:.2g} d: its element "
        "sets and the ballistic coefficient made of them contradict each other; look at the history"
    )


def osculating_state(orbit: MeanOrbits, data: DataContext) -> OrbitState:
    """State of a mean orbit with SGP4's periodics.

    Parameters
    ----------
    orbit : MeanOrbits
        One row.
    data : DataContext
        Earth orientation.

    Returns
    -------
    OrbitState
        About the Earth in the ICRF [m, m/s].

    Raises
    ------
    NumericalFailure
        SGP4 cannot take the elements.

    Source
    ------
    Hoots & Roehrich (1980), Spacetrack Report No. 3, section 6.
    """
    eccentricity = orbit.eccentricity
    perigee = np.arctan2(orbit.across, orbit.ahead)
    motion = np.sqrt(WGS72_GM / orbit.semi_major_axis**3)
    for _ in range(AXIS_ROUNDS):
        motion *= (semi_major_axis(motion, eccentricity, orbit.inclination) / orbit.semi_major_axis) ** 1.5
    tai = tai_seconds(orbit.tdb)
    zero, whole = np.zeros(1), np.zeros(1, dtype=np.int64)
    elements = MeanElements(
        object_id=np.array([1]),
        name=("decaying object",),
        designator=("",),
        epoch_second=np.floor(tai).astype(np.int64),
        epoch_fraction=tai - np.floor(tai),
        mean_motion=motion,
        eccentricity=eccentricity,
        inclination=orbit.inclination,
        node=orbit.node % (2.0 * np.pi),
        argument_of_perigee=perigee % (2.0 * np.pi),
        mean_anomaly=(orbit.argument_of_latitude - perigee) % (2.0 * np.pi),
        drag_term=zero,
        mean_motion_rate=zero,
        mean_motion_second=zero,
        element_set=whole,
        revolution=whole,
        classification=("",),
    )
    states, status = Sgp4Set(elements).pair_states(np.zeros(1, dtype=np.int64), orbit.tdb)
    if status[0]:
        raise NumericalFailure(
            f"SGP4 cannot take a mean orbit of axis {orbit.semi_major_axis[0] / 1e3:.1f} km and eccentricity "
            f"{eccentricity[0]:.4f} (status {int(status[0])}): the elements are damaged, or the object is down"
        )
    return OrbitState(rotation(TEME, ICRF, orbit.tdb, data).state(states)[0], float(orbit.tdb[0]), "EARTH", ICRF)


def heights(trajectory: PropagatedTrajectory, tdb: Array, data: DataContext) -> tuple[Array, Array, Array]:
    """Where a trajectory about the Earth is over the ground.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        In the ICRF.
    tdb : (N,) [s TDB past J2000]
        Times within its span.
    data : DataContext
        Earth orientation.

    Returns
    -------
    longitude, latitude : (N,) [rad]
        Positive to the east; geodetic.
    height : (N,) [m]
        Over the ellipsoid of WGS 84.

    Raises
    ------
    OutsideSpan
        A time lies outside the trajectory.

    Source
    ------
    Fukushima (2006), J. Geodesy 79, 689, through erfa.gc2gde.
    """
    from erfa import gc2gde

    place = rotation(ICRF, ITRF, tdb, data).position(trajectory.state(tdb)[:, :3])
    longitude, latitude, height = gc2gde(WGS84.equatorial_radius, WGS84.flattening, place)
    return longitude, latitude, height


def _flight(
    start: OrbitState, last: float, ballistic_coefficient: float, air: GriddedAtmosphere, data: DataContext
) -> PropagatedTrajectory:
    if not ballistic_coefficient > 0.0:
        raise InvalidInput(f"a ballistic coefficient must be positive [m2/kg]; got {ballistic_coefficient!r}")
    drag = Drag(ballistic_coefficient * MASS / COEFFICIENT, COEFFICIENT, air)
    model = ForceModel(center="EARTH", degree=DEGREE, third_bodies=(), mass=MASS, drag=drag)
    forces = prepare_forces(model, start.epoch_tdb, last, data)
    return propagate(
        start, last, forces, data, name="decaying object", method="dormand-prince", step_tolerance=STEP_TOLERANCE
    )


def _break_up(trajectory: PropagatedTrajectory, data: DataContext) -> float:
    """Time [s TDB past J2000] at which the height first falls below 80 km; NaN where it does not."""
    first, last = trajectory.span
    tdb = np.linspace(first, last, max(2, int(np.ceil((last - first) / SAMPLE)) + 1))
    height = heights(trajectory, tdb, data)[2]
    below = np.flatnonzero(height < BREAK_UP)
    if not below.size:
        return float("nan")
    k = int(below[0])
    if k == 0:
        return first
    return float(np.interp(BREAK_UP, [height[k], height[k - 1]], [tdb[k], tdb[k - 1]]))
