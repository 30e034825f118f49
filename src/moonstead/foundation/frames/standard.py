"""The frames that have a name of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import eme2000_from_icrf, itrf_from_icrf, teme_from_icrf
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.iau import IAU_FRAMES
from moonstead.foundation.frames.moon import moon_me_from_icrf, moon_pa_from_icrf
from moonstead.foundation.frames.orbit_local import EARTH_MOON_ROTATING
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import fixed, turn

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

OBLIQUITY_J2000 = 84_381.448 * ARCSECOND  # [rad] IAU 1976, as SPICE takes it for ECLIPJ2000


@dataclass(frozen=True)
class StandardFrame:
    """Axes with a fixed name and one published way to turn the ICRF into them.

    Attributes
    ----------
    name : str
        What messages, files and reports call it.
    function : callable
        Rotation from the ICRF at times (N,) [s TDB past J2000] with a `DataContext`.
    """

    name: str
    function: Callable[[Array, DataContext], Rotation] = field(repr=False)

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000]."""
        return self.function(np.atleast_1d(np.asarray(tdb, dtype=np.float64)), data)


def _same(tdb: Array, data: DataContext) -> Rotation:
    return fixed(np.eye(3), tdb.size)


def _ecliptic(tdb: Array, data: DataContext) -> Rotation:
    return fixed(turn(1, np.array([OBLIQUITY_J2000]))[0], tdb.size)


ICRF = StandardFrame("ICRF", _same)
"""International Celestial Reference Frame; SPICE and Horizons call these axes J2000."""
EME2000 = StandardFrame("EME2000", eme2000_from_icrf)
"""Mean equator and equinox of J2000, 23 mas from the ICRF."""
ECLIPJ2000 = StandardFrame("ECLIPJ2000", _ecliptic)
"""Mean ecliptic and equinox of J2000 as SPICE has it: the ICRF turned about x by 84381.448 arcsec."""
ITRF = StandardFrame("ITRF", itrf_from_icrf)
"""International Terrestrial Reference Frame; WGS 84, PZ-90.11 and CGCS2000 agree with it to centimetres."""
TEME = StandardFrame("TEME", teme_from_icrf)
"""True equator, mean equinox of date: the axes of SGP4."""
MOON_PA = StandardFrame("MOON_PA", moon_pa_from_icrf)
"""Principal axes of the Moon in DE440, for gravity."""
MOON_ME = StandardFrame("MOON_ME", moon_me_from_icrf)
"""Mean Earth and pole axes of the Moon, for maps and sites."""

_NAMED: dict[str, Frame] = {
    frame.name: frame
    for frame in (ICRF, EME2000, ECLIPJ2000, ITRF, TEME, MOON_PA, MOON_ME, EARTH_MOON_ROTATING, *IAU_FRAMES)
}


def frame_names() -> tuple[str, ...]:
    """Names that `frame_named` knows."""
    return tuple(_NAMED)


def frame_named(name: str) -> Frame:
    """Frame with a name.

    Parameters
    ----------
    name : str
        One of `frame_names`.

    Returns
    -------
    Frame

    Raises
    ------
    InvalidInput
        No frame has this name; the message lists those that there are.
    """
    try:
        return _NAMED[name]
    except KeyError:
        raise InvalidInput(f"no frame is called {name!r}; known are {', '.join(frame_names())}") from None
