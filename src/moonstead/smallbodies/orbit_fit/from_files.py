"""From files of observations to the orbit: what is read, where the correction begins, what is solved for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry import Observations, RejectedLine, join_observations, read_astrometry
from moonstead.formats.astrometry_repeats import without_repeats
from moonstead.formats.packed_designation import same_object
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.motion.orbit import STATE_NAMES
from moonstead.smallbodies.motion.perturbers import DEFAULT_SPAN
from moonstead.smallbodies.orbit_fit.brightness import absolute_magnitude
from moonstead.smallbodies.orbit_fit.forces_solved import fit_orbit, with_brightness
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.watch.magnitude import DEFAULT_SLOPE

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.biases import BiasTable
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.result import OrbitFit

Array = NDArray[np.float64]

ROOM = 30.0 * SECONDS_PER_DAY  # [s] of tables before the first observation, for light times and the epoch
DAYS_WITHOUT_MIDNIGHT = 10.0  # [d] on longer arcs the epoch is put on a midnight, as published orbits have it


@dataclass(frozen=True, eq=False)
class FileOrbit:
    """An orbit and what the files held.

    Attributes
    ----------
    fit : OrbitFit or RangedOrbit
        Corrected orbit, or a weighted sample where the arc is too short.
    prepared : PreparedObservations
        Rows of the fit.
    rejected : tuple of (str, RejectedLine)
        File and line of all that was refused.
    start : str
        Where the correction began.
    """

    fit: OrbitFit | RangedOrbit
    prepared: PreparedObservations
    rejected: tuple[tuple[str, RejectedLine], ...]
    start: str


def read_files(
    paths: Sequence[str | os.PathLike[str]], *, object: str | None = None
) -> tuple[Observations, tuple[tuple[str, RejectedLine], ...]]:
    """Observations of one object from several files, each row once.

    Parameters
    ----------
    paths : sequence of paths
        Places and radar echoes in any known format.
    object : str, optional
        Which object, where a file has several.

    Returns
    -------
    Observations, tuple of (str, RejectedLine)
        All rows; file and line of what was refused.

    Raises
    ------
    InvalidInput
        The files are of different objects, or as `read_astrometry`.
    MissingData
        A file is not there.
    """
    if not paths:
        raise InvalidInput("give at least one file of observations")
    parts = [read_astrometry(path, object=object) for path in paths]
    names = [next(iter(part.object_counts())) for part in parts]
    for path, name in zip(paths, names, strict=True):
        if not same_object(name, names[0]):
            raise InvalidInput(f"{paths[0]} is of {names[0]}, {path} of {name}: one orbit is of one object")
    rejected = tuple((str(path), line) for path, part in zip(paths, parts, strict=True) for line in part.rejected)
    if len(parts) == 1:
        return parts[0], rejected
    joined = replace(join_observations(parts), rejected=())
    single = without_repeats(joined)
    both = " and ".join(str(path) for path in paths)
    return single, (*rejected, *((both, line) for line in single.rejected))


def orbit_from_files(
    paths: Sequence[str | os.PathLike[str]],
    data: DataContext,
    *,
    object: str | None = None,
    start: SmallBodyOrbit | None = None,
    solve_for: Sequence[str] | None = None,
    bias_table: BiasTable | None = None,
    weights: str = "veres2017",
    radius: float | None = None,
    perturbers: Perturbers | None = None,
    progress: Callable[[str], None] | None = None,
) -> FileOrbit:
    """The orbit that files of observations tell, from nothing or from an orbit near it.

    Parameters
    ----------
    paths : sequence of paths
        Places and radar echoes.
    data : DataContext
        Ephemeris, Earth orientation, observatory codes.
    object : str, optional
        Which object, where a file has several.
    start : SmallBodyOrbit, optional
        Where the correction begins; where `solve_for` is given, forces that it does not name keep the values of this
        orbit. Left out, an orbit is sought from nothing.
    solve_for : sequence of str, optional
        Of ``"A1"``, ``"A2"``, ``"A3"``; left out, `fit_orbit` decides.
    bias_table : BiasTable, optional
        Of star catalogues.
    weights : str
        As `prepare_observations` takes it.
    radius : float [m], optional
        Of the body, for radar echoes of its surface.
    perturbers : Perturbers, optional
        What pulls; made for the arc if left out.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    FileOrbit
        With every row and every refused line.

    Raises
    ------
    InvalidInput, MissingData, NumericalFailure
        As `read_files`, `prepare_observations`, `determine_orbit` and `fit_orbit`.

    Source
    ------
    As `prepare_observations`, `determine_orbit` and `fit_orbit`.
    """
    from moonstead.smallbodies.motion.perturbers import perturbers as tables
    from moonstead.smallbodies.orbit_fit.determine import determine_orbit

    say = progress or _silent
    say("reading observations")
    observations, rejected = read_files(paths, object=object)
    before = len(observations.rejected)
    prepared = prepare_observations(observations, data, bias_table=bias_table, weights=weights)
    dropped = prepared.observations.rejected
    if len(dropped) > before:
        known = set(observations.rejected)
        where = " and ".join(str(path) for path in paths)
        rejected += tuple((where, line) for line in dropped if line not in known)
    first, last = prepared.observations.arc()
    if perturbers is None:
        outside = first - ROOM < DEFAULT_SPAN[0]
        perturbers = tables(data, start_tdb=first - ROOM, stop_tdb=last + ROOM) if outside else tables(data)
    if start is None:
        found = determine_orbit(prepared, perturbers, data, progress=progress)
        if isinstance(found, RangedOrbit):
            return FileOrbit(_bright_sample(found, prepared, perturbers, data), prepared, rejected, "from nothing")
        found = with_brightness(found, data)
        orbit, began, chosen = found.orbit, "from nothing", (found.used, found.radar_used)
    else:
        orbit, began, chosen = start, f"from {start.source or start.name}", None
    say("correcting the orbit")
    fit = fit_orbit(
        at_middle(orbit, (first, last), perturbers),
        prepared,
        perturbers,
        data,
        solve_for=solve_for,
        radius=radius,
        begin_with=chosen,
    )
    fit = replace(fit, notes=(*prepared.notes, *fit.notes))
    return FileOrbit(fit, prepared, rejected, began)


def at_middle(orbit: SmallBodyOrbit, arc: tuple[float, float], perturbers: Perturbers) -> SmallBodyOrbit:
    """An orbit at the middle of an arc, where its errors are smallest and least alike.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        At any time.
    arc : (float, float) [s TDB past J2000]
        First and last observation.
    perturbers : Perturbers
        What pulls on the way.

    Returns
    -------
    SmallBodyOrbit
        Without covariance; at a midnight of TDB on arcs of more than ten days.

    Raises
    ------
    NumericalFailure
        The body falls on another before it gets there.

    Source
    ------
    As `moonstead.smallbodies.motion.flight.fly`.
    """
    from moonstead.foundation.errors import NumericalFailure
    from moonstead.smallbodies.motion.flight import fly

    middle = 0.5 * (arc[0] + arc[1])
    if arc[1] - arc[0] > DAYS_WITHOUT_MIDNIGHT * SECONDS_PER_DAY:
        middle = (np.round(middle / SECONDS_PER_DAY - 0.5) + 0.5) * SECONDS_PER_DAY
    middle = float(middle)
    if middle == orbit.tdb:
        return replace(orbit, covariance=None, parameters=STATE_NAMES)
    flight = fly(orbit, middle, perturbers)
    if not flight.span[0] <= middle <= flight.span[1]:
        raise NumericalFailure(
            f"the orbit that the correction should begin with meets {flight.ended_by} before the observations"
        )
    return replace(
        orbit, tdb=middle, state=flight.state(np.array([middle]))[0], covariance=None, parameters=STATE_NAMES
    )


def _bright_sample(
    sample: RangedOrbit, prepared: PreparedObservations, perturbers: Perturbers, data: DataContext
) -> RangedOrbit:
    """A sample whose best orbit has an absolute magnitude, where the rows have magnitudes."""
    from moonstead.smallbodies.motion.flight import fly

    best, times = sample.best, prepared.tdb
    if best.absolute_magnitude is not None:
        return sample
    ends = (min(float(times.min()), best.tdb), max(float(times.max()), best.tdb))
    # where it is rather than where it was when its light left: no matter for a magnitude
    places = fly(best, ends, perturbers, stop_at_impact=False).state(times)[:, :3]
    found = absolute_magnitude(prepared, sample.used, places, data)
    if found is None:
        return sample
    return replace(sample, best=replace(best, absolute_magnitude=found[0], slope=DEFAULT_SLOPE))


def _silent(_: str) -> None:
    """Nobody listens."""
