"""What antennas do to phases: where signals leave and arrive, and how both ends turn against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.antex import Antenna, AntennaFile
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.phase_wind_up import phase_wind_up, unwound
from moonstead.navigation.ppp.combinations import Combinations
from moonstead.navigation.ppp.rows import Emission, Geometry
from moonstead.navigation.precise.antenna import SatelliteAntennas, nadir_angle
from moonstead.navigation.precise.receiver_antenna import receiver_correction, receiver_pattern
from moonstead.navigation.signals import ionosphere_free_weights

Array = NDArray[np.float64]

UNSTEADY_SIGMA = 0.1  # [m] of a phase whose satellite turns in a way that is not modelled: up to a cycle of wind-up


@dataclass(frozen=True, eq=False)
class AntennaEffects:
    """Effects of antennas on M rows.

    Attributes
    ----------
    sent : Emission
        With the satellites' phase centres in place of their centres of mass, and the doubt of turning satellites.
    range : (M,) [m]
        What the variations of the satellites' phase centres add to a range.
    wind_up : (M,) [m]
        What the turn of antennas adds to an ionosphere-free phase.
    notes : dict
        Satellites whose phase centre is unknown, where offsets come from, rows in unmodelled turns.
    """

    sent: Emission
    range: Array
    wind_up: Array
    notes: dict[str, Any]


def satellite_antennas(
    combinations: Combinations, sent: Emission, seen: Geometry, receiver: Array, sun: Array, antex: AntennaFile | None
) -> AntennaEffects:
    """Phase centres, their variations and the wind-up of M signals.

    Parameters
    ----------
    combinations : Combinations
        Names satellites, bands and epochs.
    sent, seen : Emission, Geometry
        Rows, from centres of mass.
    receiver : (M, 3) [m]
        Receiver of each row, ITRF.
    sun : (E, 3) [m]
        From the Earth's centre, ITRF.
    antex : AntennaFile or None
        Antennas of satellites; those that are not there come from the shipped table.

    Returns
    -------
    AntennaEffects

    Source
    ------
    `SatelliteAntennas` and `phase_wind_up`; both name theirs.
    """
    bands = {
        letter: Counter(
            (signals[0][1], signals[2][1])
            for name, signals in zip(combinations.satellites, combinations.signals, strict=True)
            if name[0] == letter
        ).most_common(1)[0][0]
        for letter in {name[0] for name in combinations.satellites}
    }
    middle = float(combinations.gpst[combinations.gpst.size // 2])
    antennas = SatelliteAntennas(combinations.satellites, middle, bands, antex)
    of_epoch = sun[sent.epoch]
    axes, steady = antennas.axes(sent.satellite, sent.position, sent.velocity, of_epoch)
    centre = sent.position + np.einsum("nij,ni->nj", axes, antennas.offset[sent.satellite])
    variation = antennas.variation(sent.satellite, nadir_angle(sent.position, receiver))
    turned = np.full(combinations.code.shape, np.nan)
    turned[sent.epoch, sent.satellite] = phase_wind_up(seen.sight, axes[:, 0], axes[:, 1], seen.axes)
    wave = SPEED_OF_LIGHT / combinations.frequency.sum(axis=1)  # a f1 + b f2 weights of one cycle on both bands
    unknown = [name for name, known in zip(antennas.satellites, antennas.known, strict=True) if not known]
    return AntennaEffects(
        replace(sent, position=centre, wander=np.hypot(sent.wander, np.where(steady, 0.0, UNSTEADY_SIGMA))),
        variation,
        unwound(turned)[sent.epoch, sent.satellite] * wave[sent.satellite],
        {
            "satellite_antennas": dict(Counter(antennas.source)),
            "satellites_without_antenna": unknown,
            "rows_in_unmodelled_turns": int(np.sum(~steady)),
        },
    )


def receiver_range(combinations: Combinations, sent: Emission, seen: Geometry, antenna: Antenna) -> Array:
    """What the receiver's antenna adds to ranges that are counted from its reference point.

    Parameters
    ----------
    combinations : Combinations
        Names satellites and bands.
    sent, seen : Emission, Geometry
        M rows.
    antenna : Antenna
        Its patterns.

    Returns
    -------
    (M,) [m]
        Of the ionosphere-free combination.

    Raises
    ------
    MissingData
        The antenna has no pattern for a band, nor for a neighbour.

    Source
    ------
    `receiver_correction` of both bands.
    """
    total = np.zeros(sent.epoch.size)
    bands = [
        (name[0], first[1], second[1])
        for name, (first, _, second, _) in zip(combinations.satellites, combinations.signals, strict=True)
    ]
    for kind in dict.fromkeys(bands):
        rows = np.array([band == kind for band in bands])[sent.satellite]
        weights = ionosphere_free_weights(*combinations.frequency[sent.satellite[rows]].T)
        for weight, band in zip(weights, kind[1:], strict=True):
            pattern = receiver_pattern(antenna, f"{kind[0]}0{band}")
            total[rows] += weight * receiver_correction(pattern, seen.elevation[rows], seen.azimuth[rows])
    return total


def borrowed_bands(combinations: Combinations, antenna: Antenna) -> list[str]:
    """Bands that take the pattern of a band some per cent away in frequency; bands of GLONASS and GPS are nearer.

    Parameters
    ----------
    combinations : Combinations
        Names satellites and bands.
    antenna : Antenna
        Of the receiver.

    Returns
    -------
    list of str
        ``"C06"`` ...
    """
    bands = {
        f"{name[0]}0{signals[place][1]}"
        for name, signals in zip(combinations.satellites, combinations.signals, strict=True)
        for place in (0, 2)
    }
    near = {"E01", "J01", "J02", "C01", "G01", "G02", "R01", "R02"}  # the carriers that were measured, within 2 %
    return sorted(bands - near - set(antenna.patterns))
