"""Authority: failures put in by hand must be found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.navigation.monitoring.integrity import (
    clock_steps,
    continuity,
    error_limit,
    healthy_share,
    in_service,
    integrity_events,
)

EPOCHS = 48  # of the made-up errors


def test_a_quiet_day_has_no_events(quiet):
    assert integrity_events(quiet()) == ()


def test_a_healthy_satellite_beyond_its_limit_misleads(quiet):
    errors = quiet()
    errors.clock[10:14, 2] += 10.2  # 4.42 times 2 m is 8.84 m
    errors.orbit[30, 1, 1] += 80.0  # along the track: a seventh of it, at the limb
    misleading = [event for event in integrity_events(errors) if event.kind == "misleading"]
    assert [(event.satellite, event.epochs) for event in misleading] == [("C30", 4), ("C20", 1)]
    first, second = misleading
    assert (first.start, first.stop) == (errors.gpst[10], errors.gpst[13])
    assert first.limit == pytest.approx(8.84)
    assert first.error == pytest.approx(9.7, abs=0.8)  # the epoch median moves by 0.5 m with it
    assert 80.0 * 0.13 < second.error < 80.0 * 0.25 + 1.0


def test_a_satellite_that_warns_does_not_mislead(quiet):
    errors = quiet()
    errors.clock[10:14, 2] = np.nan
    errors.orbit[10:14, 2] = np.nan
    errors.healthy[10:14, 2] = False
    errors.healthy[20:22, 0], errors.sent[20:22, 0] = False, False
    found = [(event.satellite, event.kind, event.epochs) for event in integrity_events(errors)]
    assert found == [("C30", "unhealthy", 4)]  # where there is no message, nothing is known of the satellite


def test_a_jump_within_a_message_is_a_step_and_one_between_messages_is_none(quiet):
    errors = quiet()
    errors.clock[17:, 3] += 4.0  # five epochs after a change of messages
    errors.clock[24:, 1] -= 4.0  # with the third message
    steps, jump, limit = clock_steps(errors)
    assert [tuple(at) for at in np.argwhere(steps)] == [(17, 3)]
    assert jump[17, 3] == pytest.approx(4.0, abs=0.6)
    assert limit[17, 3] == pytest.approx(2.0)


def test_biases_of_satellites_count_only_where_they_are_asked_for(quiet):
    errors = quiet()
    errors.clock[:, 4] += 20.0
    assert integrity_events(errors) == ()
    kept = integrity_events(errors, remove_clock_bias=False)
    assert {(event.satellite, event.epochs) for event in kept} == {("C42", EPOCHS)}


def test_limits_are_those_of_the_standards(quiet):
    errors = quiet(("R01", "C19"))
    errors.accuracy[0, 1] = np.nan
    limit = error_limit(errors)
    np.testing.assert_array_equal(limit[:, 0], 18.0)
    assert np.isnan(limit[0, 1])
    assert limit[1, 1] == pytest.approx(8.84)


def test_shares_count_messages_of_satellites_in_service(quiet):
    errors = quiet()
    errors.healthy[:12, 0] = False
    errors.healthy[:24, 1], errors.sent[:24, 1] = False, False
    errors.healthy[:, 2] = False
    assert list(in_service(errors)) == [True, True, False, True, True]
    share, counted = healthy_share(errors)
    assert counted == 4 * EPOCHS - 24
    assert share == pytest.approx(1.0 - 12 / counted)
    errors.sent[:] = False
    assert np.isnan(healthy_share(errors)[0])


def test_continuity_counts_the_hours_that_an_interruption_breaks(quiet):
    errors = quiet(("C19",))
    assert continuity(errors) == (1.0, EPOCHS - 12)
    errors.healthy[20, 0] = False
    share, trials = continuity(errors)
    assert trials == EPOCHS - 12 - 1  # one start is itself unhealthy
    assert share == pytest.approx(1.0 - 12 / trials)
    assert np.isnan(continuity(errors, duration=1e6)[0])


def test_continuity_leaves_out_hours_with_gaps_of_the_files(quiet):
    errors = quiet(("C19",))
    errors.healthy[20, 0], errors.sent[20, 0] = False, False
    assert continuity(errors) == (1.0, EPOCHS - 12 - 13)
