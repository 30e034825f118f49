"""Sunlight on a box with two wings: what the plates of a satellite say before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.local_axes import unit
from moonstead.dynamics.small_forces import earth_light_pressure
from moonstead.foundation.constants import SOLAR_PRESSURE
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.orbit_determination.solar_radiation import SunFrame

Array = NDArray[np.float64]

THERMAL = 2.0 / 3.0  # [1] of absorbed light that blankets send back at once, by Lambert's law
FLAT, ROUND = "flat", "round"


@dataclass(frozen=True, slots=True)
class Plate:
    """A surface of a satellite.

    Attributes
    ----------
    face : str
        ``"+X"``, ``"-X"``, ``"+Y"``, ``"-Y"``, ``"+Z"`` (to the Earth), ``"-Z"``, or ``"panel"`` (turned to the Sun).
    area : float [m^2]
    mirrored, scattered : float [1]
        Shares of light; the rest is absorbed.
    shape : str
        ``"flat"``, or ``"round"`` for the side of a cylinder.
    """

    face: str
    area: float
    mirrored: float
    scattered: float
    shape: str = FLAT


def _side(faces: str, area: float, specularity: float, reflectivity: float, shape: str = FLAT) -> tuple[Plate, ...]:
    """Plates on some faces from the specularity and the reflectivity that the older tables print."""
    mirrored = specularity * reflectivity
    return tuple(Plate(face, area, mirrored, reflectivity - mirrored, shape) for face in faces.split())


BOX_WINGS: dict[str, tuple[Plate, ...]] = {
    # Fliegel & Gallini (1996), J. Spacecraft Rockets 33, 863
    "GPS IIR": (
        *_side("+X -X", 3.05, 0.0, 0.06),
        *_side("+X -X +Y -Y", 1.06, 0.0, 0.06, ROUND),
        *_side("+Y -Y", 3.40, 0.0, 0.06),
        *_side("+Z -Z", 4.25, 0.0, 0.06),
        *_side("panel", 13.60, 0.85, 0.28),
        *_side("panel", 0.32, 0.85, 0.85),
    ),
    # Areas: IGS ACC, IIF_SV_DimensionsConfiguration; optical properties assumed by Rodriguez-Solano (2014)
    "GPS IIF": (
        *_side("+X -X", 5.72, 0.20, 0.56),
        *_side("+Y -Y", 7.01, 0.20, 0.56),
        *_side("+Z -Z", 5.40, 0.0, 0.0),
        *_side("panel", 22.25, 0.85, 0.23),
    ),
    # Areas: Steigenberger, IGS-ACS 1219; panels and optical properties of IIF
    "GPS III": (
        *_side("+X -X", 6.05, 0.20, 0.56),
        *_side("+Y -Y", 8.36, 0.20, 0.56),
        *_side("+Z -Z", 4.38, 0.0, 0.0),
        *_side("panel", 22.25, 0.85, 0.23),
    ),
    # Rodriguez-Solano (2014), doctoral thesis, TU Munich, table 5.6; optical properties as Ziebart (2001) assumes
    "GLONASS-M": (
        *_side("+X -X", 1.232, 0.20, 0.56),
        *_side("+X -X", 3.298, 0.20, 0.56, ROUND),
        *_side("+Y -Y", 2.700, 0.20, 0.56),
        *_side("+Y -Y", 3.330, 0.20, 0.56, ROUND),
        *_side("-Z", 2.120, 0.20, 0.21),
        *_side("+Z", 2.120, 0.30, 0.59),
        *_side("panel", 30.850, 0.85, 0.23),
    ),
    "GLONASS-K1": (
        *_side("+X -X", 2.12, 0.20, 0.56),
        *_side("+Y -Y", 4.35, 0.20, 0.56),
        *_side("-Z", 1.73, 0.20, 0.46),
        *_side("+Z", 1.73, 0.32, 0.60),
        *_side("panel", 16.960, 0.85, 0.23),
    ),
    # European GNSS Service Centre, Galileo satellite metadata; here +X is the side that sees the Sun, as the IGS has it
    "Galileo IOV": (
        Plate("+X", 1.32, 0.0, 0.06),
        Plate("-X", 1.32, 0.43, 0.13),
        Plate("+Y", 3.00, 0.15, 0.16),
        Plate("-Y", 3.00, 0.0, 0.06),
        Plate("+Z", 3.00, 0.15, 0.16),
        Plate("-Z", 3.00, 0.0, 0.06),
        Plate("panel", 10.82, 0.08, 0.0),
    ),
    "Galileo FOC": (
        Plate("+X", 1.320, 0.0, 0.07),
        Plate("-X", 1.320, 0.49, 0.15),
        Plate("+Y", 2.783, 0.40, 0.14),
        Plate("-Y", 2.783, 0.43, 0.14),
        Plate("+Z", 3.022, 0.14, 0.16),
        Plate("-Z", 3.036, 0.23, 0.11),
        Plate("panel", 10.82, 0.09, 0.0),
    ),
}
"""Plates of satellites by block, each with its source."""


def plates_of(block: str) -> tuple[Plate, ...]:
    """The plates of a block of satellites.

    Parameters
    ----------
    block : str
        "GLONASS-M", "GPS IIR-M", "Galileo FOC" ...; what follows a known name is a variant with the same plates.

    Returns
    -------
    tuple of Plate

    Raises
    ------
    InvalidInput
        No plates of that block are published.
    """
    known = [name for name in BOX_WINGS if block == name or block.startswith((f"{name}-", f"{name} ", f"{name}+"))]
    if not known:
        raise InvalidInput(
            f"no plates of {block or 'a satellite of unknown block'} are known (only of {', '.join(BOX_WINGS)}): use "
            "the model ecom2"
        )
    return BOX_WINGS[max(known, key=len)]


def sunlight_on_plates(plates: tuple[Plate, ...], mass: float, position: Array, frame: SunFrame, share: Array) -> Array:
    """Acceleration by sunlight on a box with wings in nominal attitude.

    The turns at noon and midnight, which a satellite makes slower than the nominal attitude asks, are not modelled.

    Parameters
    ----------
    plates : tuple of Plate
        Surfaces, from `plates_of`.
    mass : float [kg]
        Of the satellite.
    position : (N, 3) [m]
        Geocentric, ICRF.
    frame : SunFrame
        At the same places.
    share : (N,) [1]
        Visible share of the Sun.

    Returns
    -------
    (N, 3) [m/s^2]
        In ICRF axes.

    Source
    ------
    Rodriguez-Solano, Hugentobler & Steigenberger (2012), Adv. Space Res. 49, 1113, doi:10.1016/j.asr.2012.01.016:
    plates with immediate heat of the blankets of the bus; cylinders: Rodriguez-Solano (2014), thesis, section 2.2.3.
    """
    pressure = (SOLAR_PRESSURE / mass) * frame.strength * share
    normals = _normals(position, frame)
    return pressure[:, None] * sum(
        (_push(plate, frame.d, normals[plate.face]) for plate in plates), np.zeros_like(position)
    )


def earth_light_on_plates(
    plates: tuple[Plate, ...], mass: float, position: Array, sun: Array, frame: SunFrame
) -> Array:
    """Acceleration by light and heat of the Earth on a box with wings in nominal attitude.

    Parameters
    ----------
    plates : tuple of Plate
        Surfaces, from `plates_of`.
    mass : float [kg]
        Of the satellite.
    position, sun : (N, 3) [m]
        Geocentric, ICRF.
    frame : SunFrame
        At the same places.

    Returns
    -------
    (N, 3) [m/s^2]
        In ICRF axes, about 1e-9 m/s^2 away from the Earth.

    Source
    ------
    As `earth_light_pressure` and `sunlight_on_plates`; both sides of a panel are taken to be alike.
    """
    pressure = earth_light_pressure(position, sun) / mass
    normals = _normals(position, frame)
    down = -unit(position)
    front = np.sum(frame.d * down, axis=1, keepdims=True) >= 0.0
    normals["panel"] = np.where(front, frame.d, -frame.d)
    return pressure[:, None] * sum(
        (_push(plate, down, normals[plate.face]) for plate in plates), np.zeros_like(position)
    )


def _normals(position: Array, frame: SunFrame) -> dict[str, Array]:
    """Outward normals (N, 3) [1] of the faces."""
    down = -unit(position)
    x = np.cross(frame.y, down)
    sides = {"X": x, "Y": frame.y, "Z": down}
    return {"panel": frame.d} | {
        f"{sign}{axis}": (1.0 if sign == "+" else -1.0) * sides[axis] for sign in "+-" for axis in sides
    }


def _push(plate: Plate, toward: Array, normal: Array) -> Array:
    """Push (N, 3) [m^2] on a plate by light from a direction, over its pressure."""
    cosine = np.maximum(np.sum(toward * normal, axis=1, keepdims=True), 0.0)
    absorbed = 1.0 - plate.mirrored - plate.scattered
    heat = 0.0 if plate.face == "panel" else absorbed
    lambert, mirror = (np.pi / 6.0, 4.0 / 3.0) if plate.shape == ROUND else (THERMAL, 2.0)
    along = absorbed + plate.scattered
    across = lambert * (plate.scattered + heat) + mirror * plate.mirrored * cosine
    return np.asarray(-plate.area * cosine * (along * toward + across * normal))
