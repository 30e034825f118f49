"""Where bodies are: a set of SPK files that answers for any pair of bodies they connect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import naif_id, naif_name
from moonstead.foundation.ephemeris.calendar import span_text
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable
from moonstead.foundation.ephemeris.selection import joined_span, sole_winner, winners
from moonstead.foundation.ephemeris.spk import Segment, open_spk
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan

Array = NDArray[np.float64]
BodyName = str | int

SOLAR_SYSTEM_BARYCENTER = 0
METRES = 1e3  # [m/km]


@dataclass(frozen=True)
class Ephemeris:
    """Positions and velocities of bodies from SPK files; later files win, and within a file later segments.

    Attributes
    ----------
    paths : tuple of Path
        The files, in the order they were loaded.
    segments : tuple of Segment
        All segments, the one with the highest priority last.
    """

    paths: tuple[Path, ...]
    segments: tuple[Segment, ...]

    @classmethod
    def open(cls, paths: Iterable[Path | str] | Path | str) -> Ephemeris:
        """Open one or several SPK files.

        Parameters
        ----------
        paths : path or paths
            Binary SPK files; a later one wins over an earlier one.

        Raises
        ------
        MissingData
            A file does not exist.
        InvalidInput
            A file is no binary SPK file, cut short or damaged.
        """
        named = [paths] if isinstance(paths, str | Path) else list(paths)
        segments = tuple(segment for path in named for segment in open_spk(path))
        return cls(tuple(Path(path) for path in named), segments)

    def with_file(self, path: Path | str) -> Ephemeris:
        """These files and one more, which wins over them.

        Raises
        ------
        MissingData, InvalidInput
            As `open`.
        """
        return Ephemeris((*self.paths, Path(path)), (*self.segments, *open_spk(path)))

    def state(self, target: BodyName, center: BodyName, tdb: Array) -> Array:
        """Position and velocity of one body from another, geometric, in ICRF axes.

        Parameters
        ----------
        target, center : str or int
            NAIF names or ids.
        tdb : (N,) [s TDB past J2000]
            Times; NaN gives a row of NaN.

        Returns
        -------
        (N, 6) [m, m/s]
            Velocity is the derivative by TDB.

        Raises
        ------
        InvalidInput
            A name is unknown, or a segment is of a type that is not read.
        MissingData
            The files do not connect the two bodies.
        OutsideSpan
            A time lies outside the files.

        Source
        ------
        NAIF, SPK Required Reading: both bodies are followed from centre to centre until their chains meet.
        """
        first, second = naif_id(target), naif_id(center)
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        known = ~np.isnan(tdb)
        if np.all(known):
            return METRES * self._relative(first, second, tdb)
        states = np.full((tdb.size, 6), np.nan)
        states[known] = METRES * self._relative(first, second, tdb[known])
        return states

    def position(self, target: BodyName, center: BodyName, tdb: Array) -> Array:
        """Position of one body from another, geometric, in ICRF axes.

        Parameters
        ----------
        target, center : str or int
            NAIF names or ids.
        tdb : (N,) [s TDB past J2000]
            Times; NaN gives a row of NaN.

        Returns
        -------
        (N, 3) [m]
            As the first half of `state`.

        Raises
        ------
        InvalidInput, MissingData, OutsideSpan
            As `state`.
        """
        return np.ascontiguousarray(self.state(target, center, tdb)[:, :3])

    def span(self, target: BodyName, center: BodyName) -> tuple[float, float]:
        """First and last time for which `state` answers without a gap.

        Parameters
        ----------
        target, center : str or int
            NAIF names or ids.

        Returns
        -------
        (2,) [s TDB past J2000]
            Where several gapless spans exist, the first.

        Raises
        ------
        InvalidInput
            A name is unknown.
        MissingData
            The files do not connect the two bodies.
        """
        first, second = naif_id(target), naif_id(center)
        ours, theirs = self._ancestors(first), self._ancestors(second)
        common = next((body for body in ours if body in theirs), None)
        if common is None:
            raise self._not_connected(first, second)
        within = (-np.inf, np.inf)
        for body in (*ours[: ours.index(common)], *theirs[: theirs.index(common)]):
            covered = joined_span(self._of_body[body], within)
            if covered is None:
                raise self._not_connected(first, second)
            within = covered
        return within

    def chebyshev(self, target: BodyName, center: BodyName, start: float, stop: float) -> ChebyshevTable:
        """The Chebyshev series [m] that the files hold for one body from the centre they give it.

        Parameters
        ----------
        target, center : str or int
            NAIF names or ids that one segment of type 2 or 3 connects: in DE440 Moon and Earth from the Earth
            barycentre, Sun and planetary barycentres from the solar system barycentre.
        start, stop : float [s TDB past J2000]
            What the series must cover.

        Returns
        -------
        ChebyshevTable
            Records that cover [start, stop]; ICRF axes.

        Raises
        ------
        MissingData
            No segment connects the bodies directly, or it has no Chebyshev series.
        OutsideSpan
            No single segment covers the times.
        """
        first, second = naif_id(target), naif_id(center)
        own = self._of_body.get(first, [])
        if not any(segment.center == second for segment in own):
            direct = ", ".join(naif_name(c) for c in sorted({segment.center for segment in own})) or "no body"
            raise MissingData(
                f"Chebyshev series of {naif_name(first)} from {naif_name(second)} were asked; the files give "
                f"{naif_name(first)} directly from {direct}: ask for that and add the parts"
            )
        segment = sole_winner(own, start, stop) if start <= stop else None
        if segment is None or segment.center != second:
            spans = "; ".join(f"{s.path}: {span_text(s.start, s.stop)}" for s in own if s.center == second)
            raise OutsideSpan(
                f"Chebyshev series of {naif_name(first)} over {span_text(start, stop)} were asked; "
                f"one segment must hold them all ({spans}): stay within one"
            )
        records = segment.chebyshev
        if records is None:
            raise MissingData(
                f"{segment.path} gives {naif_name(first)} with SPK type {segment.kind} in frame {segment.frame}, "
                "not as Chebyshev series (type 2 or 3 in J2000): use state() instead"
            )
        table = records.cut(start, stop)
        return ChebyshevTable(table.start, table.interval, METRES * table.coefficients)

    @cached_property
    def _of_body(self) -> dict[int, list[Segment]]:
        found: dict[int, list[Segment]] = {}
        for segment in self.segments:
            found.setdefault(segment.target, []).append(segment)
        return found

    def _ancestors(self, body: int) -> list[int]:
        chain = [body]
        while chain[-1] in self._of_body and self._of_body[chain[-1]][-1].center not in chain:
            chain.append(self._of_body[chain[-1]][-1].center)
        return chain

    def _relative(self, target: int, center: int, tdb: Array) -> Array:
        """States (N, 6) [km, km/s]; times are split until one chain of segments serves a whole group."""
        if not tdb.size:
            return np.empty((0, 6))
        ours = self._chain(target, center, tdb)
        if isinstance(ours, np.ndarray):
            return self._split(target, center, tdb, ours)
        theirs = self._chain(center, target, tdb)
        if isinstance(theirs, np.ndarray):
            return self._split(target, center, tdb, theirs)
        nodes = [target, *(segment.center for segment in ours)]
        others = [center, *(segment.center for segment in theirs)]
        common = next((body for body in nodes if body in others), None)
        if common is None:
            raise self._unanswered(target, center, nodes[-1], others[-1], tdb)
        state = _summed(ours[: nodes.index(common)], tdb)
        if common == center:
            return state
        return state - _summed(theirs[: others.index(common)], tdb)

    def _chain(self, body: int, goal: int, tdb: Array) -> list[Segment] | NDArray[np.intp]:
        """Segments from a body towards `goal` or the root, or groups (N,) of times that different segments serve."""
        chain: list[Segment] = []
        seen = {body}
        while body not in (goal, SOLAR_SYSTEM_BARYCENTER) and body in self._of_body:
            own = self._of_body[body]
            chosen = winners(own, tdb)
            if chosen.size and np.any(chosen != chosen[0]):
                return chosen
            if not chosen.size or chosen[0] < 0:
                break
            chain.append(own[chosen[0]])
            body = chain[-1].center
            if body in seen:
                raise InvalidInput(f"the SPK files lead from {naif_name(body)} back to it; leave one of them out")
            seen.add(body)
        return chain

    def _split(self, target: int, center: int, tdb: Array, groups: NDArray[np.intp]) -> Array:
        states = np.empty((tdb.size, 6))
        for group in np.unique(groups):
            rows = groups == group
            states[rows] = self._relative(target, center, tdb[rows])
        return states

    def _unanswered(self, target: int, center: int, end: int, other_end: int, tdb: Array) -> MissingData:
        for body in (end, other_end):
            own = self._of_body.get(body, [])
            if own and tdb.size:
                spans = "; ".join(f"{s.path} covers {span_text(s.start, s.stop)}" for s in own)
                return OutsideSpan(
                    f"{naif_name(target)} from {naif_name(center)} at {float(tdb[0])!r} s TDB past J2000 was asked; "
                    f"for {naif_name(body)} {spans}: stay within it, or add a file that covers the time"
                )
        return self._not_connected(target, center)

    def _not_connected(self, target: int, center: int) -> MissingData:
        bodies = ", ".join(naif_name(body) for body in sorted({*self._of_body, SOLAR_SYSTEM_BARYCENTER}))
        files = ", ".join(str(path) for path in self.paths) or "no files"
        return MissingData(
            f"{naif_name(target)} from {naif_name(center)} was asked; {files} connect only {bodies}: "
            "add an SPK file that has the missing body"
        )


def _summed(chain: list[Segment], tdb: Array) -> Array:
    if not chain:
        return np.zeros((tdb.size, 6))
    total = chain[0].states(tdb)
    for segment in chain[1:]:
        total = total + segment.states(tdb)
    return total
