"""Authority: closed forms of the hyperbola, two-body motion through a passage, brute force over all chains of dates."""

import itertools
import math

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.transfers.gravity_assist import most_gained, powered_flybys, turn_angle
from moonstead.orbits.transfers.gravity_assist_tour import Passage, evaluate_tour, search_tour
from moonstead.orbits.transfers.interplanetary_bodies import body_of_elements

VENUS = body("VENUS").gm
DAY = SECONDS_PER_DAY


def test_gravity_turns_by_what_two_body_motion_says():
    speed, periapsis = 6000.0, 6.4e6
    fastest = math.sqrt(speed**2 + 2.0 * VENUS / periapsis)
    start = np.array([[periapsis, 0, 0, 0, fastest, 0]])
    far = two_body_states(start, np.array([4e9]), VENUS)[0, 3:]
    before = two_body_states(start, np.array([-4e9]), VENUS)[0, 3:]
    turned = math.acos(far @ before / (np.linalg.norm(far) * np.linalg.norm(before)))
    assert turn_angle(speed, periapsis, VENUS) == pytest.approx(turned, abs=1e-6)
    assert most_gained(speed, periapsis, VENUS) == pytest.approx(float(np.linalg.norm(far - before)), rel=1e-5)


def test_the_moon_gives_at_most_its_circular_speed():
    # 2 v / (1 + r v^2 / gm) is largest for v = sqrt(gm / r), where it is just that
    moon, radius = body("MOON").gm, 1.8374e6
    circular = math.sqrt(moon / radius)
    assert most_gained(circular, radius, moon) == pytest.approx(circular, rel=1e-12)
    assert most_gained(0.9 * circular, radius, moon) < circular > most_gained(1.1 * circular, radius, moon)


def test_a_turn_that_gravity_gives_costs_nothing():
    speed, periapsis = 5000.0, 9e6
    angle = float(turn_angle(speed, periapsis, VENUS))
    incoming = speed * np.array([1.0, 0, 0])
    outgoing = speed * np.array([math.cos(angle), math.sin(angle), 0])
    found = powered_flybys(incoming, outgoing, VENUS, 6.4e6)
    assert found.periapsis[0] == pytest.approx(periapsis, rel=1e-9)
    assert found.delta_v[0] == pytest.approx(0.0, abs=1e-9)
    # faster on the way out: the burn at the common periapsis, by the vis-viva equation on both sides
    faster = powered_flybys(incoming, 1.2 * outgoing, VENUS, 6.4e6)
    escape = 2.0 * VENUS / faster.periapsis[0]
    assert faster.delta_v[0] == pytest.approx(math.sqrt(6000.0**2 + escape) - math.sqrt(5000.0**2 + escape), rel=1e-9)


def test_a_turn_beyond_the_least_periapsis_is_paid_for():
    found = powered_flybys([[8000.0, 0, 0]], [[-8000.0, 1.0, 0]], VENUS, 6.4e6)
    given = float(turn_angle(8000.0, 6.4e6, VENUS))
    assert found.missing_turn[0] == pytest.approx(math.pi - given, abs=1e-3)
    assert found.delta_v[0] == pytest.approx(2.0 * 8000.0 * math.sin(0.5 * (math.pi - given)), rel=1e-3)
    spoilt = powered_flybys([[math.nan, 0, 0], [8000.0, 0, 0]], [[1.0, 0, 0], [8000.0, 1.0, 0]], VENUS, 6.4e6)
    assert math.isnan(spoilt.delta_v[0]) and spoilt.delta_v[1] < 1.0


def circle(name, au, longitude):
    return body_of_elements(
        name,
        0.0,
        perihelion=au * ASTRONOMICAL_UNIT,
        eccentricity=0.02,
        inclination=0.02,
        node=1.0,
        argument_of_perihelion=0.0,
        anomaly=longitude,
    )


@pytest.fixture(scope="module")
def chain():
    start = circle("start", 1.0, 0.0)
    passages = [
        Passage(circle("turn", 0.72, 2.6), VENUS, 6.4e6),
        Passage(circle("goal", 1.52, 0.5), body("MARS BARYCENTER").gm, 3.8e6),
    ]
    return start, passages


def test_the_grid_search_finds_the_best_of_all_chains(chain):
    start, passages = chain
    window, spans, step = (0.0, 60.0 * DAY), [(90.0 * DAY, 180.0 * DAY), (150.0 * DAY, 330.0 * DAY)], 30.0 * DAY
    best = math.inf
    for first in np.arange(0.0, 61.0 * DAY, step):
        for legs in itertools.product(np.arange(90.0, 181.0, 30.0), np.arange(150.0, 331.0, 30.0)):
            dates = first + np.concatenate(([0.0], np.cumsum(legs) * DAY))
            try:
                best = min(best, evaluate_tour(start, passages, dates, eccentricity=0.8).delta_v)
            except NumericalFailure:
                continue
    found = search_tour(start, passages, window, spans, step=step, eccentricity=0.8)
    # refined beyond the grid it can only be better, and it keeps to the window
    assert found.delta_v <= best + 1e-6
    assert found.delta_v > 0.6 * best
    assert window[0] - 1.0 <= found.tdb[0] <= window[1] + 1.0
    assert np.all(np.diff(found.tdb) >= [spans[0][0] - 1.0, spans[1][0] - 1.0])
    total = float(np.linalg.norm(found.departure_v_infinity)) + float(np.sum(found.flyby_delta_v)) + found.insertion
    assert found.delta_v == pytest.approx(total)


def test_what_no_tour_can_have_is_refused(chain):
    start, passages = chain
    with pytest.raises(InvalidInput, match="rising dates"):
        evaluate_tour(start, passages, [0.0, 2.0, 1.0])
    with pytest.raises(InvalidInput, match="as many spans"):
        search_tour(start, passages, (0.0, DAY), [(DAY, 2 * DAY)], step=DAY)
    with pytest.raises(NumericalFailure, match="start - turn - goal"):
        search_tour(
            start,
            passages,
            (0.0, DAY),
            [(90 * DAY, 99 * DAY), (150 * DAY, 160 * DAY)],
            step=5 * DAY,
            most_departure=1.0,
        )
    with pytest.raises(InvalidInput, match="positive speed"):
        most_gained(0.0, 1.0, 1.0)
    with pytest.raises(InvalidInput, match="rows of three"):
        powered_flybys([1.0, 2.0], [1.0, 2.0], 1.0, 1.0)
