"""Faces of hardware in the sky, the Sun and the warm ground: what they absorb, and how large a radiator must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput, NumericalFailure

__all__ = [
    "DUST_ABSORPTIVITY",
    "DUST_EMISSIVITY",
    "Face",
    "Surroundings",
    "absorbed_by_face",
    "effective_emittance",
    "radiator_area",
    "sink_temperature",
    "sun_cosine",
]

Array = NDArray[np.float64]

# [1] of regolith on a surface: one less a highland's Bond albedo, and its emissivity; Hayne et al. (2017)
DUST_ABSORPTIVITY = 0.88
DUST_EMISSIVITY = 0.95


@dataclass(frozen=True, slots=True)
class Face:
    """One flat outer face of a piece of hardware.

    Attributes
    ----------
    area : float [m2]
        Of the face.
    absorptivity : float [1]
        Of sunlight, clean.
    emissivity : float [1]
        In the thermal infrared, clean; with louvres, when they are open.
    tilt : float [rad]
        Of the normal from the zenith: 0 looks up, pi/2 stands upright, pi looks down.
    azimuth : float [rad], optional
        Where it faces, clockwise from north; without it the mean over all azimuths, as of the side of a round body.
    sky_view, ground_view : float [1], optional
        View factors; without them those of a face on a plain, (1 + cos tilt) / 2 and the rest.
    dust : float [1]
        Share of the face that regolith covers.
    insulation : float [1], optional
        Effective emittance of a blanket (MLI) between the hardware and this face; without it the face is bare.
    louvre : tuple of 3 float [1, K, K], optional
        Emittance with closed blades, and the temperatures of the hardware at which they begin and end to open.
    """

    area: float
    absorptivity: float
    emissivity: float
    tilt: float = 0.0
    azimuth: float | None = None
    sky_view: float | None = None
    ground_view: float | None = None
    dust: float = 0.0
    insulation: float | None = None
    louvre: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.area) and self.area > 0.0):
            raise InvalidInput(f"a face needs a positive area [m2]; got {self.area!r}")
        shares = {
            "absorptivity": self.absorptivity,
            "dust": self.dust,
            "sky view": self.seen()[0],
            "ground view": self.seen()[1],
            "emissivity": self.emissivity,
        }
        for what, share in shares.items():
            if not 0.0 <= share <= 1.0:
                raise InvalidInput(f"{what} of a face must lie in [0, 1]; got {share!r}")
        if sum(self.seen()) > 1.0 + 1e-9:
            raise InvalidInput(f"a face sees at most all around it: sky and ground view add up to {sum(self.seen()):g}")
        if self.emissivity == 0.0 or (self.insulation is not None and not 0.0 < self.insulation <= 1.0):
            raise InvalidInput("a face needs an emissivity, and a blanket an effective emittance, in (0, 1]")
        if self.louvre is not None:
            closed, low, high = self.louvre
            if not (0.0 < closed <= self.emissivity and 0.0 < low < high):
                raise InvalidInput(
                    f"louvres need 0 < closed <= open emittance and 0 < begin < end [K]; {self.louvre!r}"
                )
            if self.insulation is not None:
                raise InvalidInput("a face has louvres or a blanket, not both")

    def seen(self) -> tuple[float, float]:
        """View factors [1] of sky and ground."""
        sky = 0.5 * (1.0 + math.cos(self.tilt)) if self.sky_view is None else self.sky_view
        return sky, 1.0 - sky if self.ground_view is None else self.ground_view

    def dusty(self) -> tuple[float, float]:
        """Absorptivity and emissivity [1] with the dust on it."""
        clean = 1.0 - self.dust
        return (
            clean * self.absorptivity + self.dust * DUST_ABSORPTIVITY,
            clean * self.emissivity + self.dust * DUST_EMISSIVITY,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Sun and ground around hardware over time.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    beam : (N,) [W/m2]
        Sunlight through a plane that faces the Sun, with what the skyline leaves of it.
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun.
    ground_temperature : (N,) [K]
        Of the surface of the ground around.
    ground_light : (N,) [W/m2]
        Sunlight that the ground reflects, for each square metre of it.
    ground_emissivity : float [1]
        Of the ground.
    """

    tdb: Array
    beam: Array
    sun_azimuth: Array
    sun_elevation: Array
    ground_temperature: Array
    ground_light: Array
    ground_emissivity: float = DUST_EMISSIVITY

    def __post_init__(self) -> None:
        names = ("beam", "sun_azimuth", "sun_elevation", "ground_temperature", "ground_light")
        for name in ("tdb", *names):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float64))
        shapes = {name: getattr(self, name).shape for name in names}
        if self.tdb.ndim != 1 or any(shape != self.tdb.shape for shape in shapes.values()):
            raise InvalidInput(f"surroundings need one value for each of {self.tdb.shape} times; got {shapes}")
        if not np.all(np.isfinite(self.beam + self.ground_temperature + self.ground_light)):
            raise InvalidInput("sunlight and ground around hardware must be finite at all times")
        if np.any(self.beam < 0.0) or np.any(self.ground_temperature < 0.0) or np.any(self.ground_light < 0.0):
            raise InvalidInput("sunlight [W/m2] and temperature [K] of the ground must not be negative")


def sun_cosine(face: Face, sun_azimuth: ArrayLike, sun_elevation: ArrayLike) -> Array:
    """Cosine of the Sun's incidence on a face, or its mean over the azimuths that the face may have.

    Parameters
    ----------
    face : Face
        Its tilt and azimuth.
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun.

    Returns
    -------
    (N,) [1]
        0 where the Sun stands behind the face.

    Source
    ------
    Spherical trigonometry; the mean is the integral over azimuth of what is positive.
    """
    azimuth, elevation = np.asarray(sun_azimuth, dtype=np.float64), np.asarray(sun_elevation, dtype=np.float64)
    steady = np.sin(elevation) * math.cos(face.tilt)
    swing = np.cos(elevation) * math.sin(face.tilt)
    if face.azimuth is not None:
        return np.asarray(np.maximum(steady + swing * np.cos(azimuth - face.azimuth), 0.0))
    reach = np.arccos(np.clip(-steady / np.maximum(swing, 1e-300), -1.0, 1.0))
    return np.asarray(np.maximum((steady * reach + swing * np.sin(reach)) / math.pi, 0.0))


def absorbed_by_face(face: Face, around: Surroundings) -> Array:
    """Power that one square metre of a face absorbs from Sun, lit ground and warm ground.

    Parameters
    ----------
    face : Face
        Its finish, dust and view.
    around : Surroundings
        Sun and ground at N times.

    Returns
    -------
    (N,) [W/m2]

    Source
    ------
    Gilmore (2002), Spacecraft Thermal Control Handbook, vol. 1, ch. 2: direct, reflected and planetary heating, for
    grey faces; of the ground's reflection of the face's own heat, and of the sky's 3 K, nothing is counted.
    """
    absorptivity, emissivity = face.dusty()
    _, ground = face.seen()
    light = around.beam * sun_cosine(face, around.sun_azimuth, around.sun_elevation) + ground * around.ground_light
    heat = ground * around.ground_emissivity * STEFAN_BOLTZMANN * around.ground_temperature**4
    return np.asarray(absorptivity * light + emissivity * heat)


def sink_temperature(face: Face, around: Surroundings) -> Array:
    """Temperature that a face takes when nothing behind it heats it: what its hardware radiates against.

    Parameters
    ----------
    face : Face
        Its finish, dust and view.
    around : Surroundings
        Sun and ground at N times.

    Returns
    -------
    (N,) [K]

    Source
    ------
    Gilmore (2002), Spacecraft Thermal Control Handbook, vol. 1, ch. 6: (absorbed flux / (emissivity sigma))^(1/4).
    """
    _, emissivity = face.dusty()
    return np.asarray((absorbed_by_face(face, around) / (emissivity * STEFAN_BOLTZMANN)) ** 0.25)


def effective_emittance(face: Face) -> float:
    """Emittance of the way from the hardware through its blanket and face to the surroundings.

    Parameters
    ----------
    face : Face
        Bare, or with a blanket.

    Returns
    -------
    float [1]
        The face's own emissivity where it is bare.

    Source
    ------
    Two radiative resistances in series: the outer layer has no mass, so that what the blanket passes it radiates.
    """
    _, emissivity = face.dusty()
    if face.insulation is None:
        return emissivity
    return 1.0 / (1.0 / emissivity + 1.0 / face.insulation)


def radiator_area(heat: float, temperature: float, face: Face, around: Surroundings) -> float:
    """Area of radiator that carries away a heat at the worst time.

    Parameters
    ----------
    heat : float [W]
        To be radiated at all times.
    temperature : float [K]
        Of the radiator.
    face : Face
        Finish, dust and view of the radiator; its own area is not used.
    around : Surroundings
        Sun and ground at N times.

    Returns
    -------
    float [m2]

    Raises
    ------
    InvalidInput
        The heat or the temperature is not positive.
    NumericalFailure
        At the worst time the radiator would take in heat, whatever its area.

    Source
    ------
    Gilmore (2002), Spacecraft Thermal Control Handbook, vol. 1, ch. 6: Q = A eps sigma (T^4 - T_sink^4).
    """
    if not (heat > 0.0 and temperature > 0.0):
        raise InvalidInput(f"a radiator needs positive heat [W] and temperature [K]; got {heat!r}, {temperature!r}")
    worst = float(np.max(sink_temperature(face, around)))
    _, emissivity = face.dusty()
    carried = emissivity * STEFAN_BOLTZMANN * (temperature**4 - worst**4)
    if carried <= 0.0:
        raise NumericalFailure(
            f"at the worst time the radiator's surroundings are at {worst:.0f} K, above its own {temperature:.0f} K: "
            "no area is enough; turn it to the sky, shade it, keep it clean of dust, or run it warmer"
        )
    return heat / carried
