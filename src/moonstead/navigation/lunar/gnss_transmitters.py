"""What the Earth's navigation satellites send to users far outside: power, antenna pattern, and how sure that is."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.units import closest

Array = NDArray[np.float64]

STRETCH = 1.25  # [1] of a pattern in the lower band, where the wave is 1.34 times longer
LOBES = 4  # of the antennas' symmetry around their axis
SHARES = 5  # columns of a pattern that varies around the axis: least, quartiles, largest


@dataclass(frozen=True, eq=False)
class Transmitter:
    """A block of satellites as a distant user sees it.

    Attributes
    ----------
    identity, name, signal : str
        What tables and reports call it, and which signal is meant.
    carrier : float [Hz]
        Of that signal.
    power_dbw : float [dBW]
        Of the component that is correlated, at the antenna's input, less the antenna's losses.
    angle : (A,) [rad]
        Off the axis, rising from 0.
    gain_dbi : (A, 5) [dBi]
        Least, lower quartile, median, upper quartile and largest around the axis at each angle.
    spread_db : float [dB]
        How far off power and pattern may be together, one way.
    power_source, pattern_source : str
        Where they come from.
    second : Transmitter or None
        The same satellites in the lower band.
    """

    identity: str
    name: str
    signal: str
    carrier: float
    power_dbw: float
    angle: Array
    gain_dbi: Array
    spread_db: float
    power_source: str
    pattern_source: str
    second: Transmitter | None = None

    def __post_init__(self) -> None:
        sound = self.angle.ndim == 1 and self.angle.size >= 2 and bool(np.all(np.diff(self.angle) > 0.0))
        if not sound or self.angle[0] != 0.0 or self.gain_dbi.shape != (self.angle.size, SHARES):
            raise InvalidInput(
                f"the pattern of {self.identity!r} needs angles that rise from 0 and {SHARES} gains at each; got "
                f"{self.angle.shape} and {self.gain_dbi.shape}"
            )

    def eirp_dbw(self, angle: ArrayLike, azimuth: ArrayLike) -> Array:
        """Power that goes in a direction, as if it went so everywhere.

        Parameters
        ----------
        angle : (...) [rad]
            Off the antenna's axis, which looks at the centre of the Earth; beyond the table its last row counts.
        azimuth : (...) [rad]
            Around the axis. Lobes lie where the table's shares put them, in `LOBES` equal parts.

        Returns
        -------
        (...) [dBW]

        Source
        ------
        Linear between the angles and shares of the table, in decibels.
        """
        angle, azimuth = np.broadcast_arrays(np.asarray(angle, dtype=np.float64), azimuth)
        phase = np.mod(azimuth, 2.0 * math.pi / LOBES) * (LOBES / (2.0 * math.pi))
        share = (1.0 - np.abs(2.0 * phase - 1.0)) * (SHARES - 1)
        row = np.interp(angle, self.angle, np.arange(self.angle.size, dtype=np.float64))
        low, left = row.astype(np.intp), np.minimum(share.astype(np.intp), SHARES - 2)
        high, between, along = np.minimum(low + 1, self.angle.size - 1), row - low, share - left
        near = self.gain_dbi[low, left] * (1.0 - along) + self.gain_dbi[low, left + 1] * along
        far = self.gain_dbi[high, left] * (1.0 - along) + self.gain_dbi[high, left + 1] * along
        return np.asarray(self.power_dbw + near * (1.0 - between) + far * between)


def transmitter_names() -> tuple[str, ...]:
    """Identities of all blocks in the shipped table."""
    return tuple(_table())


def transmitter(name: str) -> Transmitter:
    """Block of the shipped table by its identity.

    Parameters
    ----------
    name : str
        One of `transmitter_names`.

    Returns
    -------
    Transmitter

    Raises
    ------
    MissingData
        There is none of this name.

    Source
    ------
    Each block names its own, with what was measured and what was taken by analogy.
    """
    table = _table()
    if name not in table:
        near = closest(name, table)
        advice = f"did you mean {near!r}?" if near else f"known are {', '.join(table)}"
        raise MissingData(f"no block of satellites is called {name!r}; {advice}")
    return table[name]


@cache
def _table() -> dict[str, Transmitter]:
    text = files("moonstead.navigation.lunar").joinpath("gnss_transmitters.toml").read_text(encoding="utf-8")
    blocks = tomllib.loads(text)["block"]
    found = {}
    for name, entry in blocks.items():
        shape = blocks[entry["like"]] if "like" in entry else entry
        rows = [row * SHARES if len(row) == 1 else row for row in shape["gain_dbi"]]
        main = Transmitter(
            identity=name,
            name=entry["name"],
            signal=entry["signal"],
            carrier=1e6 * entry["carrier_mhz"],
            power_dbw=entry["power_dbw"] - entry["loss_db"],
            angle=np.radians(np.array(shape["angles_deg"], dtype=np.float64)),
            gain_dbi=np.array(rows, dtype=np.float64),
            spread_db=entry["spread_db"],
            power_source=entry["power_source"],
            pattern_source=entry["pattern_source"],
        )
        found[name] = replace(main, second=_second(main, entry["second"])) if "second" in entry else main
    return found


def _second(main: Transmitter, entry: Mapping[str, Any]) -> Transmitter:
    """The lower band of a block: the pattern of the first, wider."""
    return replace(
        main,
        signal=entry["signal"],
        carrier=1e6 * entry["carrier_mhz"],
        power_dbw=entry["power_dbw"],
        angle=main.angle * STRETCH,
        spread_db=main.spread_db + 1.0,
        pattern_source=f"by analogy: the first band stretched by {STRETCH:g}",
    )
