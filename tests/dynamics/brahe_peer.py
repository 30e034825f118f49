"""brahe on the same data and the same forces: what tests and benchmarks of motion share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from motion import CASES, DAY, EPOCH

from moonstead.foundation.data import DataContext

GM_EARTH = 398_600.4415e9  # [m^3/s^2] brahe's third-body constant, EGM96's; DE440 has 398 600.4355e9
HIGHEST_DEGREE = 50  # of the lunar field that it is given, unless asked otherwise
CACHE = "BRAHE_CACHE"


@contextmanager
def brahe_offline(
    data: DataContext, folder: Path, highest_degree: int = HIGHEST_DEGREE
) -> Iterator[tuple[object, object]]:
    """brahe, with its cache folder pointed at our kernels, and GRAIL's field in its own file format."""
    (folder / "naif").mkdir()
    for name in ("de440s", "moon-pa-de440"):
        path = data.dataset(name).path
        (folder / "naif" / path.name).symlink_to(path)
    (folder / "field.gfc").write_text(_gravity_file(data, highest_degree))
    before = os.environ.get(CACHE)
    os.environ[CACHE] = str(folder)
    try:
        import brahe

        brahe.set_global_eop_provider(brahe.StaticEOPProvider.from_zero())
        brahe.load_spice_kernel(str(folder / "naif" / "de440s.bsp"))
        brahe.load_spice_kernel(str(folder / "naif" / "moon_pa_de440_200625.bpc"))
        yield brahe, brahe.GravityModelType.from_file(str(folder / "field.gfc"))
    finally:
        if before is None:
            del os.environ[CACHE]
        else:
            os.environ[CACHE] = before


def _gravity_file(data: DataContext, highest_degree: int) -> str:
    field = data.gravity_field("grgm1200a", highest_degree)
    lines = [
        "product_type gravity_field",
        "modelname GRGM1200A",
        f"earth_gravity_constant {field.gm!r}",
        f"radius {field.radius!r}",
        f"max_degree {field.degree}",
        "errors no",
        "norm fully_normalized",
        "tide_system tide_free",
        "end_of_head",
    ]
    for n in range(field.degree + 1):
        lines += [f"gfc {n} {m} {float(field.c[n, m])!r} {float(field.s[n, m])!r}" for m in range(n + 1)]
    return "\n".join(lines) + "\n"


def first_epoch(brahe):
    """The epoch of the cases."""
    return brahe.Epoch.from_datetime(2030, 1, 1, 0, 0, 0.0, 0.0, brahe.TimeSystem.TDB)


def lunar_propagator(brahe, gravity, case, degree, *, tolerance=1e-8, light=False):
    """Its RKN12(10) at the start of a case: gravity to a degree, Earth, Sun, and light with the Moon's shadow."""
    source = brahe.ParameterSource
    forces = brahe.ForceModelConfig.for_body(
        brahe.CentralBody.Moon,
        brahe.GravityConfiguration(degree=degree, order=degree, model_type=gravity),
        third_body=[
            brahe.ThirdBodyConfiguration(brahe.ThirdBody.EARTH),
            brahe.ThirdBodyConfiguration(brahe.ThirdBody.SUN),
        ],
        srp=brahe.SolarRadiationPressureConfiguration(
            source.value(1.0), source.value(1.5), brahe.EclipseModel.CONICAL, [brahe.OccultingBody.Moon]
        )
        if light
        else None,
        mass=source.value(100.0),
    )
    method = brahe.NumericalPropagationConfig(
        brahe.IntegrationMethod.RKN1210,
        brahe.IntegratorConfig(abs_tol=tolerance, rel_tol=1e-15, max_step=3600.0),
        brahe.VariationalConfig(),
    )
    propagator = brahe.NumericalOrbitPropagator(first_epoch(brahe), np.concatenate(CASES[case]), method, forces)
    propagator.set_trajectory_mode(brahe.TrajectoryMode.DISABLED)
    return propagator


def end_of(brahe, propagator, days):
    """State (6,) [m, m/s] after a number of days."""
    propagator.propagate_to(first_epoch(brahe) + days * DAY)
    return np.asarray(propagator.current_state())


def counted_in_terrestrial_time(data, brahe, days):
    """Our data as brahe reads them: it steps in seconds of TT, so its TDB gains 0.3 ms in ten days of January.

    For a near-rectilinear halo orbit that shift of the Earth is worth 14 mm; it is brahe's clock, no force.
    """
    first = first_epoch(brahe)
    last = first + days * DAY
    tdb = brahe.TimeSystem.TDB
    rate = (last.seconds_past_j2000_as_time_system(tdb) - first.seconds_past_j2000_as_time_system(tdb)) / (days * DAY)

    def turned(table):
        return replace(table, start=EPOCH + (table.start - EPOCH) / rate, interval=table.interval / rate)

    def ephemeris(target, center, start, stop):
        return turned(data.ephemeris.chebyshev(target, center, start, stop + 1.0))

    return SimpleNamespace(
        ephemeris=SimpleNamespace(chebyshev=ephemeris, position=data.ephemeris.position),
        lunar_orientation=SimpleNamespace(chebyshev=lambda a, b: turned(data.lunar_orientation.chebyshev(a, b + 1.0))),
        gravity_field=data.gravity_field,
    )
