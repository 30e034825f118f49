"""A force model laid out as a few arrays of numbers, as its kernels read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics import places_tables as at
from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel
from moonstead.dynamics.forces_ephemeris import Grid, body_grids
from moonstead.dynamics.forces_gravity import aligned, packed_field
from moonstead.dynamics.forces_orientation import SPIN_RATE, earth_axes, moon_axes
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
CENTER = at.CENTER


class ForceTables(NamedTuple):
    """Everything the force kernels need; `places_tables` says what stands where.

    Attributes
    ----------
    numbers : (K,) [mixed]
        Constants of the model, then lists.
    integers : (K,)
        Counts, choices, and where lists and tables begin.
    series : (K,) [m or 1]
        Chebyshev series of body positions and of the centre's axes, on the grids that `numbers` and `integers` tell.
    field : (K,) [1]
        The centre's field of each level of degree, from `packed_field`.
    air : (K,) [mixed]
        Layers of the atmosphere or a grid of splines, as `air_tables` tells.
    """

    numbers: Array
    integers: Integers
    series: Array
    field: Array
    air: Array

    @property
    def epoch(self) -> float:
        """Origin [s TDB past J2000] of the kernels' times."""
        return float(self.numbers[at.EPOCH])

    @property
    def gm(self) -> float:
        """Gravitational parameter [m^3/s^2] of the centre."""
        return float(self.numbers[at.GM])

    @property
    def field_radius(self) -> float:
        """Reference radius [m] of the centre's field."""
        return float(self.numbers[at.FIELD_RADIUS])

    @property
    def mass(self) -> float:
        """Mass [kg] at the start."""
        return float(self.numbers[at.MASS])

    @property
    def surfaces(self) -> list[tuple[int, float]]:
        """Bodies (index or CENTER) and radii [m] whose surface ends the motion."""
        count, bodies, radii = (int(self.integers[k]) for k in (at.SURFACE_COUNT, at.SURFACE_BODY, at.SURFACE_RADIUS))
        return [(int(self.integers[bodies + k]), float(self.numbers[radii + k])) for k in range(count)]

    def with_thrust(
        self,
        mass: float,
        start: float,
        *,
        mass_flow: float = 0.0,
        thrust: float = 0.0,
        direction: Array | None = None,
        turning: bool = False,
    ) -> ForceTables:
        """The same forces with another mass and another thrust.

        Parameters
        ----------
        mass : float [kg]
            At `start`.
        start : float [s past the epoch]
            When the spacecraft has that mass.
        mass_flow : float [kg/s]
            Loss of mass.
        thrust : float [N]
            Force.
        direction : (3,) [1] or None
            Unit vector of the force.
        turning : bool
            Whether the direction is in the radial, transverse, normal axes instead of the ICRF's.

        Returns
        -------
        ForceTables
            Shares all that is large.
        """
        numbers, integers = self.numbers.copy(), self.integers.copy()
        numbers[at.MASS], numbers[at.BURN_START] = mass, start
        numbers[at.MASS_FLOW], numbers[at.THRUST] = mass_flow, thrust
        numbers[at.DIRECTION : at.DIRECTION + 3] = 0.0 if direction is None else direction
        integers[at.THRUST_AXES] = turning
        return self._replace(numbers=numbers, integers=integers)

    def with_parameters(self, kinds: Sequence[int]) -> ForceTables:
        """The same forces, whose partial derivatives by some parameters shall be integrated with the motion.

        Parameters
        ----------
        kinds : sequence of int
            Of `places_tables`, one for each column of derivatives.

        Returns
        -------
        ForceTables
            Shares all that is large.
        """
        integers = np.concatenate((self.integers, np.array(kinds, dtype=np.int64)))
        integers[at.PARAMETER_COUNT], integers[at.PARAMETERS] = len(kinds), self.integers.size
        return self._replace(integers=integers)


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
        The data or the atmosphere do not cover the span.
    MissingData
        A data set is not installed, or a body is not in the ephemeris.
    InvalidInput
        A body is unknown.
    """
    first, last = min(start, stop), max(start, stop)
    names = _bodies(model)
    index = {model.center: CENTER} | {name: k for k, name in enumerate(names)}
    watched = [name for name in (model.center, *model.third_bodies) if stop_at_surface and has_surface(name)]
    hiding = model.radiation.hiding if model.radiation else ()
    layout = _Layout(model)
    layout.numbers[at.EPOCH] = start
    layout.integers[at.SUN] = index.get("SUN", CENTER)
    masses = [model.gm.get(name, body(name).gm) if name in model.third_bodies else 0.0 for name in names]
    layout.count(at.BODY_COUNT, len(names))
    layout.list_numbers(at.BODY_GM, masses)
    layout.count(at.HIDING_COUNT, len(hiding))
    layout.list_numbers(at.HIDING_RADIUS, [body(name).equatorial_radius for name in hiding])
    layout.list_integers(at.HIDING_BODY, [index[name] for name in hiding])
    layout.count(at.SURFACE_COUNT, len(watched))
    layout.list_numbers(at.SURFACE_RADIUS, [body(name).mean_radius for name in watched])
    layout.list_integers(at.SURFACE_BODY, [index[name] for name in watched])
    grids = body_grids(names, model.center, first, last, data)
    layout.count(at.BODY_GRIDS, len(grids))
    layout.count(at.BODY_VECTORS, -(-3 * len(names) // at.LANES))
    axes = _axes(model, first, last, data)
    layout.count(at.TURNS, len(axes))
    layout.tabulate(grids + axes, start)
    for place, grid, count, work in zip(
        (at.BODY_SERIES, at.AXES_SERIES), (0, len(grids)), (len(grids), len(axes)), at.SERIES_WORK, strict=True
    ):
        vectors = layout.integers[at.BODY_VECTORS] if place == at.BODY_SERIES else len(axes)
        layout.list_integers(place, [grid, count, vectors, work])
    if model.degree:
        _add_field(layout, model, data)
    if model.drag is not None:
        layout.numbers[at.DRAG_AREA] = model.drag.coefficient * model.drag.area
        layout.air = model.drag.atmosphere.packed(first, last)
    return layout.tables()


def static_tables(model: ForceModel) -> ForceTables:
    """The part of a force model that needs no data: the centre as a point mass, alone.

    Parameters
    ----------
    model : ForceModel
        The forces.

    Returns
    -------
    ForceTables
        Arrays in SI units.
    """
    return _Layout(model).tables()


class _Layout:
    """The arrays while they are written."""

    def __init__(self, model: ForceModel) -> None:
        center, earth = body(model.center), body("EARTH")
        self.numbers: list[float] = [0.0] * at.FIRST_LIST
        self.integers: list[int] = [0] * at.FIRST_INTEGER_LIST
        self.series, self.field = np.zeros(0), np.zeros(0)
        self.air = np.zeros(1)
        self.numbers[at.GM] = model.gm.get(model.center, center.gm)
        self.numbers[at.FIELD_RADIUS] = center.equatorial_radius
        self.numbers[at.SPIN_RATE] = SPIN_RATE if model.center == "EARTH" else 0.0
        self.numbers[at.RADIATION] = _radiation_strength(model)
        self.numbers[at.SUN_RADIUS] = body("SUN").mean_radius
        self.numbers[at.AIR_RADIUS] = earth.equatorial_radius
        self.numbers[at.AIR_FLATTENING] = 1.0 - earth.polar_radius / earth.equatorial_radius
        self.numbers[at.INVERSE_C2] = 1.0 / SPEED_OF_LIGHT**2 if model.relativity else 0.0
        self.numbers[at.MASS] = model.mass or 1.0
        self.integers[at.SUN] = CENTER

    def count(self, place: int, count: int) -> None:
        self.integers[place] = count

    def list_numbers(self, place: int, values: list[float]) -> None:
        self.integers[place] = len(self.numbers)
        self.numbers += values

    def list_integers(self, place: int, values: list[int]) -> None:
        self.integers[place] = len(self.integers)
        self.integers += values

    def tabulate(self, grids: list[Grid], epoch: float) -> None:
        """Append grids to the series."""
        times = [(grid.start - epoch, grid.interval, 1.0 / grid.interval) for grid in grids]
        places = np.cumsum([0, *(grid.series.size for grid in grids)])
        layouts = [
            (int(place), grid.series.shape[0], grid.series.shape[2])
            for place, grid in zip(places[:-1], grids, strict=True)
        ]
        self.list_numbers(at.GRID_TIMES, [x for row in times for x in row])
        self.list_integers(at.GRID_LAYOUT, [x for row in layouts for x in row])
        self.series = aligned(np.concatenate([np.zeros(0), *(grid.series.reshape(-1) for grid in grids)]))

    def tables(self) -> ForceTables:
        return ForceTables(
            numbers=np.array(self.numbers, dtype=np.float64),
            integers=np.array(self.integers, dtype=np.int64),
            series=self.series,
            field=self.field,
            air=self.air,
        )


def _add_field(layout: _Layout, model: ForceModel, data: DataContext) -> None:
    field = data.gravity_field(model.gravity_field or DEFAULT_FIELDS[model.center], model.degree)
    layout.numbers[at.GM] = model.gm.get(model.center, field.gm)
    layout.numbers[at.FIELD_RADIUS] = field.radius
    layout.count(at.HARMONICS, 1)
    degrees = [model.degree, *(lower for _, lower in model.degree_switches)]
    packed = [packed_field(field.c[: n + 1, : n + 1], field.s[: n + 1, : n + 1]) for n in degrees]
    layout.field = packed[0] if len(packed) == 1 else aligned(np.concatenate(packed))
    layout.list_integers(at.FIELD_PLACE, [sum(part.size for part in packed[:k]) for k in range(len(packed))])
    layout.count(at.SWITCH_COUNT, len(model.degree_switches))
    layout.list_numbers(at.SWITCH_RADIUS, [float(beyond) for beyond, _ in model.degree_switches])


def _axes(model: ForceModel, first: float, last: float, data: DataContext) -> list[Grid]:
    if model.center == "EARTH" and (model.degree or model.drag):
        return [earth_axes(first, last, data)]
    if model.center == "MOON" and model.degree:
        return [moon_axes(first, last, data)]
    if model.degree:
        raise InvalidInput(f"the axes of {model.center}'s gravity field are not known: use degree 0")
    return []


def _bodies(model: ForceModel) -> list[str]:
    """Bodies whose positions the kernels need; those that attract come first."""
    names = list(model.third_bodies)
    if model.radiation is not None:
        # The Sun as centre is a body too, at the origin; any other centre is never looked up in the table
        needed = ["SUN", *(name for name in model.radiation.hiding if name != model.center)]
        names += [name for name in dict.fromkeys(needed) if name not in names]
    return names


def has_surface(name: str) -> bool:
    """Whether a body has a radius to hit; barycentres have none."""
    return bool(np.isfinite(body(name).mean_radius))


def _radiation_strength(model: ForceModel) -> float:
    if model.radiation is None:
        return 0.0
    light = model.radiation
    return float(light.pressure * light.area * light.reflectivity * ASTRONOMICAL_UNIT**2)
