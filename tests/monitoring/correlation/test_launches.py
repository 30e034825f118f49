"""Authority: real first element sets of launches whose times are public, spherical geometry, and other launch times.

Launch times are recalled from public reports and not verified; a wrong one would show as a plane that misses the site.
"""

import numpy as np
import pytest

from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.correlation.launches import Launch, expected_orbit, match_launches, node_drift
from moonstead.orbits.launchers import launch_site

PLANE = np.radians(2.0)  # between site and plane: a few minutes of ascent, and the drift of the node
KNOWN = {
    "Tianhe.tle.gz": ("wenchang", "2021-04-29T03:23:15", "2021-035"),
    "CZ5B_2021.tle": ("wenchang", "2021-04-29T03:23:15", "2021-035"),
    "Shenzhou11.tle.gz": ("jiuquan", "2016-10-16T23:30:31", "2016-061"),
    "Tiangong2.tle.gz": ("jiuquan", "2016-09-15T14:04:12", "2016-057"),
}


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def launch(name, hours=0.0):
    site, time, designator = KNOWN[name]
    return Launch(name, launch_site(site), Epoch.parse(time).tdb() + 3600.0 * hours, designator=designator)


@pytest.mark.truth
@pytest.mark.parametrize("name", KNOWN)
def test_first_element_sets_lead_back_to_their_launch(name, shared_data, data, validation):
    elements = read_mean_elements(shared_data / "monitoring" / "decay" / name).elements
    right = launch(name)
    others = [launch(name, hours) for hours in (-30.0, -20.0, -12.0, -6.0, -3.0, 3.0, 6.0)]
    matches = match_launches(elements, [right, *others], data)
    assert matches and matches[0].launch is right
    assert matches[0].same_designator
    validation(
        capability="monitoring",
        quantity=f"launch site from the plane of the first elements of {name.partition('.')[0]}",
        authority="public launch time (recalled)",
        error=float(np.degrees(matches[0].plane_angle)),
        unit="deg",
        tolerance=float(np.degrees(PLANE)),
        cases=1,
    )


@pytest.mark.truth
def test_launches_at_other_hours_are_no_match(shared_data, data):
    """The Earth turns a site by 15 degrees an hour: out of the plane, but for the hour of the other crossing."""
    elements = read_mean_elements(shared_data / "monitoring" / "decay" / "CZ5B_2021.tle").elements
    hours = [float(hour) for hour in range(-22, 6) if hour != 0]
    matches = match_launches(elements, [launch("CZ5B_2021.tle", hour) for hour in hours], data)
    assert len(matches) <= 3


def test_an_expected_orbit_passes_over_its_site(data):
    from moonstead.monitoring.correlation.launches import _site_axes

    one = launch("Tianhe.tle.gz")
    found = expected_orbit(one, data)
    up, _, _ = _site_axes(one, data)
    np.testing.assert_allclose(found.normals @ up, 0.0, atol=1e-12)
    # geodetic and geocentric vertical differ by 0.2 degrees
    assert found.inclinations[0] == pytest.approx(np.radians(19.6), abs=np.radians(0.3))
    narrow = expected_orbit(Launch("x", one.site, one.tdb, azimuth=np.radians(127.2)), data)
    assert narrow.inclinations[0] < np.radians(41.4) < narrow.inclinations[1]
    assert len(narrow.nodes) == 1
    # a window of one degree of azimuth to either side: some degrees of node
    assert (narrow.nodes[0][1] - narrow.nodes[0][0]) % (2.0 * np.pi) < np.radians(10.0)


@pytest.mark.truth
def test_the_drift_of_the_node_is_that_of_the_elements(shared_data):
    elements = read_mean_elements(shared_data / "monitoring" / "decay" / "Tiangong2.tle.gz").elements
    rows = slice(1000, 1200)
    span = elements.tdb[rows][-1] - elements.tdb[rows][0]
    turned = np.unwrap(elements.node[rows])
    # J2 alone: terms of the fourth order are a thousandth
    assert (turned[-1] - turned[0]) / span == pytest.approx(float(np.mean(node_drift(elements)[rows])), rel=5e-3)


def test_no_time_back_is_refused(data, shared_data):
    elements = read_mean_elements(shared_data / "monitoring" / "decay" / "CZ5B_2021.tle").elements
    with pytest.raises(InvalidInput, match="must be positive"):
        match_launches(elements, [], data, longest=0.0)
