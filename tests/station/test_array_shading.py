"""Authority: closed forms of two panels, and rays through a fine grid of points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.station.array_shading import Panel, lit_shares

ROUNDING = 1e-9  # [1]
GRID = 100  # rays a side; a shadow's edge is then good to its length over 100


def test_one_panel_alone_is_lit_from_all_sides():
    for mounting in ("fixed", "vertical-tracking", "two-axis-tracking"):
        lit = lit_shares([Panel("a", (0, 0, 5), 2.0, 4.0, mounting)], np.linspace(0, 6, 7), np.linspace(-0.1, 1.5, 7))
        np.testing.assert_array_equal(lit, 1.0)


@pytest.mark.parametrize("elevation", [0.0, 0.02, 0.2])
def test_the_panel_behind_loses_the_overlap_of_two_rectangles(elevation):
    # 10 m behind and 1 m to the side; the shadow sinks by 10 m tan(elevation)
    front, back = Panel("front", (0.0, 10.0, 5.0), 3.0, 4.0, "fixed"), Panel("back", (1.0, 0.0, 5.0), 3.0, 4.0, "fixed")
    lit = lit_shares([front, back], [0.0], [elevation])
    overlap = 2.0 * max(4.0 - 10.0 * np.tan(elevation), 0.0)
    np.testing.assert_allclose(lit[:, 0], [1.0, 1.0 - overlap / 12.0], atol=ROUNDING)


def test_a_small_panel_before_a_large_one_takes_its_own_area():
    large, small = Panel("large", (0, 0, 5), 4.0, 4.0, "fixed"), Panel("small", (0.5, 3.0, 5.2), 1.0, 0.5, "fixed")
    assert lit_shares([large, small], [0.0], [0.0])[0, 0] == pytest.approx(1.0 - 0.5 / 16.0)
    assert lit_shares([large, small], [np.pi], [0.0])[1, 0] == pytest.approx(0.0, abs=ROUNDING)  # from behind, wholly


def test_shades_that_overlap_count_once():
    panels = [Panel("back", (0, 0, 5), 4.0, 4.0, "fixed")]
    panels += [Panel(f"{k}", (0.2 * k, 5.0 + k, 5.0), 2.0, 4.0, "fixed") for k in range(3)]
    assert lit_shares(panels, [0.0], [0.0])[0, 0] == pytest.approx(1.0 - 2.4 / 4.0)


def _rays(panels, azimuth, elevation):
    """Lit share of each panel by rays from a grid of points."""
    sun = np.array([np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)])
    axes = []
    for panel in panels:
        facing = panel.azimuth if panel.mounting == "fixed" else azimuth
        tilt = 0.5 * np.pi - elevation if panel.mounting == "two-axis-tracking" else panel.tilt
        normal = np.array([np.sin(tilt) * np.sin(facing), np.sin(tilt) * np.cos(facing), np.cos(tilt)])
        wide = np.array([np.cos(facing), -np.sin(facing), 0.0])
        axes.append((normal, wide, np.cross(normal, wide)))
    at = (np.arange(GRID) + 0.5) / GRID - 0.5
    a, b = (side.ravel() for side in np.meshgrid(at, at))
    lit = []
    for p, (panel, (_, wide, high)) in enumerate(zip(panels, axes, strict=True)):
        points = np.array(panel.center) + np.outer(a * panel.width, wide) + np.outer(b * panel.height, high)
        free = np.ones(points.shape[0], dtype=bool)
        for q, (other, (normal, along, upward)) in enumerate(zip(panels, axes, strict=True)):
            if q == p or abs(normal @ sun) < 1e-9:
                continue
            length = (np.array(other.center) - points) @ normal / (normal @ sun)
            met = points + np.outer(length, sun) - np.array(other.center)
            within = (np.abs(met @ along) <= other.width / 2) & (np.abs(met @ upward) <= other.height / 2)
            free &= ~(within & (length > 1e-9))
        lit.append(free.mean())
    return np.array(lit)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_areas_agree_with_rays(seed):
    rng = np.random.default_rng(seed)
    panels = []
    for k in range(int(rng.integers(2, 7))):
        mounting = rng.choice(["fixed", "vertical-tracking", "two-axis-tracking"])
        center = (12.0 * k + rng.uniform(-1, 1), rng.uniform(-30, 30), rng.uniform(4, 8))
        # no panel is wider than the space between the columns: they cannot cut each other
        size = rng.uniform(1.0, 8.0, 2)
        panels.append(Panel(f"{k}", center, *size, str(mounting), rng.uniform(0, 6.3), rng.uniform(0.6, 1.57)))
    azimuth, elevation = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.3)
    found = lit_shares(panels, [azimuth], [elevation])[:, 0]
    # edges of shadows cross at most a few rows of rays
    np.testing.assert_allclose(found, _rays(panels, azimuth, elevation), atol=6.0 / GRID)


@pytest.mark.truth
def test_areas_agree_with_rays_on_a_field_of_masts(validation):
    field = [
        Panel(f"{i}{j}", (25.0 * i, 25.0 * j, 8.0), 4.0, 10.0, "vertical-tracking") for i in range(4) for j in range(4)
    ]
    worst, cases = 0.0, 0
    for azimuth in np.linspace(0.0, 2 * np.pi, 9, endpoint=False) + 0.02:
        found = lit_shares(field, [azimuth], [0.02])[:, 0]
        worst = max(worst, float(np.max(np.abs(found - _rays(field, azimuth, 0.02)))))
        cases += len(field)
    validation(
        capability="Shade between solar arrays",
        quantity="lit share of 16 upright arrays, Sun at 1.1 deg",
        authority="10 000 rays for each array",
        error=worst,
        unit="1",
        tolerance=4.0 / GRID,
        cases=cases,
    )


def test_an_unknown_sun_spoils_only_its_own_column():
    lit = lit_shares([Panel("a", (0, 0, 5), 2.0, 4.0, "fixed")], [0.0, np.nan], [0.1, 0.1])
    np.testing.assert_array_equal(np.isnan(lit[0]), [False, True])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Panel("a", (0, 0, 0), 0.0, 1.0, "fixed"), "width and height"),
        (lambda: Panel("a", (0, 0), 1.0, 1.0, "fixed"), "centre"),
        (lambda: Panel("a", (0, 0, 0), 1.0, 1.0, "sideways"), "mounting"),
        (lambda: lit_shares([], [0.0], [0.0]), "at least one panel"),
        (lambda: lit_shares([Panel("a", (0, 0, 0), 1.0, 1.0, "fixed")], [0.0], [0.0, 1.0]), "equal lengths"),
    ],
)
def test_misuse_is_told(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
