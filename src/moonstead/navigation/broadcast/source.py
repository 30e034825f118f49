"""Broadcast messages as a source of satellite states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.rinex_navigation import NavigationFile
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.broadcast.consistency import contradicted
from moonstead.navigation.broadcast.evaluation import CONSTANTS, MessageTables, evaluate, message_tables
from moonstead.navigation.broadcast.group_delays import code_bias
from moonstead.navigation.broadcast.health import healthy
from moonstead.navigation.broadcast.message_choice import MessageChoice, Rule, message_choice
from moonstead.navigation.satellite_states import Codes, SatelliteStates

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

# Kinds of messages of each system, the preferred one first where two describe as many satellites.
KINDS = {
    "G": ("LNAV", "CNAV", "CNV2"),
    "J": ("LNAV", "CNAV", "CNV2"),
    "I": ("LNAV",),
    "E": ("INAV", "FNAV"),
    "C": ("D1", "CNV1", "CNV2", "CNV3"),
    "R": ("FDMA",),
    "S": ("SBAS",),
}
SISTER = {"D1": "D2"}  # geostationary satellites of BeiDou send D2 where the others send D1


@dataclass(frozen=True, eq=False)
class BroadcastSource:
    """Satellites as their own messages describe them; a `SatelliteSource`.

    Attributes
    ----------
    choice : MessageChoice
        The messages, and which of them is in force when.
    """

    choice: MessageChoice

    @classmethod
    def from_file(
        cls,
        navigation: NavigationFile,
        *,
        kinds: Mapping[str, str] | None = None,
        rule: Rule = "real-time",
        age_limits: Mapping[str, float] | None = None,
        healthy_only: bool = False,
    ) -> BroadcastSource:
        """Source out of navigation files.

        Parameters
        ----------
        navigation : NavigationFile
            As `read_navigation` gives it.
        kinds, rule, healthy_only
            As `from_messages`.
        age_limits : mapping of str to float, optional
            Largest time [s] from the reference time by letter of the system.

        Returns
        -------
        BroadcastSource
        """
        return cls.from_messages(
            navigation.messages, kinds=kinds, rule=rule, age_limits=age_limits, healthy_only=healthy_only
        )

    @classmethod
    def from_messages(
        cls,
        messages: BroadcastMessages,
        *,
        kinds: Mapping[str, str] | None = None,
        rule: Rule = "real-time",
        age_limits: Mapping[str, float] | None = None,
        healthy_only: bool = False,
    ) -> BroadcastSource:
        """Source out of messages.

        Parameters
        ----------
        messages : BroadcastMessages
            Of any systems.
        kinds : mapping of str to str, optional
            Kind of message by letter of the system, such as ``{"E": "FNAV", "C": "CNV1"}``. By default the kind that
            describes most satellites of the system.
        rule : str
            ``"real-time"`` or ``"nearest"``; see `message_choice`.
        age_limits : mapping of str to float, optional
            Largest time [s] from the reference time by letter of the system.
        healthy_only : bool
            Leave messages out that call their satellite unhealthy, or that disagree with those before and after. By
            default they are used like others, and the states are flagged.

        Returns
        -------
        BroadcastSource

        Raises
        ------
        MissingData
            There are no messages.
        InvalidInput
            A system or a kind of message is unknown.
        """
        used = messages.take(_chosen_kinds(messages, dict(kinds or {})))
        if healthy_only:
            used = used.take(healthy(used))
            used = used.take(~contradicted(used, message_tables(used)))
        if not len(used):
            raise MissingData("no broadcast message is left to be used; read a navigation file of these systems")
        if unknown := set(age_limits or {}) - set(CONSTANTS):
            raise InvalidInput(f"age_limits names unknown systems {sorted(unknown)}; known are {', '.join(CONSTANTS)}")
        return cls(message_choice(used, rule, age_limits))

    @property
    def messages(self) -> BroadcastMessages:
        """The messages, to which `SatelliteStates.message` points."""
        return self.choice.messages

    @property
    def satellites(self) -> tuple[str, ...]:
        """Names of all satellites, sorted."""
        return self.choice.satellites

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s of GPST] at which any message may be used."""
        reference, limits = self.messages.reference, self.choice.limits
        return float(np.min(reference - limits)), float(np.max(reference + limits))

    @cached_property
    def _tables(self) -> MessageTables:
        return message_tables(self.messages)

    @cached_property
    def contradicted(self) -> Flags:
        """Messages (M,) that disagree with those before and after; their states count as unhealthy."""
        return contradicted(self.messages, self._tables)

    @cached_property
    def _healthy(self) -> Flags:
        return healthy(self.messages) & ~self.contradicted

    def states(self, satellite_index: Indices, gpst: Array, offset: Array | float = 0.0) -> SatelliteStates:
        """States of the antennas at ``gpst + offset``, by the equations of each system's interface document.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times past 1980-01-06T00:00:00 GPST.
        offset : (N,) or scalar [s]
            Small times to be added.

        Returns
        -------
        SatelliteStates
            Not valid where no message is in force.
        """
        index, gpst = self._checked(satellite_index, gpst)
        later = np.ascontiguousarray(np.broadcast_to(np.asarray(offset, dtype=np.float64), gpst.shape))
        rows = self.choice.rows(index, gpst)
        messages = self.messages
        states = evaluate(messages, self._tables, rows, gpst, later)
        found = rows >= 0
        return SatelliteStates(
            position=states.position,
            velocity=states.velocity,
            clock=states.clock,
            clock_drift=states.clock_drift,
            relativity=states.relativity,
            age=np.where(found, gpst - messages.reference[rows] + later, np.nan),
            accuracy=np.where(found, messages.accuracy[rows], np.nan),
            healthy=np.where(found, self._healthy[rows], False),
            valid=found & np.isfinite(states.position[:, 0]) & np.isfinite(states.clock),
            message=rows,
            point="antenna",
        )

    def code_bias(self, satellite_index: Indices, gpst: Array, codes: Codes) -> Array:
        """Delay of a signal or ionosphere-free pair against the clock of `states`.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times, which choose the message.
        codes : str or (str, str)
            Observation codes of RINEX 3.

        Returns
        -------
        (N,) [s]
            To be subtracted from the clock offset; 0 where the messages do not tell it: `code_bias_known`.
        """
        return self._biases(satellite_index, gpst, codes)[0]

    def code_bias_known(self, satellite_index: Indices, gpst: Array, codes: Codes) -> Flags:
        """Whether the messages tell the delay of a signal or pair, rather than leaving it at 0.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s of GPST]
            Times, which choose the message.
        codes : str or (str, str)
            Observation codes of RINEX 3.

        Returns
        -------
        (N,) bool
        """
        return self._biases(satellite_index, gpst, codes)[1]

    def _biases(self, satellite_index: Indices, gpst: Array, codes: Codes) -> tuple[Array, Flags]:
        index, gpst = self._checked(satellite_index, gpst)
        rows = self.choice.rows(index, gpst)
        bias, known = np.zeros(rows.shape), np.zeros(rows.shape, dtype=bool)
        found = np.flatnonzero(rows >= 0)
        used, back = np.unique(rows[found], return_inverse=True)
        value, told = code_bias(self.messages, used, codes)
        bias[found], known[found] = value[back], told[back]
        return bias, known

    def _checked(self, satellite_index: Indices, gpst: Array) -> tuple[Indices, Array]:
        gpst = np.ascontiguousarray(np.atleast_1d(gpst), dtype=np.float64)
        index = np.ascontiguousarray(np.broadcast_to(satellite_index, gpst.shape), dtype=np.int64)
        if index.size and (index.min() < 0 or index.max() >= len(self.satellites)):
            raise InvalidInput(f"satellite_index must lie between 0 and {len(self.satellites) - 1}")
        return index, gpst


def _chosen_kinds(messages: BroadcastMessages, kinds: dict[str, str]) -> Flags:
    """Messages of one kind for each system."""
    letters = messages.satellite.astype("<U1")
    chosen = np.zeros(len(messages), dtype=bool)
    for system, kind in kinds.items():
        if system not in KINDS or kind not in KINDS[system]:
            known = "; ".join(f"{letter}: {', '.join(names)}" for letter, names in KINDS.items())
            raise InvalidInput(f"system {system!r} sends no messages of kind {kind!r}; known are {known}")
    for system in np.unique(letters).tolist():
        of_system = letters == system
        pairs = set(zip(messages.kind[of_system].tolist(), messages.satellite[of_system].tolist(), strict=True))
        described = Counter(kind for kind, _ in pairs)
        best = kinds.get(system) or max(KINDS[system], key=lambda kind: described[kind])
        chosen |= of_system & ((messages.kind == best) | (messages.kind == SISTER.get(best, best)))
    return chosen
