"""Announced constellations about the Moon: how many satellites, on which orbits, and what of that is published."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import BOLTZMANN
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.units import closest

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LunarSignal:
    """A ranging signal for users at the Moon.

    Attributes
    ----------
    name : str
        What reports call it.
    band : (2,) [Hz]
        Edges of its band.
    carrier : float [Hz]
        Of its carrier.
    received_power_dbw : float [dBW]
        Least power at a user with an antenna of 0 dBi, at the reference distance.
    reference_distance : float [m]
        Where that power arrives.
    source : str
        Where from, and how sure.
    """

    name: str
    band: tuple[float, float]
    carrier: float
    received_power_dbw: float
    reference_distance: float
    source: str

    def c_n0(self, distance: ArrayLike, gain_dbi: float = 0.0, noise_temperature: float = 290.0) -> Array:
        """Carrier to noise density at a user.

        Parameters
        ----------
        distance : (...) [m]
            From the satellite, whose antenna is taken to cover the Moon evenly.
        gain_dbi : float [dBi]
            Of the user's antenna.
        noise_temperature : float [K]
            Of its receiving system.

        Returns
        -------
        (...) [dB Hz]

        Raises
        ------
        InvalidInput
            A distance or the noise temperature is not positive.

        Source
        ------
        Free space: power falls with the square of the distance.
        """
        far = np.asarray(distance, dtype=np.float64)
        if np.any(far <= 0.0) or not noise_temperature > 0.0:
            raise InvalidInput(
                f"distances [m] and the noise temperature [K] are positive; got {np.min(far):g} and "
                f"{noise_temperature:g}"
            )
        power = self.received_power_dbw + 20.0 * np.log10(self.reference_distance / far)
        return np.asarray(power + gain_dbi - 10.0 * math.log10(BOLTZMANN * noise_temperature))


@dataclass(frozen=True, slots=True)
class LunarSatellite:
    """One satellite of a constellation at its start.

    Attributes
    ----------
    name : str
        Within its constellation.
    semi_major_axis : float [m]
        Of its ellipse about the Moon.
    eccentricity : float [1]
        Of that ellipse.
    inclination, node, argument_of_periselene, mean_anomaly : float [rad]
        To the Earth's orbit about the Moon, nodes from the direction of the Earth.
    """

    name: str
    semi_major_axis: float
    eccentricity: float
    inclination: float
    node: float
    argument_of_periselene: float
    mean_anomaly: float


@dataclass(frozen=True, slots=True)
class LunarConstellation:
    """An announced constellation, labelled by its source.

    Attributes
    ----------
    identity, name, operator : str
        What scenarios and reports call it, and who plans it.
    year : int
        When it is to serve.
    satellites : tuple of LunarSatellite
        None where no number was published.
    signal : LunarSignal
        What they send.
    signal_error : (3,) [m]
        Error of a range by orbit, clock and signal, one sigma: least, nominal and largest.
    signal_error_source, source, chosen : str
        Where that and the numbers come from, and what nobody published.
    published : tuple of str
        What the source says.
    """

    identity: str
    name: str
    operator: str
    year: int
    satellites: tuple[LunarSatellite, ...]
    signal: LunarSignal
    signal_error: tuple[float, float, float]
    signal_error_source: str
    source: str
    published: tuple[str, ...]
    chosen: str

    @property
    def label(self) -> str:
        """One sentence that says what stands behind the numbers."""
        return f"{self.name}: {self.source}. Chosen here: {self.chosen}."


def constellation_names() -> tuple[str, ...]:
    """Identities of all shipped constellations, in the order of the table."""
    return tuple(_table())


def lunar_constellation(name: str) -> LunarConstellation:
    """Shipped constellation by its identity.

    Parameters
    ----------
    name : str
        One of `constellation_names`.

    Returns
    -------
    LunarConstellation

    Raises
    ------
    MissingData
        There is none of this name; the message has the nearest.

    Source
    ------
    Each constellation names its own.
    """
    table = _table()
    if name not in table:
        near = closest(name, table)
        advice = f"did you mean {near!r}?" if near else f"known are {', '.join(table)}"
        raise MissingData(f"no constellation about the Moon is called {name!r}; {advice}")
    return table[name]


@cache
def _table() -> dict[str, LunarConstellation]:
    text = files("moonstead.navigation.lunar").joinpath("constellations.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    signals = {name: _signal(entry) for name, entry in document["signal"].items()}
    return {name: _constellation(name, entry, signals) for name, entry in document["constellation"].items()}


def _signal(entry: Mapping[str, Any]) -> LunarSignal:
    low, high = (1e6 * edge for edge in entry["band_mhz"])
    return LunarSignal(
        entry["name"],
        (low, high),
        1e6 * entry["carrier_mhz"],
        entry["received_dbw"],
        1e3 * entry["reference_km"],
        entry["source"],
    )


def _constellation(name: str, entry: Mapping[str, Any], signals: Mapping[str, LunarSignal]) -> LunarConstellation:
    low, nominal, high = (float(value) for value in entry["signal_error_m"])
    return LunarConstellation(
        identity=name,
        name=entry["name"],
        operator=entry["operator"],
        year=entry["year"],
        satellites=tuple(satellite for group in entry["group"] for satellite in _group(group)),
        signal=signals[entry["signal"]],
        signal_error=(low, nominal, high),
        signal_error_source=entry["signal_error_source"],
        source=entry["source"],
        published=tuple(entry["published"]),
        chosen=entry["chosen"],
    )


def _group(group: Mapping[str, Any]) -> list[LunarSatellite]:
    """Satellites of one shape."""
    period, eccentricity = 3600.0 * group["period_h"], float(group["eccentricity"])
    axis = math.cbrt(body("MOON").gm * (period / (2.0 * math.pi)) ** 2)
    inclination = group.get("inclination_deg")
    if inclination is None:  # Lidov's condition for a frozen ellipse: e^2 = 1 - 5/3 cos^2 i
        inclination = math.degrees(math.acos(math.sqrt(0.6 * (1.0 - eccentricity**2))))
    argument = math.radians({"south": 90.0, "north": 270.0}[group["apsis"]])
    rows = zip(group["nodes_deg"], group["anomalies_deg"], strict=True)
    places = [(node, anomaly) for node, anomalies in rows for anomaly in anomalies]
    if len({place for place in places}) < len(places):
        raise InvalidInput(f"two satellites of the group {group['name']!r} share a place")
    return [
        LunarSatellite(
            f"{group['name']}-{number}" if len(places) > 1 else group["name"],
            axis,
            eccentricity,
            math.radians(inclination),
            math.radians(node),
            argument,
            math.radians(anomaly),
        )
        for number, (node, anomaly) in enumerate(places, 1)
    ]
