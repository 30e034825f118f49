"""Chains of causes: from the ground that hides the Sun to the experiment that is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.obstruction import Obstruction

__all__ = [
    "Cause",
    "Chain",
    "Experiment",
    "LostContact",
    "Outage",
    "contact_chain",
    "obstruction_text",
    "shortage_chain",
]

CauseKind = Literal[
    "terrain", "season", "night", "outage", "line", "storage", "load shed", "experiment", "contact", "orbit", "ground"
]
EventKind = Literal["shortage", "blackout", "missed contact"]
HOUR = 3600.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]
MEGABIT = 1e6  # [bit]


@dataclass(frozen=True, slots=True)
class Cause:
    """One link of a chain.

    Attributes
    ----------
    kind : str
        ``"terrain"``, ``"season"``, ``"night"``, ``"outage"``, ``"line"``, ``"storage"``, ``"load shed"``,
        ``"experiment"``, ``"contact"``, ``"orbit"`` (a relay below the horizon of the smooth Moon, or behind it) or
        ``"ground"`` (no ground station looks at the Moon).
    text : str
        The same in words, with the figures.
    start, stop : float [s TDB past J2000]
        When it held.
    """

    kind: CauseKind
    text: str
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Chain:
    """Why something failed, root first, consequence last.

    Attributes
    ----------
    event : str
        ``"shortage"``, ``"blackout"`` (nothing at all was served) or ``"missed contact"``.
    start, stop : float [s TDB past J2000]
        Of the event.
    causes : tuple of Cause
        Each brought about the next.
    """

    event: EventKind
    start: float
    stop: float
    causes: tuple[Cause, ...]

    @property
    def root(self) -> CauseKind:
        """Kind of the first cause."""
        return self.causes[0].kind

    @property
    def text(self) -> str:
        """The chain in one line; the paths of a missed contact failed side by side, not one through the other."""
        return (" and " if self.event == "missed contact" else " → ").join(cause.text for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Outage:
    """An interval in which a source that needs no Sun gave nothing.

    Attributes
    ----------
    source : str
        What reports call it.
    start, stop : float [s TDB past J2000]
        When.
    """

    source: str
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a load does for science, so that its loss can be counted.

    Attributes
    ----------
    name : str
        What reports call it.
    power : float [W]
        What it draws at work.
    data_rate : float [bit/s]
        What it then produces; 0 where it makes none.
    """

    name: str
    power: float
    data_rate: float


@dataclass(frozen=True, slots=True)
class LostContact:
    """Contact time that passed while an antenna had no power.

    Attributes
    ----------
    link : str
        What reports call it.
    duration : float [s]
        Contact time lost.
    volume : float [bit]
        Data that it would have carried.
    """

    link: str
    duration: float
    volume: float


def obstruction_text(body: str, found: Obstruction) -> str:
    """What hid a body, in words with figures.

    Parameters
    ----------
    body : str
        How the body is called, for example ``"the Sun"``.
    found : Obstruction
        What stood before it.

    Returns
    -------
    str
        Angles in degrees, distance in km.

    Source
    ------
    Wording of `Obstruction`.
    """
    azimuth, edge, skyline = (math.degrees(a) for a in (found.azimuth, found.elevation, found.skyline))
    if found.by_terrain:
        return (
            f"a ridge {found.distance / 1e3:.3g} km away in azimuth {azimuth:.0f}° stands {skyline:.2f}° high; "
            f"{body} came no nearer than {skyline - edge:.2f}° below its crest"
        )
    return (
        f"{body} stood below the horizon of the smooth Moon for {1.0 - found.terrain_share:.0%} of the time; "
        f"it came no nearer than {skyline - edge:.2f}° below the skyline, in azimuth {azimuth:.0f}°"
    )


def shortage_chain(
    start: float,
    stop: float,
    not_served: Mapping[str, float],
    storage: str,
    *,
    night: tuple[float, float] | None = None,
    sun: Obstruction | None = None,
    outages: Sequence[Outage] = (),
    experiments: Mapping[str, Experiment] | None = None,
    contacts: Sequence[LostContact] = (),
    blackout: bool = False,
) -> Chain:
    """Why loads went short, from the ground to the experiment.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        Of the shortage.
    not_served : mapping of str to float [J]
        What each load missed.
    storage : str
        What happened to the store, in words: ``"store empty"``, ``"discharge limit"``, ``"no store"``; or
        ``"line limit, ..."`` where a line could bring no more.
    night : (float, float), optional [s TDB past J2000]
        The dark interval in which it began.
    sun : Obstruction, optional
        What hid the Sun in that night; only with a night.
    outages : sequence of Outage
        Outages of other sources; those that overlap the shortage count.
    experiments : mapping of str to Experiment, optional
        What the loads do, by the names of `not_served`.
    contacts : sequence of LostContact
        Contacts that antennas among the loads missed.
    blackout : bool
        Whether nothing at all was served at some time.

    Returns
    -------
    Chain
        An experiment's lost data are its data rate times the energy missed over its power: a load that is served in
        part works in part.

    Raises
    ------
    InvalidInput
        The interval is empty, nothing was missed, or an obstruction is given without a night.

    Source
    ------
    Definition: each cause is one that held in the interval, in the order in which one brings about the next.
    """
    if not stop > start:
        raise InvalidInput(f"a shortage needs stop after start; got {start!r} and {stop!r} s")
    if not any(energy > 0.0 for energy in not_served.values()):
        raise InvalidInput("a shortage needs at least one load that missed energy [J]; got none")
    if sun is not None and night is None:
        raise InvalidInput("an obstruction of the Sun belongs to a night; give the night as well")
    causes: list[Cause] = []
    if night is not None:
        if sun is not None:
            causes.append(Cause("terrain" if sun.by_terrain else "season", obstruction_text("the Sun", sun), *night))
        causes.append(Cause("night", f"a night of {(night[1] - night[0]) / HOUR:.1f} h", *night))
    causes += [
        Cause(
            "outage", f"{outage.source} out for {(outage.stop - outage.start) / HOUR:.1f} h", outage.start, outage.stop
        )
        for outage in outages
        if outage.start < stop and outage.stop > start
    ]
    causes.append(Cause("line" if storage.startswith("line limit") else "storage", storage, start, stop))
    missed = sorted(((energy, name) for name, energy in not_served.items() if energy > 0.0), reverse=True)
    shed = ", ".join(f"{name} {energy / KILOWATT_HOUR:.3g} kWh" for energy, name in missed)
    causes.append(Cause("load shed", f"not served: {shed}", start, stop))
    lost = _lost(not_served, experiments or {})
    if lost:
        causes.append(Cause("experiment", f"lost: {lost}", start, stop))
    missed_contacts = ", ".join(
        f"{contact.link} {contact.duration / HOUR:.3g} h and {contact.volume / MEGABIT:.3g} Mbit"
        for contact in contacts
        if contact.duration > 0.0
    )
    if missed_contacts:
        causes.append(Cause("contact", f"contacts missed: {missed_contacts}", start, stop))
    return Chain("blackout" if blackout else "shortage", float(start), float(stop), tuple(causes))


def contact_chain(start: float, stop: float, paths: Mapping[str, tuple[CauseKind, str]]) -> Chain:
    """Why a site could not reach the Earth on any of its paths.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        Of the gap.
    paths : mapping of str to (str, str)
        For each path its name, and why it was closed: a kind of `Cause` and words.

    Returns
    -------
    Chain
        One cause for each path, those by terrain first, and the missed contact is what they have in common.

    Raises
    ------
    InvalidInput
        The interval is empty or there is no path.

    Source
    ------
    Definition: a contact is missed where every path is closed.
    """
    if not stop > start:
        raise InvalidInput(f"a gap needs stop after start; got {start!r} and {stop!r} s")
    if not paths:
        raise InvalidInput("a gap needs at least one path that was closed; got none")
    ordered = sorted(paths.items(), key=lambda path: path[1][0] != "terrain")
    causes = tuple(Cause(kind, f"{name}: {words}", start, stop) for name, (kind, words) in ordered)
    return Chain("missed contact", float(start), float(stop), causes)


def _lost(not_served: Mapping[str, float], experiments: Mapping[str, Experiment]) -> str:
    """Work and data that experiments lost, in words; empty where none did."""
    words = []
    for load, energy in not_served.items():
        experiment = experiments.get(load)
        if experiment is None or energy <= 0.0 or experiment.power <= 0.0:
            continue
        time = energy / experiment.power
        data = f" and {time * experiment.data_rate / MEGABIT:.3g} Mbit" if experiment.data_rate > 0.0 else ""
        words.append(f"{experiment.name} {time / HOUR:.3g} h of work{data}")
    return ", ".join(words)
