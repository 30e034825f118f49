"""Low lunar orbits that keep their shape: frozen in the zonal field, then repeating each month in the whole field."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.standard import MOON_PA
from moonstead.orbits.elements import KeplerElements, kepler_elements, true_anomaly
from moonstead.orbits.lunar.start import held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SIDEREAL_MONTH = 27.321661 * 86_400.0  # [s] one turn of the Moon: Explanatory Supplement (2013), table 15.2
STEP_TOLERANCE = 1e-9  # [1] metres over a month of a low orbit
SAMPLES = 96  # of one revolution, from which a mean eccentricity vector is taken
QUADRATURE = 512  # points over one revolution: exact for fields to degree 250 at the eccentricities that fit
ROUNDS = 8
MOVED = 1e-3  # [1] of the eccentricity vector: step of the differences, far above what the month's swing curves
LARGEST_ECCENTRICITY = 0.2
HIGHEST_ZONAL = 50
MEAN_DISTANCE = 383.8e6  # [m] of the Earth, as the mean of 1 / d^3 has it: 384.4e6 (1 - 0.0549^2)^(1/2)


@dataclass(frozen=True, eq=False)
class LowFrozenOrbit:
    """A low orbit whose eccentricity vector comes back after a month.

    Attributes
    ----------
    state : OrbitState
        Start, about the Moon, in the ICRF.
    elements : KeplerElements
        Osculating, to the lunar equator (MOON_PA) at the start.
    averaged_eccentricity : float [1]
        What the averaged zonal field and the Earth ask for: positive with the periselene at its northernmost, negative
        with the periselene at its southernmost; NaN where nothing above the ground is frozen in the average.
    mean_vector : (2,) [1]
        Eccentricity times cosine and sine of the argument of periselene, mean of the first revolution.
    month_change : float [1]
        Length of the change of that vector over a sidereal month.
    iterations : int
        Of the correction.
    """

    state: OrbitState
    elements: KeplerElements
    averaged_eccentricity: float
    mean_vector: Array
    month_change: float
    iterations: int


def averaged_frozen_eccentricity(semi_major_axis: float, inclination: float, degree: int, data: DataContext) -> float:
    """Eccentricity at which the Moon's zonal field and the Earth, averaged, leave the apsides where they are.

    Parameters
    ----------
    semi_major_axis : float [m]
        Mean.
    inclination : float [rad]
        Mean, to the lunar equator.
    degree : int
        Highest zonal harmonic.
    data : DataContext
        Gravity field.

    Returns
    -------
    float [1]
        With the argument of periselene at 90 deg where it is positive, at 270 deg where it is negative; the smallest
        there is.

    Raises
    ------
    InvalidInput
        No eccentricity that stays above the ground is frozen, or the orbit lies in the equator.

    Source
    ------
    Lagrange's equation for the argument of periapsis with the potential averaged over the mean anomaly: Kaula (1966),
    Theory of Satellite Geodesy, eq. 3.38. The Earth, in a circle in the lunar equator: Lidov (1962), Planet. Space Sci.
    9, 719, doi:10.1016/0032-0633(62)90129-0; for a polar orbit of 100 km it is as large as all zonal harmonics.
    Frozen lunar orbits: Lara, De Saedeleer & Ferrer (2009), Preliminary design of low lunar orbits, Proc. 21st ISSFD.
    """
    if abs(math.sin(inclination)) < 1e-6:
        raise InvalidInput("an orbit in the equator has no argument of periselene: give it an inclination")
    if degree < 3:
        raise InvalidInput(f"freezing an orbit wants an odd zonal harmonic: degree 3 or more; got {degree}")
    room = 1.0 - LUNAR_MAP_RADIUS / semi_major_axis
    if not room > 0.0:
        raise InvalidInput(f"a semi-major axis of {semi_major_axis / 1e3:.6g} km lies within the Moon")
    from scipy.optimize import brentq

    coefficients = _zonals(degree, data)
    largest = min(room, LARGEST_ECCENTRICITY)

    def rate(signed: float) -> float:
        return _apsidal_rate(semi_major_axis, signed, inclination, coefficients, data)

    grid = np.linspace(-largest, largest, 61)  # none is zero: the rate times the eccentricity is finite there
    grid = grid[np.abs(grid) > 1e-9]
    values = np.array([rate(x) for x in grid])
    crossings = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))
    roots = [float(brentq(rate, grid[k], grid[k + 1], xtol=1e-12)) for k in crossings]
    if not roots:
        raise InvalidInput(
            f"no eccentricity below {largest:.4f}, where the periselene meets the ground, is frozen at a semi-major "
            f"axis of {semi_major_axis / 1e3:.1f} km and {math.degrees(inclination):.1f} deg; change the inclination "
            "or raise the orbit"
        )
    return min(roots, key=abs)


def low_frozen_orbit(
    altitude: float,
    inclination: float,
    node: float,
    epoch_tdb: float,
    model: ForceModel,
    data: DataContext,
    *,
    months: int = 1,
    tolerance: float = 1e-5,
) -> LowFrozenOrbit:
    """A low orbit whose eccentricity vector, averaged over a revolution, comes back after whole sidereal months.

    Parameters
    ----------
    altitude : float [m]
        Semi-major axis less the mean radius.
    inclination, node : float [rad]
        Osculating at the start, to the lunar equator; the node from the Moon's prime meridian at the epoch.
    epoch_tdb : float [s TDB past J2000]
        Start.
    model : ForceModel
        The full model.
    data : DataContext
        Ephemeris, orientation and gravity field.
    months : int
        After how many sidereal months it comes back.
    tolerance : float [1]
        Change of the eccentricity vector that is left; 1e-5 is 18 m in altitude.

    Returns
    -------
    LowFrozenOrbit

    Raises
    ------
    InvalidInput
        The zonal field has no frozen orbit there, or the orbit meets the ground within the months.
    NumericalFailure
        The correction does not settle.

    Source
    ------
    Averaging over revolution and month: Folta & Quinn (2006), Lunar frozen orbits, AIAA 2006-6749,
    doi:10.2514/6.2006-6749; orbits that repeat in the whole field: Russell & Lara (2007), JGCD 30, 982,
    doi:10.2514/1.27104.
    """
    axis, named = LUNAR_MAP_RADIUS + altitude, f"{altitude / 1e3:g} km and {math.degrees(inclination):.1f} deg"
    try:
        signed = averaged_frozen_eccentricity(axis, inclination, max(3, min(model.degree, HIGHEST_ZONAL)), data)
    except InvalidInput:
        signed = math.nan
    duration = months * SIDEREAL_MONTH
    held = held_axes("MOON_PA", epoch_tdb, data)
    period = 2.0 * math.pi * math.sqrt(axis**3 / body("MOON").gm)
    looks = period * np.arange(SAMPLES) / SAMPLES
    times = np.concatenate((epoch_tdb + looks, epoch_tdb + duration + looks))

    def start(vectors: Array) -> tuple[Array, KeplerElements]:
        eccentricity = np.hypot(vectors[:, 0], vectors[:, 1])
        argument = np.arctan2(vectors[:, 1], vectors[:, 0])
        anomaly = true_anomaly(-argument, eccentricity)  # all start at the node, in mean argument of latitude
        tilt, ascent = np.full(len(vectors), inclination), np.full(len(vectors), node)
        elements = KeplerElements(axis * (1.0 - eccentricity), eccentricity, tilt, ascent, argument, anomaly)
        return start_states(elements, held), elements

    def changes(vectors: Array) -> tuple[Array, Array]:
        states, _ = start(vectors)
        flown = propagate_many(
            states,
            epoch_tdb,
            float(times[-1]),
            model,
            data,
            step_tolerance=STEP_TOLERANCE,
            times=times,
            threads=1,
        )
        if not np.all(flown.arrived):
            days = float(np.min(flown.end_tdb) - epoch_tdb) / 86_400.0
            raise InvalidInput(
                f"an orbit of {named} meets the ground after {days:.1f} days, before its eccentricity can come back: "
                "raise it or change the inclination"
            )
        first = mean_eccentricity_vector(flown.states[:, :SAMPLES], times[:SAMPLES], data)
        last = mean_eccentricity_vector(flown.states[:, SAMPLES:], times[SAMPLES:], data)
        return last - first, first

    vector = np.array([0.0, 0.0 if math.isnan(signed) else signed])
    shifts = np.array([[0.0, 0.0], [MOVED, 0.0], [0.0, MOVED]])
    slope = np.eye(2)
    for iteration in range(1, ROUNDS + 1):
        if iteration == 1:
            change, first = changes(vector + shifts)
            slope = ((change[1:] - change[0]) / MOVED).T
        else:
            change, first = changes(vector[None])
        if float(np.linalg.norm(change[0])) <= tolerance:
            break
        step = np.linalg.lstsq(slope, -change[0], rcond=0.05)[0]
        length = float(np.linalg.norm(step))
        vector = vector + step * min(1.0, 0.5 * (1.0 - LUNAR_MAP_RADIUS / axis) / max(length, 1e-12))
        if np.hypot(*vector) >= 1.0 - LUNAR_MAP_RADIUS / axis:
            raise InvalidInput(
                f"the orbit of {named} that repeats would need an eccentricity of {np.hypot(*vector):.4f}, which meets "
                "the ground: raise it or change the inclination"
            )
    else:
        raise NumericalFailure(
            f"the eccentricity vector of an orbit of {named} does not come back: {ROUNDS} corrections leave "
            f"{np.linalg.norm(change[0]):.2g}; ask for a coarser tolerance, another node or more months"
        )
    states, elements = start(vector[None])
    return LowFrozenOrbit(
        OrbitState(states[0], epoch_tdb), elements, signed, first[0], float(np.linalg.norm(change[0])), iteration
    )


def mean_eccentricity_vector(states: Array, tdb: Array, data: DataContext) -> Array:
    """Mean eccentricity vectors of revolutions.

    Parameters
    ----------
    states : (N, K, 6) [m, m/s]
        Of N orbits at K times, evenly spread over one revolution, in the ICRF.
    tdb : (K,) [s TDB past J2000]
        Those times.
    data : DataContext
        Orientation.

    Returns
    -------
    (N, 2) [1]
        Mean of e cos w and e sin w, w from the ascending node on the lunar equator at each time.

    Source
    ------
    Folta & Quinn (2006), AIAA 2006-6749, doi:10.2514/6.2006-6749.
    """
    matrix = MOON_PA.from_icrf(tdb, data).matrix
    turned = np.concatenate(
        (np.einsum("kij,nkj->nki", matrix, states[:, :, :3]), np.einsum("kij,nkj->nki", matrix, states[:, :, 3:])),
        axis=2,
    )
    elements = kepler_elements(turned.reshape(-1, 6), body("MOON").gm)
    e, w = elements.eccentricity.reshape(states.shape[:2]), elements.argument_of_periapsis.reshape(states.shape[:2])
    return np.stack((np.mean(e * np.cos(w), axis=1), np.mean(e * np.sin(w), axis=1)), axis=1)


def _zonals(degree: int, data: DataContext) -> Array:
    """Unnormalised C_n0 (degree + 1,) [1], zero for n below 2."""
    field = data.gravity_field(DEFAULT_FIELDS["MOON"], degree)
    n = np.arange(degree + 1)
    coefficients = np.asarray(field.c[: degree + 1, 0]) * np.sqrt(2.0 * n + 1.0)
    coefficients[:2] = 0.0
    return coefficients


def _averaged_potential(
    axis: float, e: float, inclination: float, sine: float, zonals: Array, data: DataContext
) -> float:
    """Mean over the mean anomaly of the zonal potential [m^2/s^2], the argument of periapsis at +-90 deg."""
    field = data.gravity_field(DEFAULT_FIELDS["MOON"], zonals.size - 1)
    anomaly = 2.0 * math.pi * np.arange(QUADRATURE) / QUADRATURE
    r = axis * (1.0 - e * e) / (1.0 + e * np.cos(anomaly))
    height = math.sin(inclination) * sine * np.cos(anomaly)  # sin(w + v) with w = +-90 deg
    ratio = field.radius / r
    total, before, now, power = np.zeros_like(r), np.ones_like(r), height, ratio
    for n in range(1, zonals.size):
        total += zonals[n] * power * now
        before, now = now, ((2 * n + 1) * height * now - n * before) / (n + 1)
        power = power * ratio
    weight = (r / axis) ** 2 / math.sqrt(1.0 - e * e)
    return float(np.mean(field.gm / r * total * weight))


def _of_the_earth(axis: float, e: float, inclination: float) -> float:
    """Mean potential [m^2/s^2] of the Earth's pull, the argument of periapsis at +-90 deg."""
    scale = body("EARTH").gm * axis**2 / (16.0 * MEAN_DISTANCE**3)
    tilt = math.sin(inclination) ** 2
    return scale * ((2.0 + 3.0 * e * e) * (2.0 - 3.0 * tilt) - 15.0 * e * e * tilt)


def _apsidal_rate(axis: float, signed: float, inclination: float, zonals: Array, data: DataContext) -> float:
    """Rate of the argument of periapsis times the signed eccentricity [rad/s], zero where the orbit is frozen."""
    e, sine, step = abs(signed), math.copysign(1.0, signed), 1e-6

    def potential(shape: float, tilt: float) -> float:
        # a negative eccentricity is the opposite periapsis
        opposite = math.copysign(1.0, shape) * sine
        return _averaged_potential(axis, abs(shape), tilt, opposite, zonals, data) + _of_the_earth(axis, shape, tilt)

    by_shape = (potential(e + step, inclination) - potential(e - step, inclination)) / (2.0 * step)
    by_tilt = (potential(e, inclination + step) - potential(e, inclination - step)) / (2.0 * step)
    motion = math.sqrt(body("MOON").gm / axis**3)
    root, scale = math.sqrt(1.0 - e * e), motion * axis**2
    return sine * (root / scale * by_shape - e * by_tilt / (math.tan(inclination) * scale * root))
