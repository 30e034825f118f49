"""Authority: a plain search through the list for each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.broadcast_messages import no_messages
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.broadcast.message_choice import AGE_LIMITS, message_choice
from moonstead.navigation.broadcast.source import BroadcastSource

START = 1.3e9  # [s of GPST]
KINDS = {"G": "LNAV", "R": "FDMA", "C": "D1", "E": "INAV"}


def messages_of(rows):
    found = no_messages(len(rows))
    for place, (name, reference, ahead) in enumerate(rows):
        found.satellite[place], found.kind[place] = name, KINDS[name[0]]
        found.reference[place] = found.clock_reference[place] = START + reference
        found.transmission[place] = np.nan if ahead is None else START + reference - ahead
    found.clock[:], found.orbit[:], found.health[:] = 0.0, 0.1, 0
    found.state[:] = 2e7
    return found


def plain_choice(messages, name, time, rule):
    """Reference time of the message that is in force; None where none is."""
    rows = [k for k in range(len(messages)) if messages.satellite[k] == name]
    if rule == "nearest" or name[0] == "R":
        rows.sort(key=lambda k: abs(time - messages.reference[k]))
    else:
        sent = {
            k: messages.reference[k]
            if name[0] == "C" or np.isnan(messages.transmission[k])
            else messages.transmission[k]
            for k in rows
        }
        rows = sorted((k for k in rows if sent[k] <= time), key=lambda k: (-sent[k], -messages.reference[k]))
    if not rows:
        return None
    best = messages.reference[rows[0]]
    return best if abs(time - best) <= AGE_LIMITS[name[0]] + 0.1 else None


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["G01", "G02", "R01", "R09", "C06", "E11"]),
            st.integers(0, 40).map(lambda k: 1800.0 * k),
            st.sampled_from([None, 7200.0, 1800.0, -300.0]),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda row: (row[0], row[1]),
    ),
    times=st.lists(st.integers(-8000, 90_000), min_size=1, max_size=20),
    rule=st.sampled_from(["real-time", "nearest"]),
)
def test_the_choice_is_that_of_a_plain_search(rows, times, rule):
    messages = messages_of(rows)
    choice = message_choice(messages, rule)
    for index, name in enumerate(choice.satellites):
        time = START + np.array(times, dtype=np.float64)
        found = choice.rows(np.full(time.size, index), time)
        for row, at in zip(found, time, strict=True):
            expected = plain_choice(messages, name, at, rule)
            if row < 0:
                assert expected is None
                continue
            assert choice.messages.satellite[row] == name
            if rule == "real-time" and name[0] in "GE":
                assert choice.messages.reference[row] == expected
            else:  # in the middle between two either will do
                assert abs(choice.messages.reference[row] - at) == abs(expected - at)


def test_an_upload_takes_over_when_it_is_sent():
    messages = messages_of([("G01", 7200.0, 7200.0), ("G01", 7184.0, 3600.0)])
    choice = message_choice(messages)
    at = START + np.array([0.0, 3583.0, 3584.0, 7200.0])
    found = choice.rows(np.zeros(4, dtype=np.int64), at)
    assert (choice.messages.reference[found] - START).tolist() == [7200.0, 7200.0, 7184.0, 7184.0]


def test_a_curve_fit_interval_limits_its_message():
    messages = messages_of([("G01", 0.0, 0.0)])
    messages.fit_interval[:] = 6 * 3600.0
    source = BroadcastSource.from_messages(messages)
    valid = source.states(np.zeros(2, dtype=np.int64), START + np.array([10_800.0, 10_801.0])).valid
    assert valid.tolist() == [True, False]


def test_unhealthy_satellites_are_flagged_or_left_out():
    messages = messages_of([("G01", 0.0, 0.0), ("G02", 0.0, 0.0), ("E11", 0.0, 0.0)])
    messages.health[:] = [0, 63, 0b000_001_000]  # E5a alone is not valid: no matter to I/NAV
    source = BroadcastSource.from_messages(messages)
    states = source.states(np.arange(3), np.full(3, START))
    assert dict(zip(source.satellites, states.healthy.tolist(), strict=True)) == {
        "E11": True,
        "G01": True,
        "G02": False,
    }
    assert states.valid.all()
    assert BroadcastSource.from_messages(messages, healthy_only=True).satellites == ("E11", "G01")


def test_states_without_a_message_are_no_numbers():
    source = BroadcastSource.from_messages(messages_of([("R01", 0.0, 0.0)]))
    states = source.states(np.zeros(2, dtype=np.int64), START + np.array([0.0, 5000.0]))
    assert states.valid.tolist() == [True, False]
    assert np.isnan(states.position[1]).all()
    assert not states.healthy[1]
    assert states.message.tolist() == [0, -1]


def test_what_cannot_be_is_refused():
    messages = messages_of([("R01", 0.0, 0.0)])
    with pytest.raises(InvalidInput, match="kind"):
        BroadcastSource.from_messages(messages, kinds={"R": "LNAV"})
    with pytest.raises(InvalidInput, match="unknown systems"):
        BroadcastSource.from_messages(messages, age_limits={"X": 1.0})
    with pytest.raises(MissingData, match="no broadcast message"):
        BroadcastSource.from_messages(no_messages())
    with pytest.raises(InvalidInput, match="satellite_index"):
        BroadcastSource.from_messages(messages).states(np.array([1]), np.array([START]))
