"""Orbit fits of many satellites out of one product, their errors against another, and the product made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.local_axes import radial_axes
from moonstead.formats.sp3 import CLOCK_PREDICTED, MANEUVER, ORBIT_PREDICTED, PreciseOrbits
from moonstead.foundation.errors import InvalidInput, MoonsteadError
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf
from moonstead.navigation.orbit_determination.clock import ClockPrediction, predict_clock
from moonstead.navigation.orbit_determination.fit import fit_orbit
from moonstead.navigation.orbit_determination.fitted_orbit import FittedOrbit
from moonstead.navigation.orbit_determination.flight import surroundings
from moonstead.navigation.time import tdb_from_gpst

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OrbitFits:
    """Fits of many satellites.

    Attributes
    ----------
    orbits : tuple of FittedOrbit
        Those that converged.
    clocks : dict of str to ClockPrediction
        Where the product has enough clocks.
    failed : dict of str to str
        Why the others have none.
    """

    orbits: tuple[FittedOrbit, ...]
    clocks: dict[str, ClockPrediction]
    failed: dict[str, str]


def fit_orbits(
    precise: PreciseOrbits,
    data: DataContext,
    *,
    satellites: Collection[str] | None = None,
    model: str = "ecom2",
    until: float | None = None,
    pulse_interval: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> OrbitFits:
    """Fit orbits to all epochs of a precise product, and predict clocks from it.

    Positions that the product flags as predicted, or that follow a manoeuvre, are not used.

    Parameters
    ----------
    precise : PreciseOrbits
        Positions of centres of mass, ITRF.
    data : DataContext
        Ephemeris, orientation and gravity.
    satellites : collection of str, optional
        Letters of systems or names of satellites; all by default.
    model : str
        As `fit_orbit`.
    until, pulse_interval : float, optional [s]
        As `fit_orbit`.
    progress : callable, optional
        Told each satellite before its fit.

    Returns
    -------
    OrbitFits

    Raises
    ------
    InvalidInput
        None of the satellites is in the product.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    As `fit_orbit` and `predict_clock`.
    """
    chosen = chosen_satellites(precise.satellites, satellites)
    last = max(until or precise.gpst[-1], precise.gpst[-1])
    bounds = tdb_from_gpst(np.array([precise.gpst[0], last]))
    place = surroundings(float(bounds[0]), float(bounds[1]), data)
    orbits, clocks, failed = [], {}, {}
    for satellite in chosen:
        if progress is not None:
            progress(satellite)
        column = precise.satellites.index(satellite)
        flags = precise.flags[:, column]
        position = precise.position[:, column].copy()
        position[flags & ORBIT_PREDICTED > 0] = np.nan
        jumps = np.flatnonzero(flags & MANEUVER)
        if jumps.size:
            position[: jumps[-1]] = np.nan
        try:
            orbits.append(
                fit_orbit(
                    satellite,
                    precise.gpst,
                    position,
                    data,
                    model=model,
                    until=last,
                    pulse_interval=pulse_interval,
                    place=place,
                )
            )
        except MoonsteadError as error:
            failed[satellite] = str(error)
            continue
        clock = np.where(flags & CLOCK_PREDICTED > 0, np.nan, precise.clock[:, column])
        try:
            clocks[satellite] = predict_clock(satellite, precise.gpst, clock)
        except InvalidInput:
            continue
    return OrbitFits(tuple(orbits), clocks, failed)


def epochs_of(precise: PreciseOrbits, chosen: NDArray[np.bool_]) -> PreciseOrbits:
    """Some epochs of a precise product.

    Parameters
    ----------
    precise : PreciseOrbits
        Any.
    chosen : (E,) bool
        Which epochs.

    Returns
    -------
    PreciseOrbits
    """

    def part(values: NDArray[Any] | None) -> Any:
        return None if values is None else values[chosen]

    return replace(
        precise,
        gpst=part(precise.gpst),
        position=part(precise.position),
        clock=part(precise.clock),
        velocity=part(precise.velocity),
        clock_rate=part(precise.clock_rate),
        sigma_exponent=part(precise.sigma_exponent),
        flags=part(precise.flags),
        extended_position=part(precise.extended_position),
        extended_velocity=part(precise.extended_velocity),
        day=part(precise.day) if precise.day.size else precise.day,
    )


def chosen_satellites(there: Sequence[str], asked: Collection[str] | None) -> tuple[str, ...]:
    """Satellites that letters of systems and names choose.

    Parameters
    ----------
    there : sequence of str
        What a product has.
    asked : collection of str or None
        "R", "G01" ...; None for all.

    Returns
    -------
    tuple of str
        Sorted.

    Raises
    ------
    InvalidInput
        One of those asked for is not there.
    """
    if asked is None:
        return tuple(sorted(there))
    for name in asked:
        if not any(satellite.startswith(name) for satellite in there):
            systems = ", ".join(sorted({satellite[0] for satellite in there}))
            raise InvalidInput(f"no satellite {name!r} is in the product; it has satellites of {systems}")
    return tuple(sorted(satellite for satellite in there if any(satellite.startswith(name) for name in asked)))


def orbit_errors(orbit: FittedOrbit, gpst: ArrayLike, position: ArrayLike) -> Array:
    """Errors of a fitted orbit against given positions.

    Parameters
    ----------
    orbit : FittedOrbit
        Within its flight.
    gpst : (M,) [s of GPST]
        Times.
    position : (M, 3) [m]
        Of the centre of mass, ITRF.

    Returns
    -------
    (M, 3) [m]
        Orbit less position along radius, track and normal; NaN where there is no position.

    Raises
    ------
    OutsideSpan
        A time lies outside the flight.

    Source
    ------
    Axes of the orbit in space, as `radial_axes`.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    tdb = tdb_from_gpst(gpst)
    states = orbit.inertial_states(gpst)
    turn = precise_itrf_from_icrf(tdb, orbit.data).inverse()
    off = states[:, :3] - turn.position(np.asarray(position, dtype=np.float64))
    return np.einsum("nij,nj->ni", radial_axes(states), off)


def product_of(
    fits: OrbitFits, gpst: ArrayLike, *, known: PreciseOrbits | None = None, agency: str = "MNST"
) -> PreciseOrbits:
    """The orbits and clocks of fits as a precise product, what is predicted flagged so.

    Parameters
    ----------
    fits : OrbitFits
        At least one orbit.
    gpst : (E,) [s of GPST]
        Epochs; an orbit that was not flown so far is left blank there.
    known : PreciseOrbits, optional
        The product that was fitted: its clocks are taken where it has them.
    agency : str
        Four letters.

    Returns
    -------
    PreciseOrbits
        With velocities.

    Raises
    ------
    InvalidInput
        There is no orbit.

    Source
    ------
    As `FittedOrbit.states` and `ClockPrediction.offset`; flags: SP3-d, 2016.
    """
    if not fits.orbits:
        raise InvalidInput("no orbit was fitted, so there is nothing to write")
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    names = tuple(orbit.satellite for orbit in fits.orbits)
    shape = (gpst.size, len(names))
    position, velocity = np.full((*shape, 3), np.nan), np.full((*shape, 3), np.nan)
    clock, flags = np.full(shape, np.nan), np.zeros(shape, dtype=np.uint8)
    accuracy = np.zeros(len(names), dtype=np.int16)
    for column, orbit in enumerate(fits.orbits):
        within = (gpst >= orbit.fit_span[0]) & (gpst <= orbit.last_gpst)
        states = orbit.states(gpst[within])
        position[within, column], velocity[within, column] = states[:, :3], states[:, 3:]
        later = within & (gpst > orbit.fit_span[1])
        flags[later, column] |= ORBIT_PREDICTED
        _fill_clock(orbit.satellite, fits.clocks, known, gpst, later, clock[:, column], flags[:, column])
        accuracy[column] = max(1, round(np.log2(max(orbit.rms_3d, 1e-3) * 1e3)))
    return PreciseOrbits(
        satellites=names,
        gpst=gpst,
        position=position,
        clock=clock,
        velocity=velocity,
        clock_rate=np.full(shape, np.nan),
        sigma_exponent=np.full((*shape, 4), -1, dtype=np.int16),
        flags=flags,
        accuracy_exponent=accuracy,
        interval=float(np.median(np.diff(gpst))) if gpst.size > 1 else 0.0,
        coordinate_system=known.coordinate_system if known is not None else "ITRF",
        orbit_type="FIT",
        agency=agency,
        comments=("orbits fitted to a precise product; flagged epochs are predicted",),
        day=np.zeros(gpst.size, dtype=np.int16),
    )


def _fill_clock(
    satellite: str,
    clocks: Mapping[str, ClockPrediction],
    known: PreciseOrbits | None,
    gpst: Array,
    later: NDArray[np.bool_],
    clock: Array,
    flags: NDArray[np.uint8],
) -> None:
    """Write clocks (E,) [s] of the product that was fitted, and predicted ones after it."""
    if known is not None and satellite in known.satellites:
        _, mine, theirs = np.intersect1d(gpst, known.gpst, return_indices=True)
        clock[mine] = known.clock[theirs, known.satellites.index(satellite)]
    if satellite in clocks:
        open_ones = later & np.isnan(clock)
        clock[open_ones] = clocks[satellite].offset(gpst[open_ones])
        flags[open_ones] |= CLOCK_PREDICTED
