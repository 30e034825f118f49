"""Laser ranges as rows of an orbit fit, computed to the millimetre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.local_axes import unit
from moonstead.formats.crd import NORMAL_POINT, CrdPass, LaserRanges
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf
from moonstead.monitoring.tracking.fit_rows import Computed, OrbitWithPartials
from moonstead.monitoring.tracking.laser_refraction import mapping_function, vapour_pressure, zenith_delay
from moonstead.monitoring.tracking.laser_stations import LaserStations, displaced, geodetic, zenith
from moonstead.monitoring.tracking.laser_targets import laser_target

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SENT, MET, RECEIVED = 2, 1, 0  # the event that a time belongs to
ROUNDS = 3  # of the light time: each gains the factor v/c
TWO_WAY = 2  # kind of range in H4
FARTHEST = 4.0  # [s] of flight: past the Moon and back
MODEL_ERROR = 0.02  # [m] standard deviation of what the models leave out: loading by the oceans, biases of stations


@dataclass(frozen=True, eq=False)
class LaserRows:
    """Laser ranges of one target by some stations, ready for a fit; N of them.

    Attributes
    ----------
    pad : (N,) int
        Station of each range.
    names : dict of int to str
        Names of stations by pad.
    positions : dict of int to (3,) [m]
        Where telescopes stand, ITRF, without tides.
    ranges : LaserRanges
        What was measured, with the air.
    refracted, centred : (N,) bool
        Whether the delay of the air, and the centre of mass, were taken out by the station.
    sigma : (N, 1) [m]
        Standard deviations of half the way to and fro, that of the models included.
    center_of_mass : float [m]
        To be added to a range to have that of the centre of mass.
    biased : tuple of int
        Pads whose bias is sought.
    """

    pad: NDArray[np.int64]
    names: dict[int, str]
    positions: dict[int, Array]
    ranges: LaserRanges
    refracted: NDArray[np.bool_]
    centred: NDArray[np.bool_]
    sigma: Array
    center_of_mass: float
    biased: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Number of ranges."""
        return len(self.ranges)

    @property
    def tdb(self) -> Array:
        """Times (N,) [s TDB past J2000] of the ranges."""
        return self.ranges.tdb

    @property
    def first_tdb(self) -> float:
        """When the first light was sent, or soon after [s TDB past J2000]."""
        return float(np.min(self.ranges.tdb))

    @property
    def station(self) -> tuple[str, ...]:
        """Name and pad of the station of each row."""
        return tuple(f"{self.names[int(pad)]} {pad}" for pad in self.pad)

    @property
    def kind(self) -> tuple[str, ...]:
        """What each row measures."""
        return ("laser range",) * len(self)

    @property
    def own_parameters(self) -> tuple[str, ...]:
        """Names of the biases that are sought."""
        return tuple(f"range bias of {self.names[pad]} {pad}" for pad in self.biased)

    @property
    def own_sigmas(self) -> Array:
        """What is known of them beforehand (B,) [m]: nothing."""
        return np.full(len(self.biased), np.inf)

    def select(self, chosen: NDArray[np.bool_]) -> LaserRows:
        """The rows of a mask (N,) bool."""
        ranges = LaserRanges(**{item.name: getattr(self.ranges, item.name)[chosen] for item in fields(LaserRanges)})
        rows = {name: getattr(self, name)[chosen] for name in ("pad", "refracted", "centred", "sigma")}
        return replace(self, ranges=ranges, **rows)

    def computed(self, orbit: OrbitWithPartials, own: Array, data: DataContext) -> Computed:
        """Residuals of the ranges, with their derivatives.

        Parameters
        ----------
        orbit : OrbitWithPartials
            About the Earth in ICRF axes.
        own : (B,) [m]
            Biases.
        data : DataContext
            Ephemeris and Earth orientation.

        Returns
        -------
        Computed
            Residuals (N, 1) [m] of half the way to and fro.

        Raises
        ------
        OutsideSpan
            The orbit does not cover a time.

        Source
        ------
        Two-way light time in geocentric inertial axes; IERS Conventions (2010), section 9.1 (air) and equation 11.17
        (delay by the Earth's mass).
        """
        legs = self._legs(orbit, data)
        up, down = np.linalg.norm(legs.up, axis=1), np.linalg.norm(legs.down, axis=1)
        both = np.linalg.norm(legs.station, axis=1) + np.linalg.norm(legs.station + legs.up, axis=1)
        curved = 2.0 * body("EARTH").gm / SPEED_OF_LIGHT**2 * np.log((both + up) / (both - up))
        offset = np.where(self.centred, 0.0, self.center_of_mass)
        computed = 0.5 * (up + down) + curved + self._air(legs) - offset
        design = np.zeros((len(self), 1, orbit.width + len(self.biased)))
        toward = 0.5 * (unit(legs.up) + unit(legs.down))
        design[:, 0, : orbit.width] = np.einsum("ni,nik->nk", toward, orbit.partials(legs.bounced)[:, :3])
        for number, pad in enumerate(self.biased):
            mine = self.pad == pad
            computed = computed + mine * own[number]
            design[mine, 0, orbit.width + number] = 1.0
        measured = 0.5 * SPEED_OF_LIGHT * self.ranges.time_of_flight
        return Computed((measured - computed)[:, None], design)

    def _legs(self, orbit: OrbitWithPartials, data: DataContext) -> _Legs:
        event, flight = self.ranges.event, self.ranges.time_of_flight
        sent = self.tdb - np.where(event == SENT, 0.0, np.where(event == RECEIVED, flight, 0.5 * flight))
        fixed = displaced(self.positions, self.pad, sent, data)
        turn = precise_itrf_from_icrf(sent, data).inverse()
        states = turn.state(np.column_stack((fixed, np.zeros_like(fixed))))
        place = states[:, :3]
        delay = 0.5 * flight
        for _ in range(ROUNDS):
            moment = sent + delay
            there = orbit.state(moment)
            # a double of seconds past J2000 is 0.1 us coarse, 0.4 mm of flight: what it lost is flown straight
            target = there[:, :3] + (delay - (moment - sent))[:, None] * there[:, 3:]
            delay = np.linalg.norm(target - place, axis=1) / SPEED_OF_LIGHT
        up = np.array([zenith(self.positions[int(pad)]) for pad in self.pad])
        back = place + flight[:, None] * states[:, 3:]
        return _Legs(moment, target - place, target - back, place, turn.position(up))

    def _air(self, legs: _Legs) -> Array:
        """Delay of the air (N,) [m] on one way; 0 where the station has taken it out."""
        out = np.zeros(len(self))
        elevation = np.arcsin(np.clip(np.sum(unit(legs.up) * legs.zenith, axis=1), -1.0, 1.0))
        for pad in np.unique(self.pad[~self.refracted]):
            mine = (self.pad == pad) & ~self.refracted
            latitude, height = geodetic(self.positions[int(pad)])
            pressure, temperature = self.ranges.pressure[mine], self.ranges.temperature[mine]
            humid = vapour_pressure(pressure, temperature, self.ranges.humidity[mine])
            dry, wet = zenith_delay(pressure, humid, latitude, height, self.ranges.wavelength[mine])
            out[mine] = (dry + wet) * mapping_function(elevation[mine], latitude, height, temperature)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Legs:
    """Ways of the light in geocentric ICRF axes."""

    bounced: Array  # (N,) when the light met the satellite
    up: Array  # (N, 3) from the station when it sent
    down: Array  # (N, 3) from the station when it received
    station: Array  # (N, 3) when it sent
    zenith: Array  # (N, 3) up from the ellipsoid then


def laser_rows(
    passes: Sequence[CrdPass],
    stations: LaserStations,
    *,
    kind: str = NORMAL_POINT,
    center_of_mass: float | None = None,
    model_error: float = MODEL_ERROR,
    biased: Sequence[int] = (),
) -> LaserRows:
    """Passes of one target as rows of a fit.

    Parameters
    ----------
    passes : sequence of CrdPass
        Of one target; two-way ranges.
    stations : LaserStations
        Where the telescopes stand.
    kind : str
        ``"11"`` normal points or ``"10"`` full-rate data.
    center_of_mass : float or None [m]
        From where light is sent back to the centre of mass, along the way; None for what is listed of the target.
    model_error : float [m]
        Standard deviation of what the models leave out; it is added to the scatter of the ranges.
    biased : sequence of int
        Pads whose bias is sought.

    Returns
    -------
    LaserRows

    Raises
    ------
    InvalidInput
        The passes are of several targets, ranges are not two-way, or the air is not known; the message says which pass.
    MissingData
        A station is not in the file of coordinates.

    Source
    ------
    Scatter of a normal point: that of its ranges over the root of their number.
    """
    chosen = [(one, one.ranges(kind)) for one in passes]
    chosen = [(one, ranges) for one, ranges in chosen if len(ranges)]
    if not chosen:
        raise InvalidInput(f"there are no laser ranges of kind {kind} in these passes: give others, or the other kind")
    targets = sorted({one.target.lower() for one, _ in chosen})
    if len(targets) > 1:
        raise InvalidInput(f"passes of {', '.join(targets)} can not be one orbit: give those of one target")
    if center_of_mass is None:
        center_of_mass = laser_target(targets[0]).center_of_mass
    for one, ranges in chosen:
        _require_usable(one, ranges)
    ranges = LaserRanges(
        **{item.name: np.concatenate([getattr(part, item.name) for _, part in chosen]) for item in fields(LaserRanges)}
    )
    counts = [len(part) for _, part in chosen]
    pad = np.repeat([one.pad for one, _ in chosen], counts)
    scatter = 0.5 * SPEED_OF_LIGHT * np.where(np.isfinite(ranges.precision), ranges.precision, 0.0)
    strange = sorted(set(biased) - set(pad.tolist()))
    if strange:
        raise InvalidInput(f"a bias of station {strange[0]} is sought, but none of the ranges is its own")
    middle = float(np.median(ranges.tdb))
    return LaserRows(
        pad=pad,
        names={one.pad: one.station for one, _ in chosen},
        positions={number: stations.position(number, middle) for number in sorted(set(pad.tolist()))},
        ranges=ranges,
        refracted=np.repeat([one.session.number("refraction_applied") == 1 for one, _ in chosen], counts),
        centred=np.repeat([one.session.number("center_of_mass_applied") == 1 for one, _ in chosen], counts),
        sigma=np.sqrt(scatter**2 / ranges.count + model_error**2)[:, None],
        center_of_mass=center_of_mass,
        biased=tuple(biased),
    )


def _require_usable(one: CrdPass, ranges: LaserRanges) -> None:
    place = f"the pass of {one.station} {one.pad} at line {one.session.line}"
    if one.session.number("range_type") != TWO_WAY:
        raise InvalidInput(f"{place} has no two-way ranges (type {one.session.text('range_type')}): leave it out")
    if not np.all(np.isin(ranges.event, (SENT, MET, RECEIVED))):
        raise InvalidInput(f"{place} has times of an event other than sending, meeting or receiving: leave it out")
    far = (ranges.time_of_flight <= 0.0) | (ranges.time_of_flight > FARTHEST)
    if np.any(far):
        raise InvalidInput(
            f"{place} has a time of flight of {ranges.time_of_flight[far][0]:g} s at line {ranges.line[far][0]}, "
            "which no satellite of the Earth has: mend or remove the line"
        )
    air = np.stack((ranges.pressure, ranges.temperature, ranges.humidity, ranges.wavelength))
    if one.session.number("refraction_applied") != 1 and not np.all(np.isfinite(air)):
        raise InvalidInput(f"{place} has no air (records 20) or wavelength (C0): leave it out")
