"""Position of one receiver to centimetres: phases and codes of two bands with precise orbits and clocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.rinex_observation import ObservationFile
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.ppp.answer import PrecisePosition
from moonstead.navigation.ppp.combinations import combine
from moonstead.navigation.ppp.fit import fitted
from moonstead.navigation.ppp.rough import rough_positions
from moonstead.navigation.ppp.rows import Emission, Geometry, emission, geometry, troposphere
from moonstead.navigation.ppp.series import series_of
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.solid_tides import pole_tide, solid_tide, sun_and_moon
from moonstead.navigation.time import tdb_from_gpst

Array = NDArray[np.float64]

FLOOR = 0.005  # [m] of each axis
MASK = float(np.radians(7.0))  # [rad] below it, mapping functions and multipath cost more than the geometry gives


def precise_point(
    observations: ObservationFile,
    source: SatelliteSource,
    *,
    data: DataContext,
    systems: str = "GR",
    static: bool = True,
    mask: float = MASK,
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
    start : (3,) [m], optional
        A place within a thousand kilometres of the receiver, ITRF; the header's where it has one.

    Returns
    -------
    PrecisePosition

    Raises
    ------
    InvalidInput
        The mask is no elevation, or a letter is no system's.
    MissingData
        No satellite has codes and phases on two bands, or none has precise orbit and clock.
    NumericalFailure
        The measurements do not determine the position.

    Source
    ------
    Zumberge et al. (1997), J. Geophys. Res. 102, 5005, doi:10.1029/96JB03860; Kouba & Heroux (2001), GPS Solutions 5,
    12, doi:10.1007/PL00012883; static solutions as a batch with eliminated clocks: Ge et al. (2006), J. Geodesy 80,
    273.
    """
    if not 0.0 <= mask < 0.5 * np.pi:
        raise InvalidInput(f"the mask is an elevation from 0 to pi/2 [rad], got {mask!r}; convert degrees first")
    combinations = combine(observations, systems)
    sent, without = emission(combinations, source)
    combinations.left_out.update(without)
    rough = rough_positions(combinations, sent, observations.approximate_position if start is None else start, static)
    tdb = tdb_from_gpst(combinations.gpst)
    place = np.median(rough, axis=0)
    tide = solid_tide(place, *sun_and_moon(tdb, data), tdb) + pole_tide(place, tdb, data)
    seen = geometry(sent, (rough + tide)[sent.epoch])
    above = seen.elevation > mask
    sent = Emission(**{name: getattr(sent, name)[above] for name in Emission.__dataclass_fields__})
    seen = Geometry(**{name: getattr(seen, name)[above] for name in Geometry.__dataclass_fields__})
    delay, partials = troposphere(sent, seen, place)
    computed = seen.distance - SPEED_OF_LIGHT * sent.clock + delay
    measured = np.stack(
        [values[sent.epoch, sent.satellite] - computed for values in (combinations.phase, combinations.code)], axis=1
    )
    fit = fitted(combinations, sent, seen, np.column_stack([-seen.sight, partials]), measured, sent.wander, static)
    notes: dict[str, Any] = {
        "models": ["solid Earth tides", "pole tide"],
        "left_out": combinations.left_out,
        "rounds": fit.rounds,
        "slips_found_in_residuals": fit.steps,
    }
    point = "phase centre"
    return series_of(combinations, sent, seen, fit, rough, FLOOR, point, notes)
