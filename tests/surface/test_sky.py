"""Authority: JPL Horizons (printed ranges), NAIF SPICE through spiceypy, DE440 geometry of earlier published runs."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.sky import sky_track

HOUR = 3600.0
PRINTED = np.radians(0.0051)  # [rad] Horizons ranges were printed to 0.01 deg
THREE_DIGITS = np.radians(6e-4)  # [rad] printed to 0.001 deg, found on another hourly grid
# rad: same files and angles; 1 us of one float64 second past J2000 turns the Moon by 3e-13, the Earth's light time
# of 1.3 s is converged to 1e-9 s
SPICE_DIRECTION = 1e-10

LUNAR_FRAMES = """KPL/FK
\\begindata
FRAME_MOON_PA_DE440 = 31008
FRAME_31008_NAME = 'MOON_PA_DE440'
FRAME_31008_CLASS = 2
FRAME_31008_CLASS_ID = 31008
FRAME_31008_CENTER = 301
BODY_301_RADII = ( 1737.4 1737.4 1737.4 )
FRAME_MOON_ME_DE440_ME421 = 31009
FRAME_31009_NAME = 'MOON_ME_DE440_ME421'
FRAME_31009_CLASS = 4
FRAME_31009_CLASS_ID = 31009
FRAME_31009_CENTER = 301
TKFRAME_31009_SPEC = 'ANGLES'
TKFRAME_31009_RELATIVE = 'MOON_PA_DE440'
TKFRAME_31009_ANGLES = ( 67.8526 78.6944 0.2785 )
TKFRAME_31009_AXES = ( 3, 2, 1 )
TKFRAME_31009_UNITS = 'ARCSECONDS'
\\begintext
"""


def hours_between(first, last):
    return np.arange(Epoch.parse(first).tdb(), Epoch.parse(last).tdb(), HOUR)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("latitude", "longitude", "body", "lowest", "highest"),
    [
        (-90.0, 0.0, "SUN", -1.55, 1.56),
        (-90.0, 0.0, "EARTH", -7.10, 6.57),
        (-84.7906, 29.1957, "SUN", -6.74, 6.75),
        (-84.7906, 29.1957, "EARTH", -2.30, 10.79),
    ],
)
def test_elevation_ranges_of_2026_27_equal_horizons(
    site_at, data, validation, latitude, longitude, body, lowest, highest
):
    tdb = hours_between("2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z")
    elevation = sky_track(site_at(latitude, longitude), body, tdb, data).elevation
    error = max(abs(np.min(elevation) - np.radians(lowest)), abs(np.max(elevation) - np.radians(highest)))
    validation(
        capability="Sky of a lunar site",
        quantity=f"yearly elevation range of the {body.title()} at {latitude} {longitude} deg",
        authority="JPL Horizons, printed to 0.01 deg",
        error=error,
        unit="rad",
        tolerance=PRINTED,
        cases=tdb.size,
    )


@pytest.mark.parametrize(
    ("latitude", "longitude", "body", "lowest", "highest"),
    [
        (-90.0, 0.0, "SUN", -1.555, 1.540),
        (-90.0, 0.0, "EARTH", -7.095, 6.580),
        (-89.5, 0.0, "EARTH", -6.599, 7.076),
        (-89.5, 180.0, "EARTH", -7.590, 6.083),
    ],
)
def test_elevation_ranges_of_2030_equal_an_independent_run_of_spice(
    site_at, data, latitude, longitude, body, lowest, highest
):
    tdb = hours_between("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")
    elevation = sky_track(site_at(latitude, longitude), body, tdb, data).elevation
    assert np.min(elevation) == pytest.approx(np.radians(lowest), abs=THREE_DIGITS)
    assert np.max(elevation) == pytest.approx(np.radians(highest), abs=THREE_DIGITS)


@pytest.mark.truth
@pytest.mark.parametrize("body", ["SUN", "EARTH"])
@pytest.mark.parametrize(
    ("aberration", "correction"), [("geometric", "NONE"), ("light-time", "CN"), ("apparent", "CN+S")]
)
def test_directions_equal_spice(site_at, data, tmp_path, validation, body, aberration, correction):
    spice = pytest.importorskip("spiceypy")
    frames = tmp_path / "moon.tf"
    frames.write_text(LUNAR_FRAMES)
    site = site_at(-88.8, 123.4, 1500.0)
    tdb = Epoch.parse("2030-01-01T00:00:00Z").tdb() + np.arange(60) * 6.1 * 86_400.0
    kernels = [str(data.dataset("de440s").path), str(data.dataset("moon-pa-de440").path), str(frames)]
    try:
        for kernel in kernels:
            spice.furnsh(kernel)
        place = spice.latrec(1738.9, site.longitude, site.latitude)
        seen = np.array(
            [
                spice.spkcpo(
                    body, t, "MOON_ME_DE440_ME421", "OBSERVER", correction, place, "MOON", "MOON_ME_DE440_ME421"
                )[0]
                for t in tdb
            ]
        )
    finally:
        spice.kclear()
    east, north, up = (seen[:, :3] @ site.topocentric.axes.T).T
    track = sky_track(site, body, tdb, data, aberration)
    level = np.hypot(east, north)
    turn = np.angle(np.exp(1j * (track.azimuth - np.arctan2(east, north)))) * np.cos(track.elevation)
    error = np.max(np.hypot(turn, track.elevation - np.arctan2(up, level)))
    validation(
        capability="Sky of a lunar site",
        quantity=f"direction of the {body.title()}, {aberration}",
        authority=f"SPICE spkcpo {correction} (spiceypy)",
        error=error,
        unit="rad",
        tolerance=SPICE_DIRECTION,
        cases=tdb.size,
    )


def test_the_sun_is_as_wide_as_its_distance_says(site_at, data):
    tdb = hours_between("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z")
    track = sky_track(site_at(0.0, 0.0), "SUN", tdb, data)
    np.testing.assert_allclose(np.sin(track.angular_radius) * track.distance, 695_700e3, rtol=1e-12)
    assert np.degrees(2 * track.angular_radius[0]) == pytest.approx(0.542, abs=0.002)  # widest of the year, in January
