"""Ground for a horizon map: fine around the targets, coarser with distance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.gnomonic_grid import GnomonicGrid, gnomonic_grid

if TYPE_CHECKING:
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["horizon_levels", "target_window"]

REACH = 300e3  # [m] Barker et al. (2023) nest terrains to 310 km
LEAST_DETAIL = 48  # [pixels] what `horizon_map` asks for between targets and coarser ground
DETAIL = 96
COARSENING = 4.0  # [1] from level to level


def horizon_levels(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    half_width: float,
    spacing: float,
    reach: float = REACH,
    detail: int = DETAIL,
) -> list[GnomonicGrid]:
    """Ground for the horizons of a square of pixels: each level four times as coarse as the one before.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        Where heights come from, sampled at pixel centres.
    latitude, longitude : float [rad]
        Centre of the square.
    half_width : float [m]
        From the centre of the square to its outermost pixel centres.
    spacing : float [m]
        Of its pixels.
    reach : float [m]
        How far to look from its edges.
    detail : int
        Distance at which a level begins, in its own pixels: 96 makes each pixel 0.6 degrees wide or less as seen from
        the targets. At least 48.

    Returns
    -------
    list of GnomonicGrid
        Finest first; `target_window` says where in the first the square lies.

    Raises
    ------
    InvalidInput
        `detail` is below 48, a width is not positive or finite, or a level cannot be made: see `gnomonic_grid`.

    Source
    ------
    Terrains nested by distance, as in Barker et al. (2023), The Planetary Science Journal 4, 183.
    """
    if detail < LEAST_DETAIL:
        raise InvalidInput(f"detail must be {LEAST_DETAIL} pixels or more; got {detail!r}")
    if not (0.0 < spacing <= half_width < math.inf and 0.0 < reach < math.inf):
        raise InvalidInput(
            f"horizons need 0 < spacing <= half_width and a positive reach; got {spacing!r} m, {half_width!r} m and "
            f"{reach!r} m"
        )
    edge = round(half_width / spacing) * spacing
    levels = []
    step, last = spacing, False
    while not last:
        coarser = COARSENING * step
        beyond = detail * coarser
        last = beyond >= reach
        # whole pixels, rounded up: the next level must not begin earlier than `detail` says
        width = _rounded_up(edge + (reach if last else beyond), step)
        levels.append(gnomonic_grid(terrain, latitude, longitude, width, step))
        step = coarser
    return levels


def target_window(level: GnomonicGrid, half_width: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns of the square about the centre of a level, for `horizon_map`.

    Parameters
    ----------
    level : GnomonicGrid
        The first of `horizon_levels`.
    half_width : float [m]
        As it was given there.

    Returns
    -------
    rows, columns : (first, end) int

    Raises
    ------
    InvalidInput
        The square is wider than the level.

    Source
    ------
    As `horizon_levels`.
    """
    count, middle = round(half_width / level.spacing), level.x.size // 2
    if count > middle:
        raise InvalidInput(f"a square of half width {half_width:g} m does not fit into a level of {-level.x[0]:g} m")
    window = middle - count, middle + count + 1
    return window, window


def _rounded_up(width: float, step: float) -> float:
    count = round(width / step)
    return (count if count * step >= width else count + 1) * step
