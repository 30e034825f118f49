"""Authority: SGP4's own ephemerides, whose elements are known; NASA's ephemeris of the space station."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.element_fit.equinoctial_sets import epoch_near, osculating_variables
from moonstead.monitoring.element_fit.fit import fit_elements

EPHEMERIS = "monitoring/iss/ISS_OEM_NASA_2025-02-26.xml.gz"
# Digits of a two-line set: half of the last one.
MOTION = 0.5e-8 * 2.0 * np.pi / 86400.0  # [rad/s]
ANGLE = np.radians(0.5e-4)
ECCENTRICITY = 0.5e-7
DRAG = 0.5e-8  # [1/Earth radius] of B* near 1e-4
TIME_GRAIN = 1e-2  # [m] times of an ephemeris in float64: 0.12 us at 11 km/s, in a fit of some hundred
# SGP4 leaves out the tesseral terms, some hundred metres in a low orbit, and has one drag term: the usual kilometre.
USUAL = 1000.0  # [m]
EPOCH = 780_000_000 + 54  # [s TAI]; not on the grid of epochs
ORBITS = {  # revolutions a day, eccentricity, inclination, node, argument, anomaly [deg], B*
    "station": (15.5, 0.0006, 51.6, 130.0, 320.0, 70.0, 4e-4),
    "circular": (14.2, 1e-6, 98.2, 10.0, 200.0, 5.0, 1e-4),
    "navigation": (2.0056, 0.01, 55.0, 250.0, 40.0, 300.0, 0.0),
    "tundra": (1.0027, 0.27, 63.4, 80.0, 270.0, 100.0, 0.0),
    "molniya": (2.0061, 0.72, 63.4, 300.0, 275.0, 20.0, 1e-4),
    "geostationary": (1.0027, 0.0003, 0.02, 90.0, 10.0, 180.0, 0.0),
}


def one_set(revolutions, e, inclination, node, argument, anomaly, drag):
    return MeanElements(
        [900_001], ["MADE"], [""], [EPOCH], [0.0], [revolutions * 2.0 * np.pi / 86400.0], [e],
        *([np.radians(angle)] for angle in (inclination, node, argument, anomaly)),
        [drag], [0.0], [0.0], [1], [1], ["U"],
    )  # fmt: skip


def ephemeris(elements, days=2.0, step=600.0):
    tdb = elements.tdb[0] + np.arange(-0.5, days - 0.5, step / 86400.0) * 86400.0
    states, status = Sgp4Set(elements).states(tdb)
    assert not status.any()
    return tdb, states[:, :, 0]


@pytest.mark.parametrize("name", ORBITS)
def test_elements_of_an_ephemeris_made_by_sgp4_come_back_to_the_printed_digits(name):
    made = one_set(*ORBITS[name])
    tdb, states = ephemeris(made)
    fit = fit_elements(tdb, states, epoch=made.tdb[0])
    assert fit.converged and fit.rms < TIME_GRAIN
    found = fit.elements
    # the epoch was moved to the grid of 0.001 25 d: the same orbit is compared at the new one
    moved = float(found.epoch_second[0] - EPOCH)
    assert 0.0 < abs(moved) <= 54.0
    again, _ = Sgp4Set(found).states_after(np.zeros(5, int), np.linspace(-3e4, 9e4, 5) - moved)
    truth, _ = Sgp4Set(made).states_after(np.zeros(5, int), np.linspace(-3e4, 9e4, 5))
    np.testing.assert_allclose(again, truth, rtol=0.0, atol=10.0 * TIME_GRAIN)
    assert found.eccentricity[0] == pytest.approx(made.eccentricity[0], abs=ECCENTRICITY)
    assert found.inclination[0] == pytest.approx(made.inclination[0], abs=ANGLE)
    assert found.mean_motion[0] == pytest.approx(made.mean_motion[0], abs=MOTION + 1e-7 * made.mean_motion[0])


def test_at_the_same_epoch_every_element_comes_back():
    made = one_set(*ORBITS["station"])
    second, _ = epoch_near(made.tdb[0])
    columns = {name: getattr(made, name) for name in made.__dataclass_fields__}
    made = MeanElements(**{**columns, "epoch_second": [second]})
    fit = fit_elements(*ephemeris(made), epoch=made.tdb[0])
    assert fit.elements.epoch_second[0] == second
    assert fit.elements.mean_motion[0] == pytest.approx(made.mean_motion[0], abs=MOTION)
    for name in ("node", "argument_of_perigee", "mean_anomaly", "inclination"):
        assert getattr(fit.elements, name)[0] == pytest.approx(getattr(made, name)[0], abs=ANGLE)
    assert fit.elements.drag_term[0] == pytest.approx(4e-4, abs=DRAG)


def test_an_epoch_has_eight_decimals_of_a_day():
    for text in ("2025-02-26T12:34:56", "2016-12-31T23:59:59", "2017-01-01T00:00:00"):
        tdb = Epoch.parse(text).tdb()
        second, moved = epoch_near(tdb)
        assert abs(moved) <= 54.0 + 1e-3
        day = Epoch(second, 0.0).text("UTC", digits=0)
        hours, minutes, seconds = (int(part) for part in day[11:].split(":"))
        assert (hours * 3600 + minutes * 60 + seconds) % 108 == 0


def test_a_circular_orbit_has_the_variables_of_its_radius():
    radius = 7e6
    speed = np.sqrt(WGS72_GM / radius)
    found = osculating_variables([[0.0, radius, 0.0, -speed, 0.0, 0.0]], WGS72_GM)[0]
    np.testing.assert_allclose(found[:5], [speed / radius, 0.0, 0.0, 0.0, 0.0], rtol=0.0, atol=1e-12)
    assert np.mod(found[5], 2.0 * np.pi) == pytest.approx(0.5 * np.pi)


def test_what_cannot_be_fitted_is_told():
    made = one_set(*ORBITS["station"])
    tdb, states = ephemeris(made)
    with pytest.raises(InvalidInput, match="at least 4 states"):
        fit_elements(tdb[:3], states[:3])
    with pytest.raises(InvalidInput, match="not finite"):
        fit_elements(tdb, np.where(np.arange(tdb.size)[:, np.newaxis] == 3, np.nan, states))
    fast = states.copy()
    fast[:, 3:] *= 2.0
    with pytest.raises(InvalidInput, match="no closed orbit"):
        fit_elements(tdb, fast)


@pytest.mark.truth
def test_the_space_station_is_followed_for_two_days_and_written(shared_data, tmp_path, capsys, validation):
    out = tmp_path / "station.tle"
    words = ["monitor", "fit-elements", str(shared_data / EPHEMERIS), "--hours", "48", "--object", "25544"]
    assert execute([*words, "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["converged"] and answer["rms_m"] < answer["worst_m"]
    validation(
        capability="Elements fitted to ephemerides",
        quantity="SGP4 against the ephemeris over two days, root mean square",
        authority="NASA's ephemeris of the space station of 2025-02-26",
        error=answer["rms_m"],
        unit="m",
        tolerance=USUAL,
        cases=answer["states"],
    )
    written = read_mean_elements(out).elements
    assert written.object_id[0] == 25544
    assert Epoch.from_tdb(float(written.tdb[0])).text("UTC", digits=3) == answer["elements"]["epoch_utc"]
    assert written.drag_term[0] == pytest.approx(answer["elements"]["b_star_per_earth_radius"], rel=1e-4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["--hours", "-1"], "--hours must be positive", id="no hours"),
        pytest.param(["--start", "2030-01-01"], "no state within the span", id="outside"),
    ],
)
def test_wrong_spans_are_told(shared_data, capsys, words, says):
    assert execute(["monitor", "fit-elements", str(shared_data / EPHEMERIS), *words]) == 2
    assert says in capsys.readouterr().err
