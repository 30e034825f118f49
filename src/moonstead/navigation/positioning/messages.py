"""What a receiver takes from navigation messages: satellites, a model of the ionosphere, channels of GLONASS."""

from __future__ import annotations

from typing import Literal

import numpy as np

from moonstead.formats.rinex_navigation import NavigationFile
from moonstead.formats.rinex_observation import ObservationFile
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.positioning.ionosphere import BroadcastIonosphere
from moonstead.navigation.positioning.message_gaps import FilledSource
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.satellites import satellite_facts

RULES = ("finished", "real-time", "nearest")
KLOBUCHAR: tuple[tuple[str, str, Literal["GPS", "BeiDou"]], ...] = (
    ("GPSA", "GPSB", "GPS"),
    ("QZSA", "QZSB", "GPS"),
    ("BDSA", "BDSB", "BeiDou"),
)


def source_of_messages(messages: NavigationFile, rule: str = "finished") -> SatelliteSource:
    """Satellites by their messages, as a receiver of that moment or one who has the whole day knows them.

    Parameters
    ----------
    messages : NavigationFile
        What was received.
    rule : str
        ``"real-time"``: messages that had been sent; ``"nearest"``: the one nearest in time; ``"finished"``: as sent,
        and the nearest where a file lacks what was sent.

    Returns
    -------
    SatelliteSource

    Raises
    ------
    InvalidInput
        The rule is none of these.
    """
    if rule not in RULES:
        raise InvalidInput(f"messages are chosen by {', '.join(RULES)}; got {rule!r}")
    if rule == "nearest":
        return BroadcastSource.from_file(messages, rule="nearest")
    sent = BroadcastSource.from_file(messages)
    return sent if rule == "real-time" else FilledSource(sent, BroadcastSource.from_file(messages, rule="nearest"))


def ionosphere_of_messages(messages: NavigationFile) -> BroadcastIonosphere | None:
    """The ionosphere that messages tell: one model for all satellites.

    Parameters
    ----------
    messages : NavigationFile
        Its header may hold coefficients of GPS, of QZSS and of BeiDou; the first that are all numbers and not all zero
        are taken.

    Returns
    -------
    BroadcastIonosphere or None
        None where there are no coefficients.
    """
    told = messages.ionosphere
    for first, second, kind in KLOBUCHAR:
        if first in told and second in told:
            alpha, beta = np.array(told[first][:4]), np.array(told[second][:4])
            if np.all(np.isfinite([alpha, beta])) and np.any(alpha != 0.0):
                return BroadcastIonosphere(kind, alpha, beta)
    return None


def glonass_channels(messages: NavigationFile | None, observations: ObservationFile) -> dict[str, int]:
    """Frequency channels [1] of the GLONASS satellites that were observed.

    Parameters
    ----------
    messages : NavigationFile or None
        They know best.
    observations : ObservationFile
        Who was seen and when: the table of satellites knows the others by the date.

    Returns
    -------
    dict of str to int
        Channel by satellite.
    """
    seen = observations.systems["R"].satellites if "R" in observations.systems else ()
    facts = {name: satellite_facts(name, float(observations.gpst[0])).channel for name in seen}
    channels = {name: channel for name, channel in facts.items() if channel is not None}
    if messages is not None:
        rows = zip(messages.messages.satellite.tolist(), messages.messages.channel.tolist(), strict=True)
        channels |= {name: int(channel) for name, channel in rows if name[0] == "R"}
    return channels
