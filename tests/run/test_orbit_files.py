"""Authority: SPICE reads the kernel and finds its eclipses; the message is read back by our own reader."""

import numpy as np
import pytest
import spiceypy as spice

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.formats.oem import read_oem
from moonstead.formats.oem_trajectory import segment_trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.eclipse_phasing import SYNODIC_MONTH
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit
from moonstead.orbits.three_body.flown_figures import eclipses
from moonstead.run.flown_answer import flown_answer, orbit_comments
from moonstead.run.flown_nodes import NodesFile
from moonstead.run.orbit_files import write_orbit_oem, write_orbit_spk

CRAFT = -60001
READ_BACK = 1e-3  # [m] acceptance; samples keep 5e-4 m, SPK and OEM round to 1e-7 m
EDGE = 0.01  # [s] SPICE converges to 1 us; its disc of the Sun and ours differ by rounding of radii to km
REVOLUTIONS = 9


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def flown(data):
    orbit = periodic_orbit("nrho", point="L2", branch="south", period=2.0 * SYNODIC_MONTH / 9.0)
    start = Epoch.parse("2026-01-01", "UTC").tdb()
    model = ForceModel(degree=8, mass=1000.0, radiation=Radiation(10.0, 1.3))
    return fly_periodic_orbit(orbit, start, REVOLUTIONS, model, data, avoid_eclipse_by=("EARTH",), name="GATE")


@pytest.fixture(scope="module")
def times(flown):
    return np.sort(np.random.default_rng(2).uniform(*flown.trajectory().span, 4000))


def test_message_is_read_back(flown, times, tmp_path):
    path = tmp_path / "orbit.oem"
    write_orbit_oem(path, flown.trajectory(), orbit_comments(flown))
    message = read_oem(path)
    assert any("forces: MOON 8x8" in line for line in message.header.comments)
    back = segment_trajectory(message.segments[0]).state(times)
    assert np.abs(back - flown.trajectory().state(times))[:, :3].max() < READ_BACK


@pytest.mark.truth
def test_kernel_is_read_by_spice_and_its_eclipses_are_ours(flown, times, tmp_path, data, validation):
    path, text = tmp_path / "orbit.bsp", tmp_path / "spheres.tk"
    write_orbit_spk(path, flown.trajectory(), CRAFT, "nrho L2 south 8x8")
    text.write_text(_spheres())
    planets = str(data.datasets["de440s"].path)
    for kernel in (planets, str(path), str(text)):
        spice.furnsh(kernel)
    try:
        back = 1e3 * np.array([spice.spkgeo(CRAFT, t, "J2000", 301)[0] for t in times])
        found = {name: _occultations(name, flown.trajectory().span) for name in ("EARTH", "MOON")}
    finally:
        for kernel in (text, path, planets):
            spice.unload(str(kernel))
    assert not found["EARTH"].size  # the phase was chosen so
    ours = eclipses(flown.trajectory(), "MOON", data)
    assert len(ours) == len(found["MOON"]) > 0
    edges = np.abs(np.stack((ours.starts, ours.stops), axis=1) - found["MOON"]).max()
    said = {"capability": "Three-body orbits flown under all forces", "authority": "SPICE N0067 on the written kernel"}
    validation(
        **said,
        quantity="positions read back",
        error=float(np.linalg.norm(back[:, :3] - flown.trajectory().state(times)[:, :3], axis=1).max()),
        unit="m",
        tolerance=READ_BACK,
        cases=times.size,
    )
    validation(
        **said, quantity="edges of eclipses (gfoclt)", error=float(edges), unit="s", tolerance=EDGE, cases=2 * len(ours)
    )


def test_answer_has_units_and_figures(flown, data):
    answer = flown_answer(flown, data)
    assert answer["position_defect_m"] <= 1.0 and answer["velocity_defect_m_s"] <= 1e-3
    low, high = answer["perilune_km"]
    assert 3100.0 < low < high < 3600.0
    assert [one["by"] for one in answer["eclipses"]] == ["EARTH", "MOON"]
    assert answer["eclipses"][0]["count"] == 0 and answer["phasing"]["margin_km"] > 0.0
    assert answer["constants"]["length_m"] == flown.orbit.system.length


def test_nodes_are_kept_for_the_same_request_only(tmp_path):
    kept = NodesFile(tmp_path / "nodes.npz", {"asked": 1})
    assert kept.read() is None
    kept.write(np.ones((3, 6)))
    np.testing.assert_array_equal(kept.read(), np.ones((3, 6)))
    with pytest.raises(InvalidInput, match="another request"):
        NodesFile(tmp_path / "nodes.npz", {"asked": 2}).read()
    (tmp_path / "nodes.npz").write_text("words")
    with pytest.raises(InvalidInput, match="no nodes"):
        kept.read()


def _occultations(front, span):
    confine = spice.cell_double(2)
    spice.wninsd(*span, confine)
    result = spice.cell_double(2000)
    spice.gfoclt(
        "ANY",
        front,
        "ELLIPSOID",
        f"IAU_{front}",
        "SUN",
        "ELLIPSOID",
        "IAU_SUN",
        "CN",
        str(CRAFT),
        600.0,
        confine,
        result,
    )
    count = spice.wncard(result)
    return np.array([spice.wnfetd(result, k) for k in range(count)]).reshape(-1, 2)


def _spheres():
    lines = ["KPL/PCK", r"\begindata"]
    for identity, name in ((10, "SUN"), (301, "MOON"), (399, "EARTH")):
        radius = f"{body(name).mean_radius / 1e3!r}"
        lines += [f"BODY{identity}_RADII = ({radius}, {radius}, {radius})"]
        lines += [f"BODY{identity}_POLE_RA = (0, 0, 0)", f"BODY{identity}_POLE_DEC = (90, 0, 0)"]
        lines += [f"BODY{identity}_PM = (0, 0, 0)"]
    return "\n".join(lines) + "\n"
