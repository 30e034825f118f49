"""A force model laid out as numbers and arrays, as its kernels read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel
from moonstead.dynamics.forces_gravity import packed_field
from moonstead.dynamics.forces_orientation import SPIN_RATE, spin_table
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

NO_ORIENTATION, EULER_ANGLES, SPIN = 0, 1, 2
CENTER = -1  # in place of a body's index


class ForceTables(NamedTuple):
    """Everything the force kernels need; times are seconds past `epoch`, bodies are counted from 0.

    Attributes
    ----------
    epoch : float [s TDB past J2000]
        Origin of the kernels' times.
    gm, field_radius, degree, starts, rows
        Central gravity: `packed_field` where degree > 0.
    orientation, angle_timing, angle_layout, angles, spin_angle, spin_rate
        Axes of the central body: kind, (start, interval) [s], (first, records, terms), series [rad], spin [rad, rad/s].
    timing, layout, series, weights
        Ephemerides: (K, 2) start and interval [s], (K, 3) first, records, terms, series [m], (B, K) weights [1] that
        sum series to body positions from the centre.
    body_gm : (B,) [m^3/s^2]
        0 for a body that only shines or hides.
    sun, radiation, sun_radius, hiding, hiding_radius
        Radiation pressure: index, pressure * area * cr * au^2 [N m^2], radius [m], bodies and radii [m] that hide
        the Sun.
    drag_area, atmosphere, air_radius, air_flattening
        Drag coefficient times area [m^2], layers, the Earth's equatorial radius [m] and flattening.
    inverse_c2 : float [s^2/m^2]
        0 without relativity.
    mass, mass_flow, burn_start, thrust, thrust_axes, direction
        Mass [kg] at `burn_start` [s] and its loss [kg/s], thrust [N], axes (0 ICRF, 1 RTN), unit vector.
    surface_body, surface_radius : (W,)
        Bodies and radii [m] whose surface ends the motion.
    """

    epoch: float
    gm: float
    field_radius: float
    degree: int
    starts: NDArray[np.int64]
    rows: Array
    orientation: int
    angle_timing: Array
    angle_layout: NDArray[np.int64]
    angles: Array
    spin_angle: float
    spin_rate: float
    timing: Array
    layout: NDArray[np.int64]
    series: Array
    weights: Array
    body_gm: Array
    sun: int
    radiation: float
    sun_radius: float
    hiding: NDArray[np.int64]
    hiding_radius: Array
    drag_area: float
    atmosphere: Array
    air_radius: float
    air_flattening: float
    inverse_c2: float
    mass: float
    mass_flow: float
    burn_start: float
    thrust: float
    thrust_axes: int
    direction: Array
    surface_body: NDArray[np.int64]
    surface_radius: Array


def force_tables(
    model: ForceModel, start: float, stop: float, data: DataContext, *, stop_at_surface: bool
) -> ForceTables:
    """Lay out a force model for the kernels.

    Parameters
    ----------
    model : ForceModel
        The forces.
    start, stop : float [s TDB past J2000]
        Span that the tables must cover, in either order; `start` is the origin of the kernels' times.
    data : DataContext
        Ephemeris, orientation and gravity.
    stop_at_surface : bool
        Whether the surfaces of the centre and of the third bodies end the motion.

    Returns
    -------
    ForceTables
        Arrays in SI units.

    Raises
    ------
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed, or a body is not in the ephemeris.
    InvalidInput
        A body is unknown.
    """
    first, last = min(start, stop), max(start, stop)
    names = _bodies(model)
    timing, layout, series, weights = _ephemerides(names, model.center, first, last, start, data)
    masses = [model.gm.get(name, body(name).gm) if name in model.third_bodies else 0.0 for name in names]
    hiding = model.radiation.hiding if model.radiation else ()
    index = {model.center: CENTER} | {name: k for k, name in enumerate(names)}
    watched = [name for name in (model.center, *model.third_bodies) if stop_at_surface and has_surface(name)]
    tables = static_tables(model)._replace(
        epoch=float(start),
        timing=timing,
        layout=layout,
        series=series,
        weights=weights,
        body_gm=np.array(masses, dtype=np.float64),
        sun=index.get("SUN", CENTER),
        hiding=np.array([index[name] for name in hiding], dtype=np.int64),
        hiding_radius=np.array([body(name).equatorial_radius for name in hiding], dtype=np.float64),
        surface_body=np.array([index[name] for name in watched], dtype=np.int64),
        surface_radius=np.array([body(name).mean_radius for name in watched], dtype=np.float64),
    )
    if model.degree:
        field = data.gravity_field(model.gravity_field or DEFAULT_FIELDS[model.center], model.degree)
        starts, rows = packed_field(field.c, field.s)
        gm = float(model.gm.get(model.center, field.gm))
        tables = tables._replace(gm=gm, field_radius=float(field.radius), degree=model.degree, starts=starts, rows=rows)
    return _with_orientation(tables, model, first, last, data)


def static_tables(model: ForceModel) -> ForceTables:
    """The part of a force model that needs no data: the centre as a point mass, alone."""
    center, earth = body(model.center), body("EARTH")
    return ForceTables(
        epoch=0.0,
        gm=float(model.gm.get(model.center, center.gm)),
        field_radius=float(center.equatorial_radius),
        degree=0,
        starts=np.zeros(1, dtype=np.int64),
        rows=np.zeros(0),
        orientation=NO_ORIENTATION,
        angle_timing=np.zeros(0),
        angle_layout=np.zeros(0, dtype=np.int64),
        angles=np.zeros(0),
        spin_angle=0.0,
        spin_rate=0.0,
        timing=np.zeros((0, 2)),
        layout=np.zeros((0, 3), dtype=np.int64),
        series=np.zeros(0),
        weights=np.zeros((0, 0)),
        body_gm=np.zeros(0),
        sun=CENTER,
        radiation=_radiation_strength(model),
        sun_radius=float(body("SUN").mean_radius),
        hiding=np.zeros(0, dtype=np.int64),
        hiding_radius=np.zeros(0),
        drag_area=float(model.drag.coefficient * model.drag.area) if model.drag else 0.0,
        atmosphere=model.drag.atmosphere.layers if model.drag else np.zeros((0, 3)),
        air_radius=float(earth.equatorial_radius),
        air_flattening=float(1.0 - earth.polar_radius / earth.equatorial_radius),
        inverse_c2=1.0 / SPEED_OF_LIGHT**2 if model.relativity else 0.0,
        mass=float(model.mass or 1.0),
        mass_flow=0.0,
        burn_start=0.0,
        thrust=0.0,
        thrust_axes=0,
        direction=np.zeros(3),
        surface_body=np.zeros(0, dtype=np.int64),
        surface_radius=np.zeros(0),
    )


def _bodies(model: ForceModel) -> list[str]:
    """Bodies whose positions the kernels need; those that attract come first."""
    names = list(model.third_bodies)
    if model.radiation is not None:
        # The Sun as centre is a body too, at the origin; any other centre is never looked up in the table
        needed = ["SUN", *(name for name in model.radiation.hiding if name != model.center)]
        names += [name for name in dict.fromkeys(needed) if name not in names]
    return names


def _with_orientation(
    tables: ForceTables, model: ForceModel, first: float, last: float, data: DataContext
) -> ForceTables:
    kind, spin_angle, spin_rate = EULER_ANGLES, 0.0, 0.0
    if model.center == "EARTH" and (model.degree or model.drag):
        kind, spin_rate = SPIN, SPIN_RATE
        spin_angle, table = spin_table(tables.epoch, first, last, data)
    elif model.center == "MOON" and model.degree:
        table = data.lunar_orientation.chebyshev(first, last)
    elif model.degree:
        raise InvalidInput(f"the axes of {model.center}'s gravity field are not known: use degree 0")
    else:
        return tables
    timing, layout, angles = _flat([table], tables.epoch)
    return tables._replace(
        orientation=kind,
        angle_timing=timing.reshape(-1),
        angle_layout=layout.reshape(-1),
        angles=angles,
        spin_angle=float(spin_angle),
        spin_rate=spin_rate,
    )


def has_surface(name: str) -> bool:
    """Whether a body has a radius to hit; barycentres have none."""
    return bool(np.isfinite(body(name).mean_radius))


def _radiation_strength(model: ForceModel) -> float:
    if model.radiation is None:
        return 0.0
    light = model.radiation
    return float(light.pressure * light.area * light.reflectivity * ASTRONOMICAL_UNIT**2)


def _chain(name: str) -> list[tuple[int, int]]:
    """Segments (target, center) that lead from a body to the solar system barycentre."""
    identity = body(name).naif_id
    if identity > 100 and identity < 1000:
        return [(identity, identity // 100), (identity // 100, 0)]
    return [(identity, 0)] if identity else []


def _ephemerides(
    names: Iterable[str], center: str, first: float, last: float, epoch: float, data: DataContext
) -> tuple[Array, NDArray[np.int64], Array, Array]:
    """Merged series and the weights that sum them: segments with equal records are added once, here."""
    cut: dict[tuple[int, int], ChebyshevTable] = {}
    merged: dict[tuple[tuple[tuple[int, int], int], ...], ChebyshevTable] = {}
    wanted: list[dict[tuple[tuple[tuple[int, int], int], ...], float]] = []
    for name in names:
        signs: dict[tuple[int, int], int] = {}
        for segment in _chain(name):
            signs[segment] = signs.get(segment, 0) + 1
        for segment in _chain(center):
            signs[segment] = signs.get(segment, 0) - 1
        groups: dict[tuple[float, float, int], list[tuple[tuple[int, int], int]]] = {}
        for segment, sign in signs.items():
            if sign:
                if segment not in cut:
                    cut[segment] = data.ephemeris.chebyshev(*segment, first, last)
                table = cut[segment]
                groups.setdefault((table.start, table.interval, len(table.coefficients)), []).append((segment, sign))
        needs: dict[tuple[tuple[tuple[int, int], int], ...], float] = {}
        for members in groups.values():
            weight = float(members[0][1])
            key = tuple(sorted((segment, int(sign * weight)) for segment, sign in members))
            merged.setdefault(key, _sum_tables([(cut[segment], sign) for segment, sign in key]))
            needs[key] = weight
        wanted.append(needs)
    keys = list(merged)
    weights = np.array([[needs.get(key, 0.0) for key in keys] for needs in wanted]).reshape(len(wanted), len(keys))
    return *_flat(list(merged.values()), epoch), weights


def _sum_tables(parts: list[tuple[ChebyshevTable, int]]) -> ChebyshevTable:
    terms = max(table.coefficients.shape[2] for table, _ in parts)
    total = np.zeros((len(parts[0][0].coefficients), 3, terms))
    for table, sign in parts:
        total[:, :, : table.coefficients.shape[2]] += sign * table.coefficients
    return ChebyshevTable(parts[0][0].start, parts[0][0].interval, total)


def _flat(tables: list[ChebyshevTable], epoch: float) -> tuple[Array, NDArray[np.int64], Array]:
    """Timing (K, 2), layout (K, 3) and one flat array of numbers, terms before components."""
    timing, layout, numbers, first = [], [], [], 0
    for table in tables:
        records, _, terms = table.coefficients.shape
        timing.append((table.start - epoch, table.interval))
        layout.append((first, records, terms))
        numbers.append(np.ascontiguousarray(table.coefficients.transpose(0, 2, 1), dtype=np.float64).reshape(-1))
        first += numbers[-1].size
    return (
        np.array(timing, dtype=np.float64).reshape(-1, 2),
        np.array(layout, dtype=np.int64).reshape(-1, 3),
        np.concatenate(numbers) if numbers else np.zeros(0),
    )
