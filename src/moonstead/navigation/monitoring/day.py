"""All that a day of messages and precise products says about the systems."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.gnss_time import gpst_text
from moonstead.formats.rinex_navigation import NavigationFile
from moonstead.formats.sp3 import PreciseOrbits
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.dilution import MASK
from moonstead.navigation.dilution_maps import AvailabilityMap, globe_grid
from moonstead.navigation.monitoring.comparison import SignalErrors, compare
from moonstead.navigation.monitoring.geometry import service_maps
from moonstead.navigation.monitoring.groups import Group, signal_groups
from moonstead.navigation.monitoring.indicators import Indicator, judged
from moonstead.navigation.monitoring.integrity import (
    IntegrityEvent,
    continuity,
    healthy_share,
    in_service,
    integrity_events,
)
from moonstead.navigation.monitoring.sisre import (
    AgeRow,
    RangeErrors,
    SisreRow,
    age_rows,
    part_rows,
    range_errors,
    sisre_row,
)
from moonstead.navigation.monitoring.time_offsets import SystemTime, TimeOffset, shown_offsets, told_offsets

Array = NDArray[np.float64]

# Largest age of a message [s]: BeiDou sends a new one every hour, and a receiver takes it.
AGE_LIMITS = {"C": 3600.0}
AGE_CLASSES = 12  # of the curve of errors by age
CELLS = (math.radians(5.0), math.radians(10.0))  # of the maps


@dataclass(frozen=True)
class SystemSummary:
    """A system as a whole.

    Attributes
    ----------
    system : str
        Letter of RINEX.
    satellites : int
        In both messages and product.
    out_of_service : tuple of str
        Those that never call themselves usable.
    pairs : int
        States with orbit and clock, of all its groups.
    sisre_rms, sisre_95 : float [m]
        Range error over them, each group against its own clock reference.
    message_share : float [1]
        Of satellites and epochs of the product for which a message is in force; less than 1 with files of few stations.
    healthy_share : float [1]
        Of the messages of satellites in service that call them usable.
    continuity_hour : float [1]
        Share of hours that begin with a healthy signal and keep it.
    continuity_trials : int
        Hours counted, overlapping.
    """

    system: str
    satellites: int
    out_of_service: tuple[str, ...]
    pairs: int
    sisre_rms: float
    sisre_95: float
    message_share: float
    healthy_share: float
    continuity_hour: float
    continuity_trials: int


@dataclass(frozen=True, eq=False)
class MonitoredGroup:
    """A group with its statistics.

    Attributes
    ----------
    group : Group
        Who.
    errors : SignalErrors
        Of its satellites.
    seen : RangeErrors
        As users see them.
    row : SisreRow
        Of the group.
    blocks, satellites : tuple of SisreRow
        Of its blocks and satellites, clocks against the group.
    ages : tuple of AgeRow
        By age of the message, ages that occur.
    events : tuple of IntegrityEvent
        Of its satellites.
    with_offsets : dict of str to SisreRow
        Group, blocks and satellites by name, with antenna offsets applied and no radial mean removed; empty where
        offsets are not known.
    """

    group: Group
    errors: SignalErrors
    seen: RangeErrors
    row: SisreRow
    blocks: tuple[SisreRow, ...]
    satellites: tuple[SisreRow, ...]
    ages: tuple[AgeRow, ...]
    events: tuple[IntegrityEvent, ...]
    with_offsets: dict[str, SisreRow]


@dataclass(frozen=True, eq=False)
class Monitoring:
    """What messages and precise products of a span say.

    Attributes
    ----------
    span : (float, float) [s of GPST]
        First and last epoch compared.
    groups : tuple of MonitoredGroup
        In the order of their names.
    systems : tuple of SystemSummary
        Each system as a whole.
    told, shown : tuple
        Offsets of system times: as messages tell them in the middle of the span, and as clocks show them.
    indicators : tuple of Indicator
        Against the operators' promises.
    maps : dict of str to AvailabilityMap
        Availability over the Earth by letters of systems, each and all together.
    """

    span: tuple[float, float]
    groups: tuple[MonitoredGroup, ...]
    systems: tuple[SystemSummary, ...]
    told: tuple[TimeOffset, ...]
    shown: tuple[SystemTime, ...]
    indicators: tuple[Indicator, ...]
    maps: dict[str, AvailabilityMap]

    @property
    def events(self) -> tuple[IntegrityEvent, ...]:
        """Events of all groups in the order of time."""
        found = [event for each in self.groups for event in each.events]
        return tuple(sorted(found, key=lambda event: (event.start, event.satellite, event.kind)))


def monitor(
    navigation: NavigationFile,
    precise: PreciseOrbits,
    *,
    systems: Collection[str] | None = None,
    offsets: ArrayLike | None = None,
    age_limits: Mapping[str, float] = AGE_LIMITS,
    kinds: Mapping[str, str] | None = None,
    mask: float = MASK,
    cells: tuple[float, float] = CELLS,
) -> Monitoring:
    """Compare broadcast messages with a precise product and judge what comes out.

    Parameters
    ----------
    navigation : NavigationFile
        Broadcast messages.
    precise : PreciseOrbits
        Orbits and clocks.
    systems : collection of str or None
        Letters of the systems; None for all that both have.
    offsets : (E, S, 3) [m] or None
        From centres of mass to antennas, as for `compare`, for a second view; the first removes the radial mean of each
        group instead.
    age_limits : mapping of str to float [s]
        Largest age of a message by system, beside the usual ones of `BroadcastSource`.
    kinds : mapping of str to str, or None
        Kind of message by system, ``{"E": "FNAV"}``; None for the kind that describes most satellites.
    mask : float [rad]
        Least elevation of the maps.
    cells : (float, float) [rad]
        Size of their cells in latitude and longitude.

    Returns
    -------
    Monitoring

    Raises
    ------
    InvalidInput
        None of the systems is in both, or messages and product are of different times.

    Source
    ------
    As `range_errors`, `integrity_events`, `told_offsets`, `service_maps`, `standards`.
    """
    source = BroadcastSource.from_file(navigation, age_limits=age_limits, kinds=kinds)
    errors = compare(source, precise)
    moved = None if offsets is None else compare(source, precise, offsets=offsets)
    if systems is not None:
        wanted = [k for k, name in enumerate(errors.satellites) if name[0] in systems]
        if not wanted:
            there = ", ".join(sorted({name[0] for name in errors.satellites}))
            asked = ", ".join(sorted(systems))
            raise InvalidInput(f"messages and precise orbits have no satellite of {asked} in common; they have {there}")
        errors, moved = errors.part(wanted), None if moved is None else moved.part(wanted)
    if not errors.sent.any():
        told = [gpst_text(time) for time in (*source.span, float(errors.gpst[0]), float(errors.gpst[-1]))]
        raise InvalidInput(
            f"no message is in force at any epoch of the precise orbits: messages may be used from {told[0]} to "
            f"{told[1]}, the orbits go from {told[2]} to {told[3]}; give files of the same days"
        )
    groups = tuple(
        _monitored(group, errors.part(group.columns), None if moved is None else moved.part(group.columns))
        for group in signal_groups(errors.satellites, float(errors.gpst[0]))
    )
    span = float(errors.gpst[0]), float(errors.gpst[-1])
    summaries = tuple(_summary(system, groups) for system in sorted({each.group.system for each in groups}))
    maps = service_maps(precise, [each.errors for each in groups], globe_grid(*cells), mask=mask)
    indicators = [
        indicator
        for one in summaries
        for indicator in judged(
            one.system,
            {
                "sisre_rms": one.sisre_rms,
                "sisre_95": one.sisre_95,
                "healthy_share": one.healthy_share,
                "continuity_hour": one.continuity_hour,
                "pdop_availability": maps[one.system].availability,
                "pdop_availability_worst": float(maps[one.system].fraction.min()),
            },
            span[1] - span[0],
        )
    ]
    return Monitoring(
        span,
        groups,
        summaries,
        told_offsets(navigation.time_corrections, 0.5 * (span[0] + span[1])),
        shown_offsets({each.group.name: each.errors for each in groups}),
        tuple(indicators),
        maps,
    )


def _monitored(group: Group, errors: SignalErrors, moved: SignalErrors | None) -> MonitoredGroup:
    weights, each = group.weights, {name: [k] for k, name in enumerate(errors.satellites)}
    ages = errors.age[np.isfinite(errors.clock)]
    edges = np.linspace(ages.min(), ages.max() + 1.0, AGE_CLASSES + 1) if ages.size else np.array([0.0, 1.0])
    return MonitoredGroup(
        group,
        errors,
        range_errors(errors, weights),
        sisre_row(group.name, errors, weights),
        part_rows(errors, weights, group.blocks),
        part_rows(errors, weights, each),
        tuple(row for row in age_rows(group.name, errors, weights, edges) if row.pairs),
        integrity_events(errors),
        {} if moved is None else _with_offsets(group, moved),
    )


def _with_offsets(group: Group, errors: SignalErrors) -> dict[str, SisreRow]:
    parts: dict[str, ArrayLike] = {name: [k] for k, name in enumerate(errors.satellites)}
    parts |= group.blocks | {group.name: np.arange(len(errors.satellites))}
    rows = part_rows(errors, group.weights, parts, remove_radial_mean=False)
    return {row.name: row for row in rows if row.pairs}


def _summary(system: str, groups: tuple[MonitoredGroup, ...]) -> SystemSummary:
    mine = [each for each in groups if each.group.system == system]
    sisre = np.concatenate([each.seen.sisre[np.isfinite(each.seen.sisre)] for each in mine])
    flown = [np.isfinite(each.errors.distance) for each in mine]
    epochs = sum(int(there.sum()) for there in flown)
    sent = sum(int((there & each.errors.sent).sum()) for there, each in zip(flown, mine, strict=True))
    kept = [continuity(each.errors) for each in mine]
    idle = [
        name
        for each in mine
        for name, used in zip(each.errors.satellites, in_service(each.errors), strict=True)
        if not used
    ]
    return SystemSummary(
        system,
        sum(len(each.errors.satellites) for each in mine),
        tuple(sorted(idle)),
        int(sisre.size),
        float(np.sqrt(np.mean(sisre * sisre))) if sisre.size else float("nan"),
        float(np.percentile(sisre, 95.0)) if sisre.size else float("nan"),
        sent / epochs if epochs else float("nan"),
        _mean([healthy_share(each.errors) for each in mine]),
        _mean(kept),
        sum(counted for _, counted in kept),
    )


def _mean(shares: list[tuple[float, int]]) -> float:
    """Mean of shares by what they were counted over."""
    total = sum(counted for _, counted in shares)
    return sum(share * counted for share, counted in shares if counted) / total if total else float("nan")
