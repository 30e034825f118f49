"""Authority: EGM2008 as NGA published it, and as brahe ships it."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.gravity.icgem import read_icgem

# Fully normalised, tide-free; NGA, EGM2008_to2190_TideFree: n, m, C, S
PUBLISHED = [
    (2, 0, -0.484165143790815e-03, 0.0),
    (2, 1, -0.206615509074176e-09, 0.138441389137979e-08),
    (2, 2, 0.243938357328313e-05, -0.140027370385934e-05),
    (3, 0, 0.957161207093473e-06, 0.0),
    (3, 1, 0.203046201047864e-05, 0.248200415856872e-06),
    (3, 2, 0.904787894809528e-06, -0.619005475177618e-06),
    (3, 3, 0.721321757121568e-06, 0.141434926192941e-05),
    (4, 0, 0.539965866638991e-06, 0.0),
]


@pytest.fixture(scope="module")
def egm():
    return DataContext.installed().gravity_field("egm2008-36", 36)


@pytest.mark.truth
def test_low_degrees_are_the_published_ones(egm, validation):
    error = max(max(abs(egm.c[n, m] - c), abs(egm.s[n, m] - s)) for n, m, c, s in PUBLISHED)
    row = {"capability": "EGM2008 to degree 4", "authority": "NGA, EGM2008 tide-free"}
    validation(quantity="coefficient", error=error, unit="1", tolerance=0.0, cases=len(PUBLISHED), **row)
    assert (egm.gm, egm.radius) == (3.986004415e14, 6_378_136.3)
    assert (egm.name, egm.body, egm.frame, egm.tide_system) == ("EGM2008", "EARTH", "ITRF", "tide-free")


@pytest.mark.truth
def test_all_degrees_are_those_of_brahe(egm, validation):
    import brahe

    model = brahe.GravityModel.from_model_type(brahe.GravityModelType.EGM2008_120)
    pairs = [(n, m) for n in range(2, 37) for m in range(n + 1)]
    error = max(np.max(np.abs(np.subtract(model.get(n, m), (egm.c[n, m], egm.s[n, m])))) for n, m in pairs)
    row = {"capability": "EGM2008 to degree 36", "authority": "brahe 1.8 (EGM2008_120)"}
    validation(quantity="coefficient", error=error, unit="1", tolerance=0.0, cases=len(pairs), **row)


def test_the_flattening_of_the_earth_follows_from_degree_two(egm):
    # J2 = -sqrt(5) C20 = 1.0826e-3, the Earth's dynamic form factor (IERS Conventions 2010: 1.0826359e-3, zero-tide)
    assert -np.sqrt(5.0) * egm.c[2, 0] == pytest.approx(1.0826359e-3, abs=1e-8)


def text(head="", rows=None, norm="fully_normalized"):
    rows = rows or ["gfc 0 0 1.0 0.0", "gfc 2 0 -4.8D-04 0.0", "gfc 2 1 0.0 1E-9", "gfc 2 2 2.4d-6 -1.4e-6 1e-12 1e-12"]
    return "\n".join(
        [
            "a comment with the words radius and gfc",
            "begin_of_head",
            "modelname test",
            "gravity_constant 0.3986D+15",
            "radius 6378136.3",
            "max_degree 2",
            f"norm {norm}",
            "tide_system zero_tide",
            head,
            "end_of_head ====",
            *rows,
            "",
        ]
    )


def test_every_way_to_write_an_exponent_is_read(tmp_path):
    path = tmp_path / "test.gfc"
    path.write_text(text())
    field = read_icgem(path)
    np.testing.assert_array_equal(field.c, [[1, 0, 0], [0, 0, 0], [-4.8e-4, 0, 2.4e-6]])
    np.testing.assert_array_equal(field.s, [[0, 0, 0], [0, 0, 0], [0, 1e-9, -1.4e-6]])
    assert (field.gm, field.degree, field.tide_system) == (3.986e14, 2, "zero-tide")
    assert read_icgem(path, 0).c.tolist() == [[1.0]]


GOOD = ["gfc 0 0 1.0 0.0", "gfc 2 0 -4.8e-4 0.0", "gfc 2 1 0.0 1e-9", "gfc 2 2 2.4e-6 -1.4e-6"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no line 'end_of_head'"),
        ("\x00\x01\x02" * 1000, "no line 'end_of_head'"),
        (text(norm="unnormalized"), "norm 'unnormalized'; only fully_normalized"),
        (text().replace("radius 6378136.3", ""), "does not give radius"),
        (text().replace("max_degree 2", "max_degree two"), "does not give max_degree"),
        (text(rows=GOOD[:-1]), "lacks the coefficient of degree 2, order 2"),
        (text(rows=[*GOOD, GOOD[-1]]), "has 2 times the coefficient of degree 2, order 2"),
        (text(rows=[*GOOD[:-1], "gfc 2 2 2.4e-6"]), "rows without S"),
        (text(rows=[*GOOD[:-1], "gfc 2 two 2.4e-6 0"]), "line 14: not a row 'gfc n m C S'"),
        (text(rows=[*GOOD[:-1], "gfct 2 2 2.4e-6 0 0 0 20050101"]), "'gfct' rows are not read"),
        (text(rows=[*GOOD[:-1], "gfc 2 2 nan 0"]), "no number for degree 2, order 2"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path, content, message):
    path = tmp_path / "bad.gfc"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=message):
        read_icgem(path)


def test_a_degree_beyond_the_file_is_refused(tmp_path):
    path = tmp_path / "test.gfc"
    path.write_text(text())
    with pytest.raises(InvalidInput, match=r"degree 3 was asked; .* has degrees 0 to 2"):
        read_icgem(path, 3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingData, match="there is no file"):
        read_icgem(tmp_path / "none.gfc")
