"""Which broadcast message a receiver uses at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Rule = Literal["real-time", "nearest"]

# Largest time from the reference time [s]. GPS, QZSS, NavIC: half of a fit interval of 4 h (IS-GPS-200, 20.3.4.4);
# Galileo: 4 h (OS SIS ICD 2.1, 5.1); BeiDou sends a new set each hour, and one may be missed; GLONASS: half of 30 min
# (ICD 5.1, A.3.1.2); SBAS: 240 s and a margin (DO-229, table 2-3).
AGE_LIMITS = {"G": 7_200.0, "J": 7_200.0, "I": 7_200.0, "E": 14_400.0, "C": 7_200.0, "R": 900.0, "S": 360.0}
MARGIN = 0.1  # [s] a reference time is met though the signal left 0.07 s before
EARLY = 1e-5  # [s] a sorted list of all satellites' times is no finer
BEYOND = 1e7  # [s] by which satellites are set apart in that list
NEAREST_ONLY = "R"  # the set about t_b is sent from 15 minutes before to 15 minutes after t_b
BY_REFERENCE = "CS"  # in force from their reference times on; files know the time of transmission badly


@dataclass(frozen=True, slots=True, eq=False)
class MessageChoice:
    """Sorted lists out of which the message for a satellite and a time is found.

    Attributes
    ----------
    messages : BroadcastMessages
        In the order of `satellite_index`.
    satellite_index : (M,) int
        Satellite of each message.
    satellites : tuple of str
        Names.
    limits : (M,) [s]
        Largest time from the reference time of each message.
    by_reference, by_transmission : (M,) int
        Rows in the order of satellite and time.
    rule : str
        ``"real-time"`` or ``"nearest"``.
    """

    messages: BroadcastMessages
    satellite_index: Indices
    satellites: tuple[str, ...]
    limits: Array
    by_reference: Indices
    by_transmission: Indices
    rule: Rule

    def rows(self, satellite_index: Indices, gpst: Array) -> Indices:
        """Message for each satellite and time; -1 where none is in force.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times.

        Returns
        -------
        (N,) int
        """
        if not len(self.messages):
            return np.full(gpst.shape, -1, dtype=np.int64)
        nearest = self._nearest(satellite_index, gpst)
        if self.rule == "nearest":
            return self._in_force(nearest, gpst)
        letters = np.array([name[0] for name in self.satellites])
        system = letters[satellite_index]
        sent = self._last(satellite_index, gpst, self.by_transmission, self._sent)
        referred = self._last(satellite_index, gpst, self.by_reference, self.messages.reference)
        last = np.where(np.isin(system, list(BY_REFERENCE)), referred, sent)
        return self._in_force(np.where(np.isin(system, list(NEAREST_ONLY)), nearest, last), gpst)

    @property
    def _sent(self) -> Array:
        """Times of transmission, or of reference where they are not known."""
        sent = self.messages.transmission
        return np.where(np.isnan(sent), self.messages.reference, sent)

    def _places(self, satellite_index: Indices, gpst: Array, order: Indices, times: Array) -> Indices:
        """Place after the last message of a sorted list whose time has come."""
        first = times.min()
        block = times.max() - first + 2.0 * BEYOND
        keys = self.satellite_index[order] * block + (times[order] - first)
        return np.searchsorted(
            keys, satellite_index * block + np.clip(gpst - first + EARLY, -BEYOND, block - BEYOND), side="right"
        )

    def _last(self, satellite_index: Indices, gpst: Array, order: Indices, times: Array) -> Indices:
        """Last message whose time has come; -1 where there is none."""
        place = self._places(satellite_index, gpst, order, times) - 1
        row = order[np.maximum(place, 0)]
        return np.where((place >= 0) & (self.satellite_index[row] == satellite_index), row, -1)

    def _nearest(self, satellite_index: Indices, gpst: Array) -> Indices:
        """Message whose reference time is nearest, of several with one reference time the one sent last."""
        order, times = self.by_reference, self.messages.reference
        before = self._last(satellite_index, gpst, order, times)
        place = self._places(satellite_index, gpst, order, times)
        next_one = order[np.minimum(place, order.size - 1)]
        there = (place < order.size) & (self.satellite_index[next_one] == satellite_index)
        after = self._last(self.satellite_index[next_one], times[next_one], order, times)
        to_before = np.where(before >= 0, gpst - times[before], np.inf)
        to_after = np.where(there, times[after] - gpst, np.inf)
        found = np.where(to_before <= to_after, before, after)
        return np.where(np.isinf(to_before) & np.isinf(to_after), -1, found)

    def _in_force(self, rows: Indices, gpst: Array) -> Indices:
        age = np.abs(gpst - self.messages.reference[rows])
        return np.where((rows >= 0) & (age <= self.limits[rows] + MARGIN), rows, -1)


def message_choice(
    messages: BroadcastMessages, rule: Rule = "real-time", age_limits: Mapping[str, float] | None = None
) -> MessageChoice:
    """Prepare the choice of messages.

    Parameters
    ----------
    messages : BroadcastMessages
        Of one kind for each system.
    rule : str
        ``"real-time"``: the message sent last before the time (BeiDou: whose reference time passed last; GLONASS: whose
        t_b is nearest, which is what it sends); ``"nearest"``: nearest reference time, sent or not.
    age_limits : mapping of str to float, optional
        Largest time [s] from the reference time by letter of the system, in place of `AGE_LIMITS`.

    Returns
    -------
    MessageChoice

    Source
    ------
    IS-GPS-200, 20.3.4; Galileo OS SIS ICD 2.1, 5.1; GLONASS ICD 5.1, 3.3.3; BDS-SIS-ICD B1I 3.0, 5.2.4.
    """
    names, index = np.unique(messages.satellite, return_inverse=True)
    order = np.argsort(index, kind="stable")
    messages, index = messages.take(order), index[order].astype(np.int64)
    table = AGE_LIMITS | dict(age_limits or {})
    limits = np.array([table[name[0]] for name in messages.satellite.tolist()], dtype=np.float64)
    given = {} if age_limits is None else age_limits
    curve = messages.fit_interval / 2.0
    own = np.array([name[0] not in given for name in messages.satellite.tolist()], dtype=bool)
    limits = np.where(own & (curve > 0.0), curve, limits)
    sent = np.where(np.isnan(messages.transmission), messages.reference, messages.transmission)
    return MessageChoice(
        messages=messages,
        satellite_index=index,
        satellites=tuple(names.tolist()),
        limits=limits,
        by_reference=np.lexsort((sent, messages.reference, index)),
        by_transmission=np.lexsort((messages.reference, sent, index)),
        rule=rule,
    )
