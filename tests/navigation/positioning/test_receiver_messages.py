"""What a receiver takes from messages: satellites by a rule, an ionosphere, channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.rinex_observation import ObservationFile, read_observations
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.positioning.message_gaps import FilledSource
from moonstead.navigation.positioning.messages import glonass_channels, ionosphere_of_messages, source_of_messages


@pytest.fixture(scope="module")
def messages(shared_data):
    return read_navigation(shared_data / "gnss" / "ESBC00DNK_R_20201770000_01D_MN.rnx.gz", systems="GRC")


@pytest.fixture(scope="module")
def hour(shared_data) -> ObservationFile:
    return read_observations(shared_data / "gnss" / "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz", systems="R")


def test_rules_choose_messages_sent_nearest_or_filled(messages):
    assert isinstance(source_of_messages(messages), FilledSource)
    assert isinstance(source_of_messages(messages, "real-time"), BroadcastSource)
    assert isinstance(source_of_messages(messages, "nearest"), BroadcastSource)
    with pytest.raises(InvalidInput, match="finished, real-time, nearest"):
        source_of_messages(messages, "latest")


def test_ionosphere_is_that_of_gps_else_of_beidou_else_none(messages):
    assert ionosphere_of_messages(messages).model == "GPS"
    as_beidou = {"GPSA": "BDSA", "GPSB": "BDSB"}
    renamed = tuple(replace(one, kind=as_beidou.get(one.kind, one.kind)) for one in messages.ionosphere_models)
    assert ionosphere_of_messages(replace(messages, ionosphere_models=renamed)).model == "BeiDou"
    silent = tuple(replace(one, values=(0.0,) * 4) for one in messages.ionosphere_models)
    assert ionosphere_of_messages(replace(messages, ionosphere_models=silent)) is None
    assert ionosphere_of_messages(replace(messages, ionosphere_models=())) is None


def test_channels_come_from_messages_and_else_from_the_table_of_satellites(messages, hour):
    alone = glonass_channels(None, hour)
    assert set(alone) == set(hour.systems["R"].satellites)
    assert all(-7 <= channel <= 6 for channel in alone.values())
    rows = messages.messages
    sent = {name: channel for name, channel in zip(rows.satellite.tolist(), rows.channel.tolist(), strict=True)}
    both = glonass_channels(messages, hour)
    assert all(both[name] == sent[name] for name in both if name in sent)
    assert np.all([both[name] == alone[name] for name in alone if name not in sent])
