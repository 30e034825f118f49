"""Authority: the orbit that a message is made of; the real messages of the day; the interface documents' steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.broadcast_messages import ORBIT_COLUMNS, joined
from moonstead.formats.rinex_navigation import read_navigation, write_navigation
from moonstead.formats.sp3 import PreciseOrbits, read_sp3
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.orbit_determination.encode import encode_broadcast
from moonstead.navigation.orbit_determination.fits import OrbitFits, fit_orbits
from moonstead.navigation.orbit_determination.message_steps import clock_steps, orbit_steps
from moonstead.navigation.orbit_determination.score import score_messages

FIT = 0.1  # [m] asked of GLONASS and BeiDou, before rounding
# GLONASS counts in 0.49 m and 0.95 mm/s: rounding alone is 0.24 m at t_b and 0.3 m more at the ends of its half hour
GLONASS_SENT = 0.4  # [m]
KEPLER_SENT = 0.05  # [m] semicircles 2^-31 are 4 cm along the track
GPS_FIT = 0.5  # [m] fifteen elements over 4 h, as the interface document has them
REAL_ORBIT = 0.58  # [m] range error of the orbits of the real GLONASS messages of that day
DAY = 86_400.0


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> PreciseOrbits:
    return read_sp3(shared_data / "gnss" / "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz")


@pytest.fixture(scope="module")
def fits(shared_data: Path, truth: PreciseOrbits) -> OrbitFits:
    first = read_sp3(shared_data / "gnss" / "GRG0MGXFIN_20201760000_01D_15M_ORB.SP3.gz")
    return fit_orbits(
        first, DataContext.installed(), satellites=("R01", "R14", "R24", "G05", "E30"), until=truth.gpst[-1] + 7200.0
    )


@pytest.mark.truth
def test_predicted_glonass_messages_are_no_worse_than_the_real_ones(
    fits: OrbitFits, truth: PreciseOrbits, validation
) -> None:
    made = [
        encode_broadcast(orbit, truth.gpst[0] - 900.0, truth.gpst[-1] + 900.0, clock=fits.clocks[orbit.satellite])
        for orbit in fits.orbits
        if orbit.satellite.startswith("R")
    ]
    assert max(one.fit_rms for one in made) < FIT
    assert max(one.sent_rms for one in made) < GLONASS_SENT
    assert {one.point for one in made} == {"antenna"}
    row = score_messages(joined([one.messages for one in made]), truth)[0]
    assert row.pairs == 3 * 96
    validation(
        capability="broadcast messages from predicted orbits",
        quantity="range error of orbits of GLONASS messages, 24 h ahead, three satellites",
        authority="GRG final orbits 2020-177; the real messages have 0.58 m",
        error=row.orbit_rms,
        unit="m",
        tolerance=REAL_ORBIT,
        cases=row.pairs,
    )


@pytest.mark.parametrize(("name", "fit", "sent"), [("G05", GPS_FIT, GPS_FIT), ("E30", FIT, KEPLER_SENT)])
def test_elements_say_an_orbit(fits: OrbitFits, truth: PreciseOrbits, name: str, fit: float, sent: float) -> None:
    orbit = next(one for one in fits.orbits if one.satellite == name)
    made = encode_broadcast(orbit, truth.gpst[0], truth.gpst[0] + 0.25 * DAY, clock=fits.clocks[name])
    assert made.fit_rms < fit
    assert made.sent_rms < sent


def test_numbers_are_multiples_of_the_steps_of_the_message(fits: OrbitFits, truth: PreciseOrbits) -> None:
    for orbit in fits.orbits[:3]:
        system = orbit.satellite[0]
        made = encode_broadcast(orbit, truth.gpst[0], truth.gpst[0] + 0.2 * DAY, clock=fits.clocks[orbit.satellite])
        numbers = made.messages.state if system == "R" else made.messages.orbit
        for values, steps in ((numbers, orbit_steps(system)), (made.messages.clock, clock_steps(system))):
            used = steps > 0.0
            counts = values[:, used] / steps[used]
            np.testing.assert_allclose(counts, np.rint(counts), atol=1e-3)


def test_real_messages_keep_the_same_steps(shared_data: Path) -> None:
    """The table of steps against numbers that satellites sent."""
    real = read_navigation(shared_data / "gnss" / "ESBC00DNK_R_20201770000_01D_MN.rnx.gz").messages
    for system, kind in (("G", "LNAV"), ("E", "INAV"), ("C", "D1"), ("R", "FDMA")):
        rows = (real.satellite.astype("<U1") == system) & (real.kind == kind)
        part = real.take(rows)
        numbers = part.state if system == "R" else part.orbit
        for values, steps in ((numbers, orbit_steps(system)), (part.clock, clock_steps(system))):
            used = steps > 0.0
            off = np.abs(values[:, used] / steps[used] - np.rint(values[:, used] / steps[used]))
            digits = np.abs(values[:, used]) * 1e-12 / steps[used]  # RINEX prints 13 digits
            assert np.all(np.mean(off <= 1e-3 + digits, axis=0) > 0.99), system


def test_messages_are_written_read_back_and_used(fits: OrbitFits, truth: PreciseOrbits, tmp_path: Path) -> None:
    made = [
        encode_broadcast(orbit, truth.gpst[0], truth.gpst[-1], clock=fits.clocks[orbit.satellite]).messages
        for orbit in fits.orbits
    ]
    path = tmp_path / "own.rnx"
    write_navigation(path, joined(made))
    source = BroadcastSource.from_file(read_navigation(path))
    assert source.satellites == tuple(sorted(orbit.satellite for orbit in fits.orbits))
    noon = np.array([truth.gpst[48]])
    for orbit in fits.orbits:
        states = source.states(np.array([source.satellites.index(orbit.satellite)]), noon)
        assert states.valid[0]
        assert states.healthy[0]
        off = np.linalg.norm(states.position[0] - orbit.states(noon)[0, :3])
        assert off < 4.0  # [m] the antenna's offset, and rounding


def test_unrounded_messages_say_more(fits: OrbitFits, truth: PreciseOrbits) -> None:
    orbit = next(one for one in fits.orbits if one.satellite == "R24")
    made = encode_broadcast(orbit, truth.gpst[0], truth.gpst[0] + 0.2 * DAY, rounding=False, antenna=False)
    assert made.sent_rms == made.fit_rms
    assert made.point == "centre of mass"
    assert np.all(np.isnan(made.messages.clock))  # no clock was given, so none is told


@pytest.mark.truth
def test_beidou_elements_say_orbits_of_all_three_kinds(shared_data: Path, validation) -> None:
    """Geostationary satellites in the tilted plane of their messages."""
    precise = read_sp3(shared_data / "gnss" / "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz")
    fits = fit_orbits(precise, DataContext.installed(), satellites=("C01", "C30", "C40"))
    made = [
        encode_broadcast(orbit, precise.gpst[0] + 7200.0, precise.gpst[-1], clock=fits.clocks.get(orbit.satellite))
        for orbit in fits.orbits
    ]
    assert [one.messages.kind[0] for one in made] == ["D2", "D1", "D1"]
    assert max(one.sent_rms for one in made) < FIT
    assert np.all(made[0].messages.orbit[:, ORBIT_COLUMNS.index("inclination")] < np.radians(10.0))
    validation(
        capability="broadcast messages from predicted orbits",
        quantity="BeiDou elements against the orbit they say, worst of GEO, MEO, IGSO, RMS",
        authority="orbit they were made of",
        error=max(one.fit_rms for one in made),
        unit="m",
        tolerance=FIT,
        cases=sum(len(one.messages) for one in made),
    )


def test_a_span_without_room_for_a_message_is_refused(fits: OrbitFits, truth: PreciseOrbits) -> None:
    with pytest.raises(InvalidInput, match="until"):
        encode_broadcast(fits.orbits[0], truth.gpst[-1] + DAY, truth.gpst[-1] + 2.0 * DAY)
