"""Position of one receiver to centimetres: phases and codes of two bands with precise orbits and clocks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.solid_tides import pole_tide, solid_tide, sun_and_moon
from moonstead.formats.antex import Antenna, AntennaFile
from moonstead.formats.rinex_observation import ObservationFile
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.positioning.answer import ANTENNA_REFERENCE_POINT
from moonstead.navigation.ppp.answer import PrecisePosition
from moonstead.navigation.ppp.antennas import borrowed_bands, receiver_range, satellite_antennas
from moonstead.navigation.ppp.combinations import combine
from moonstead.navigation.ppp.fit import fitted
from moonstead.navigation.ppp.rough import rough_positions
from moonstead.navigation.ppp.rows import emission, geometry, troposphere
from moonstead.navigation.ppp.series import series_of
from moonstead.navigation.precise.receiver_antenna import receiver_antenna
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.time import tdb_from_gpst

Array = NDArray[np.float64]

# [m] each axis: what products and antennas add that residuals do not show; with patterns of neighbouring bands for the
# receiver's antenna (a centimetre a band, three times that in the combination); with an antenna that is not known
FLOOR, FLOOR_BORROWED, FLOOR_UNCALIBRATED = 0.005, 0.03, 0.05
MODELS = (
    "solid Earth tides and pole tide (IERS Conventions 2010)",
    "wind-up (Wu 1993)",
    "nominal yaw attitude",
    "mean atmosphere (RTCA DO-229), mapping of Niell (1996), gradients of Chen & Herring (1997)",
    "Shapiro delay of the Earth",
)
ABSENT = ("ocean loading", "atmospheric loading", "ionospheric delay of higher order", "whole-cycle ambiguities")
MASK = float(np.radians(7.0))  # [rad] below it, mapping functions and multipath cost more than the geometry gives


def precise_point(
    observations: ObservationFile,
    source: SatelliteSource,
    *,
    data: DataContext,
    systems: str = "GR",
    static: bool = True,
    mask: float = MASK,
    antex: AntennaFile | None = None,
    station_antenna: Antenna | None = None,
    start: ArrayLike | None = None,
) -> PrecisePosition:
    """Position of a receiver from codes and phases of two bands, whole cycles unknown and left real.

    All epochs are solved together: a static position with all data, a moving one with the ambiguities that the whole
    span gives. Estimated beside it: a receiver clock for each system and epoch, the delay of the atmosphere in the
    zenith and its gradients, one ambiguity for each arc of a phase, one code bias for each satellite.

    Parameters
    ----------
    observations : ObservationFile
        Codes and phases of two bands.
    source : SatelliteSource
        Precise orbits and clocks, as `open_precise` reads them.
    data : DataContext
        Where the ephemeris of Sun and Moon and Earth orientation come from.
    systems : str
        Letters of the systems to use.
    static : bool
        One position for all epochs, or one for each.
    mask : float [rad]
        Lowest elevation used.
    antex : AntennaFile, optional
        Antennas of satellites and receivers; those that are not there come from the shipped tables.
    station_antenna : Antenna, optional
        Calibration of the receiver's antenna; without it the one that the header names is looked up. Where there is
        none, the position is that of the mean phase centre.
    start : (3,) [m], optional
        A place within a thousand kilometres of the receiver, ITRF; the header's where it has one.

    Returns
    -------
    PrecisePosition

    Raises
    ------
    InvalidInput
        The mask is no elevation, a letter is no system's, or the orbits are those of broadcast messages.
    MissingData
        No satellite has codes and phases on two bands, or none has precise orbit and clock.
    NumericalFailure
        The measurements do not determine the position.

    Source
    ------
    Zumberge et al. (1997), J. Geophys. Res. 102, 5005, doi:10.1029/96JB03860; Kouba & Heroux (2001), GPS Solutions 5,
    12, doi:10.1007/PL00012883; static solutions as a batch with eliminated clocks: Ge et al. (2006), J. Geodesy 80,
    199, doi:10.1007/s00190-006-0044-x.
    """
    if not 0.0 <= mask < 0.5 * np.pi:
        raise InvalidInput(f"the mask is an elevation from 0 to pi/2 [rad], got {mask!r}; convert degrees first")
    combinations = combine(observations, systems)
    sent, without = emission(combinations, source)
    combinations.left_out.update(without)
    rough, right = rough_positions(combinations, sent, start, static, observations.approximate_position)
    sent = _only(sent, right)
    tdb = tdb_from_gpst(combinations.gpst)
    place = np.median(rough, axis=0)
    sun, moon = sun_and_moon(tdb, data)
    moved = rough + solid_tide(place, sun, moon, tdb) + pole_tide(place, tdb, data)
    seen = geometry(sent, moved[sent.epoch])
    above = seen.elevation > mask
    sent, seen = _only(sent, above), _only(seen, above)
    antennas = satellite_antennas(combinations, sent, seen, moved[sent.epoch], sun, antex)
    seen = geometry(antennas.sent, moved[sent.epoch])
    delay, partials = troposphere(sent, seen, place)
    computed = seen.distance - SPEED_OF_LIGHT * sent.clock + delay + antennas.range
    antenna = station_antenna or _antenna_of(observations, antex)
    if antenna is not None:
        computed += receiver_range(combinations, sent, seen, antenna)
    phase, code = (values[sent.epoch, sent.satellite] - computed for values in (combinations.phase, combinations.code))
    fit = fitted(
        combinations,
        antennas.sent,
        seen,
        np.column_stack([-seen.sight, partials]),
        np.stack([phase - antennas.wind_up, code], axis=1),
        static,
    )
    notes: dict[str, Any] = {
        "models": MODELS,
        "absent": ABSENT,
        "left_out": combinations.left_out,
        "receiver_antenna": "not calibrated" if antenna is None else f"{antenna.type} {antenna.radome}",
        "receiver_bands_of_neighbours": [] if antenna is None else borrowed_bands(combinations, antenna),
        **antennas.notes,
        "rounds": fit.rounds,
        "slips_found_in_residuals": fit.steps,
        "mask_deg": float(np.degrees(mask)),
    }
    point = ANTENNA_REFERENCE_POINT if antenna is not None else "mean phase centre of the antenna"
    return series_of(combinations, sent, seen, fit, rough, _floor(antenna is not None, notes), point, notes)


def _floor(calibrated: bool, notes: dict[str, Any]) -> float:
    """Standard deviation [m] of each axis that products and antennas add."""
    if not calibrated or notes["satellites_without_antenna"]:
        return FLOOR_UNCALIBRATED
    return FLOOR_BORROWED if notes["receiver_bands_of_neighbours"] else FLOOR


def _antenna_of(observations: ObservationFile, antex: AntennaFile | None) -> Antenna | None:
    """The antenna that the header names, if its calibration is known."""
    kind, radome, _ = observations.antenna
    try:
        return receiver_antenna(kind, radome, antex)
    except MissingData:
        return None


def _only(rows: Any, chosen: NDArray[np.bool_]) -> Any:
    """Some of the rows of a table whose columns are arrays."""
    return replace(rows, **{column.name: getattr(rows, column.name)[chosen] for column in fields(rows)})
