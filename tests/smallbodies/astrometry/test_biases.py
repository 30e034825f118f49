"""Tables of catalogue biases in JPL's layout, and the tiling of the sky that they use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.astrometry import Observations
from moonstead.formats.astrometry_rows import blank_rows, observations_of
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.astrometry.biases import read_bias_table, ring_tile

SIDES = 2
YEAR = 365.25 * 86_400.0  # [s]


def centres(sides: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres of all tiles, ring by ring: Gorski et al. (2005), eqs. 2 to 9, the inverse of what is tested."""
    longitude, z = [], []
    for ring in range(1, 4 * sides):
        if ring < sides:
            count, height, shift = 4 * ring, 1.0 - ring**2 / (3.0 * sides**2), 0.5
        elif ring <= 3 * sides:
            count, height = 4 * sides, 4.0 / 3.0 - 2.0 * ring / (3.0 * sides)
            shift = 0.5 * ((ring - sides + 1) % 2)
        else:
            mirrored = 4 * sides - ring
            count, height, shift = 4 * mirrored, -1.0 + mirrored**2 / (3.0 * sides**2), 0.5
        longitude.extend((np.arange(count) + shift) * 2.0 * np.pi / count)
        z.extend([height] * count)
    return np.array(longitude), np.arcsin(z)


@pytest.mark.truth
@pytest.mark.parametrize("sides", [1, 2, 4, 64])
def test_each_centre_lies_in_its_own_tile(sides: int) -> None:
    longitude, latitude = centres(sides)
    assert longitude.size == 12 * sides**2
    assert np.array_equal(ring_tile(sides, longitude, latitude), np.arange(12 * sides**2))
    assert np.array_equal(ring_tile(sides, longitude + 2.0 * np.pi, latitude), np.arange(12 * sides**2))


def test_tiles_have_equal_areas() -> None:
    random = np.random.default_rng(5)
    longitude, latitude = random.uniform(0.0, 2.0 * np.pi, 480_000), np.arcsin(random.uniform(-1.0, 1.0, 480_000))
    counts = np.bincount(ring_tile(4, longitude, latitude), minlength=192)
    # 2 500 +- 50 in each: five sigmas hold all 192.
    assert counts.min() > 2_250
    assert counts.max() < 2_750


def test_the_poles_have_tiles() -> None:
    tiles = ring_tile(64, np.array([0.0, 6.0, 0.0]), np.array([0.5, 0.5, -0.5]) * np.pi)
    assert tiles.tolist() == [0, 3, 12 * 64**2 - 4]


def table(path: Path, header: str = "! a V\n") -> Path:
    """A table of two catalogues: offsets are the tile's number in mas, motions 1 and -2 mas/yr."""
    rows = [f"{tile * 1e-3:.6f} {-tile * 1e-3:.6f} 1.0 -2.0   0 0 0 0" for tile in range(12 * SIDES**2)]
    path.write_text("! Bias corrections\n! NSIDE= 2\n" + header + "\n".join(rows) + "\n")
    return path


def observed(catalogues: list[str]) -> Observations:
    rows = blank_rows(len(catalogues))
    rows["tdb"] = np.full(len(catalogues), 10.0 * YEAR)
    rows["right_ascension"], rows["declination"] = np.full(len(catalogues), 1.0), np.full(len(catalogues), 0.3)
    rows["catalogue"] = np.array(catalogues)
    return observations_of(rows)


def test_offsets_and_proper_motions_of_the_tile_are_taken(tmp_path: Path) -> None:
    biases = read_bias_table(table(tmp_path / "bias.dat"))
    tile = int(ring_tile(SIDES, np.array([1.0]), np.array([0.3]))[0])
    found = biases.bias(observed(["a", "USNOA1", "V", "q", ""])) / ARCSECOND
    expected = np.array([tile * 1e-3 + 0.010, -tile * 1e-3 - 0.020])
    assert found == pytest.approx(np.array([expected, expected, [0, 0], [0, 0], [0, 0]]), abs=1e-12)


def test_a_table_that_is_cut_or_has_no_letters_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "bias.dat")
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    with pytest.raises(InvalidInput, match=r"bias\.dat"):
        read_bias_table(path)
    with pytest.raises(InvalidInput, match="no table of biases"):
        read_bias_table(table(path, header=""))
    path.write_text(text.replace("-2.0", "x"))
    with pytest.raises(InvalidInput, match="no number"):
        read_bias_table(path)


def test_a_header_without_letters_is_known_by_its_number_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "bias.dat"
    path.write_text("! NSIDE= 1\n" + ("0.1 0.2 0 0 " * 26 + "\n") * 12)
    assert read_bias_table(path).letters == "abcdegijlmnopqrtuvwLNQRSUW"
