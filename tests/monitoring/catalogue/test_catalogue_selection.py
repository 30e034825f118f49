"""Authority: altitudes of known orbits, by Kepler's third law."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.catalogue.selection import EARTH_RADIUS, Selection, matching, orbit_classes

# perigee and apogee altitude [km], inclination [deg], class
ORBITS = {
    "STATION": (410.0, 420.0, 51.6, "LEO"),
    "NAVIGATION": (20_180.0, 20_190.0, 55.0, "MEO"),
    "BIRD": (35_780.0, 35_792.0, 0.1, "GEO"),
    "MOLNIYA": (500.0, 39_900.0, 63.4, "HEO"),
    "GRAVEYARD": (36_100.0, 36_150.0, 8.0, "beyond"),
    "TRANSFER": (250.0, 35_700.0, 20.0, "HEO"),
}


@pytest.fixture
def elements():
    shapes = np.array([row[:3] for row in ORBITS.values()])
    near, far = EARTH_RADIUS + shapes[:, 0] * 1e3, EARTH_RADIUS + shapes[:, 1] * 1e3
    count = len(ORBITS)
    zeros = np.zeros(count)
    return MeanElements.of(
        {
            "object_id": np.arange(count),
            "name": list(ORBITS),
            "designator": [""] * count,
            "epoch_second": 837_000_000 + 86_400 * np.arange(count),
            "epoch_fraction": zeros,
            "mean_motion": np.sqrt(WGS72_GM / (0.5 * (near + far)) ** 3),
            "eccentricity": (far - near) / (far + near),
            "inclination": np.radians(shapes[:, 2]),
            **dict.fromkeys(("node", "argument_of_perigee", "mean_anomaly", "drag_term"), zeros),
            **dict.fromkeys(("mean_motion_rate", "mean_motion_second", "element_set", "revolution"), zeros),
            "classification": ["U"] * count,
        }
    )


def test_orbits_are_called_by_where_they_are(elements):
    assert orbit_classes(elements).tolist() == [row[3] for row in ORBITS.values()]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Selection(apogee=(-np.inf, 2e6)), ["STATION"]),
        (Selection(perigee=(35e6, np.inf), inclination=(0.1, 1.0)), ["GRAVEYARD"]),
        (Selection(name="tr*fer"), ["TRANSFER"]),
        (Selection(name="b?rd"), ["BIRD"]),
        (Selection(), list(ORBITS)),
    ],
    ids=["apogee", "perigee and inclination", "stars", "question mark", "everything"],
)
def test_filters_keep_what_is_wanted(elements, wanted, expected):
    rows = np.flatnonzero(matching(elements, wanted))
    assert [elements.name[row] for row in rows] == expected


def test_age_counts_from_a_time_and_needs_one(elements):
    at = elements.tdb[2]
    assert matching(elements, Selection(age=86_401.0), at).tolist() == [False, True, True, True, False, False]
    with pytest.raises(InvalidInput, match="needs a time"):
        matching(elements, Selection(age=1.0))
