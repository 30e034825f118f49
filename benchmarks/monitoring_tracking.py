"""How well and how fast orbits are found from tracking: lasers, antennas, simulated networks.

    python -m benchmarks.monitoring_tracking [lageos] [arcs] [w3b] [nees] [speed]

Process CPU time, compilation left out; the data are those of ../shared/data/monitoring/od.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks import ROOT
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.monitoring.tracking.batch import fit_orbit
from moonstead.monitoring.tracking.computed_values import computed_values
from moonstead.monitoring.tracking.fit_forces import FitForces, fit_span
from moonstead.monitoring.tracking.fit_rows import TrackedRows
from moonstead.monitoring.tracking.flown_orbit import fly_orbit
from moonstead.monitoring.tracking.laser_ranges import LaserRows
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.orbit_fit import OrbitFit

sys.path.insert(0, str(ROOT / "tests" / "monitoring" / "tracking"))
import tracked_arcs

REAL = ROOT.parent / "shared" / "data"
DATA = DataContext.installed()
RUNS = 60  # of simulated tracking
SOUGHT = ((), ("along",), tracked_arcs.EMPIRICAL, (*tracked_arcs.EMPIRICAL, "cross_cos", "cross_sin"))
# [m/s2] what is known of accelerations on LAGEOS beside the models: tides of the oceans, thermal drag
KNOWN = {"along": 2e-11} | dict.fromkeys(("along_cos", "along_sin", "cross_cos", "cross_sin"), 5e-10)
Array = np.ndarray


def lageos() -> None:
    """LAGEOS-2, three days, four stations: residuals and the CPF, with and without each part of the model."""
    rows, prediction = tracked_arcs.lageos_rows(REAL), tracked_arcs.lageos_prediction(REAL)
    start = tracked_arcs.first_guess(prediction, DATA)
    for sought in SOUGHT:
        _print_lageos(f"sought {', '.join(sought) or 'state alone'}", [rows], start, sought)
    full = tracked_arcs.lageos_forces()
    for name, forces in (
        ("no tides of the Earth", replace(full, tides=False)),
        ("no light of the Earth", replace(full, earth_light=0.0)),
        ("no sunlight", replace(full, model=replace(full.model, radiation=None))),
        ("no relativity", replace(full, model=replace(full.model, relativity=False))),
        ("gravity to degree 12", replace(full, model=replace(full.model, degree=12))),
    ):
        _print_fit(name, fit_orbit([rows], start, forces, DATA))


def arcs() -> None:
    """LAGEOS-2: a fit of the first part, flown on to the rest and judged by its ranges, and by the CPF."""
    rows, prediction = tracked_arcs.lageos_rows(REAL), tracked_arcs.lageos_prediction(REAL)
    start = tracked_arcs.first_guess(prediction, DATA)
    whole = fit_orbit([rows], start, tracked_arcs.lageos_forces(), DATA)
    for hours in (24.0, 56.0):
        inside = rows.tdb < rows.tdb.min() + 3600.0 * hours
        for sought in ((), tuple(KNOWN)):
            expected = {name: (0.0, KNOWN[name]) for name in sought}
            forces = replace(tracked_arcs.lageos_forces(sought), expected=expected)
            fit = fit_orbit([rows.select(inside)], start, forces, DATA)
            far = fit.extended(float(rows.tdb.max()) + 5.0)
            later = rows.select(~inside).computed(far, np.zeros(0), DATA).residual[:, 0]
            at = np.arange(float(rows.tdb[inside].max()), far.span[1], 300.0)
            off = np.einsum(
                "nij,nj->ni", radial_axes(whole.orbit.state(at)), (far.state(at) - whole.orbit.state(at))[:, :3]
            )
            sigma = np.sqrt(np.trace(_covariance(fit, far, at[-1:])[0, :3, :3]))
            print(
                f"first {hours:g} h ({np.sum(inside)} ranges, state{' and accelerations' if sought else ''}): RMS "
                f"{np.sqrt(np.mean(fit.residuals[0][fit.used[0]] ** 2)):.4f} m; {later.size} later ranges RMS "
                f"{np.sqrt(np.mean(later**2)):.3f} m; against the fit of all, 3-D RMS "
                f"{np.sqrt(np.mean(np.sum(off**2, axis=1))):.3f} m, at the end {np.linalg.norm(off[-1]):.3f} m "
                f"(foretold {sigma:.3f} m)"
            )


def w3b() -> None:
    """W3B: residuals by station and kind at the set-up's weights, then at weights from the residuals; whiteness."""
    begun = time.process_time()
    fit = fit_orbit(tracked_arcs.w3b_rows(REAL), tracked_arcs.w3b_start(), tracked_arcs.w3b_forces(), DATA)
    print(f"set-up's weights (20 m, 0.02 deg): {time.process_time() - begun:.2f} s CPU, {fit.iterations} corrections")
    _print_stations(fit)
    epoch = np.array([tracked_arcs.w3b_start().epoch_tdb])
    back = propagate(fit.state, float(epoch[0]), tracked_arcs.w3b_forces().model, DATA).state(epoch)[0]
    print(f"less Orekit's state: {np.round(back - tracked_arcs.W3B_OREKIT, 4).tolist()} m, m/s")
    rows = tracked_arcs.w3b_rows(REAL)
    for _ in range(3):
        rows = [_reweighted(part, fit, number) for number, part in enumerate(rows)]
        fit = fit_orbit(rows, tracked_arcs.w3b_start(), tracked_arcs.w3b_forces(), DATA)
    print(f"weights from the residuals: normalised RMS {fit.normalised_rms:.3f}, {fit.rejected} left out")
    _print_stations(fit)
    for number, part in enumerate(rows):
        for kind, numbers in (("range", (0,)), ("azimuth-elevation", (0, 1))):
            chosen = fit.used[number] & (np.array(part.kind) == kind)
            for column in numbers:
                series = fit.residuals[number][chosen, column][np.argsort(part.tdb[chosen])]
                print(
                    f"  {part.station[0]:11s} {kind} {column}: lag-1 correlation {_lag(series):+.2f} of {series.size}"
                )


def nees() -> None:
    """Simulated tracking of a low orbit: whether errors are as large as the covariance says."""
    squares, rms = [], []
    forces = FitForces(ForceModel(center="EARTH", degree=8, third_bodies=("SUN", "MOON")), tides=True)
    truth, first = np.array([7.0e6, 1.0e6, 2.0e6, -1.5e3, 6.9e3, 2.0e3]), 7.5e8
    begun = time.process_time()
    for seed in range(RUNS):
        rows = _simulated(truth, first, forces, seed)
        guess = OrbitState(truth + np.array([3e3, -2e3, 1e3, 3.0, 2.0, -1.0]), first - 5.0, "EARTH")
        fit = fit_orbit([rows], guess, forces, DATA, reject=False)
        off = fit.state.position_velocity - truth
        squares.append(off @ np.linalg.solve(fit.state_covariance, off))
        rms.append(fit.normalised_rms)
        assert np.linalg.eigvalsh(fit.state_covariance / np.outer(*2 * [np.sqrt(np.diag(fit.state_covariance))]))[0] > 0
    from scipy.stats import chi2, kstest

    low, high = chi2.ppf((0.025, 0.975), 6 * RUNS) / RUNS
    print(
        f"{RUNS} runs: mean NEES {np.mean(squares):.2f} of 6 (95 % of such means within {low:.2f} to {high:.2f}), "
        f"Kolmogorov-Smirnov p {kstest(squares, chi2(6).cdf).pvalue:.2f}, normalised RMS {np.mean(rms):.3f}, "
        f"{(time.process_time() - begun) / RUNS:.3f} s CPU each"
    )


def speed() -> None:
    """CPU time of the fits, the second of two."""
    rows, start = tracked_arcs.lageos_rows(REAL), tracked_arcs.first_guess(tracked_arcs.lageos_prediction(REAL), DATA)
    cases: tuple[tuple[str, Callable[[], OrbitFit]], ...] = (
        (
            "LAGEOS-2, 66 h, 95 ranges, 9 parameters",
            lambda: fit_orbit([rows], start, tracked_arcs.lageos_forces(), DATA),
        ),
        (
            "W3B, 16 h, 860 numbers, 27 parameters",
            lambda: fit_orbit(tracked_arcs.w3b_rows(REAL), tracked_arcs.w3b_start(), tracked_arcs.w3b_forces(), DATA),
        ),
    )
    for name, run in cases:
        run()
        begun = time.process_time()
        fit = run()
        print(f"{name}: {time.process_time() - begun:.2f} s CPU, {fit.iterations} corrections in all rounds")


def _print_lageos(name: str, rows: list[LaserRows], start: OrbitState, sought: tuple[str, ...]) -> None:
    fit = fit_orbit(rows, start, tracked_arcs.lageos_forces(sought), DATA)
    _print_fit(name, fit)
    _print_stations(fit)


def _print_fit(name: str, fit: OrbitFit) -> None:
    prediction = tracked_arcs.lageos_prediction(REAL)
    at = np.arange(prediction.span[0] + 1.0, prediction.span[1], 300.0)
    theirs = icrf_state(prediction, "EARTH", at, DATA)
    off = np.einsum("nij,nj->ni", radial_axes(theirs), (fit.orbit.state(at) - theirs)[:, :3])
    residual, used = fit.residuals[0][:, 0], fit.used[0]
    radial, along, cross = np.sqrt(np.mean(off**2, axis=0))
    print(
        f"{name}: RMS {np.sqrt(np.mean(residual[used] ** 2)):.4f} m of {np.sum(used)}, of all {residual.size} "
        f"{np.sqrt(np.mean(residual**2)):.4f} m; CPF {np.sqrt(np.mean(np.sum(off**2, axis=1))):.3f} m "
        f"(radial {radial:.3f}, along {along:.3f}, cross {cross:.3f})"
    )


def _print_stations(fit: OrbitFit) -> None:
    for one in fit.reports:
        factor, unit = (np.degrees(1.0), "deg") if "elevation" in one.kind else (1.0, "m")
        print(
            f"  {one.station:11s} {one.kind}: {one.used} used, {one.rejected} left out, RMS "
            f"{', '.join(f'{value * factor:.4f}' for value in one.rms)} {unit}, normalised {one.normalised:.2f}"
        )


def _covariance(fit: OrbitFit, far, at: Array) -> Array:
    by = far.partials(at)
    return by @ fit.covariance @ by.transpose(0, 2, 1)


def _reweighted(part: TrackedRows, fit: OrbitFit, number: int) -> TrackedRows:
    """Rows with the scatter that their residuals show, for each kind of this station."""
    sigma = part.rows.sigma.copy()
    for kind in set(part.kind):
        mine = np.array(part.kind) == kind
        chosen = mine & fit.used[number]
        for column in range(2):
            relative = fit.residuals[number][chosen, column] / part.sigma[chosen, column]
            sigma[mine, column] *= np.sqrt(np.mean(relative**2)) if np.any(relative) else 1.0
    return replace(part, rows=replace(part.rows, sigma=sigma))


def _lag(series: Array) -> float:
    centred = series - series.mean()
    return float(np.sum(centred[1:] * centred[:-1]) / np.sum(centred**2))


def _simulated(truth: Array, first: float, forces: FitForces, seed: int) -> TrackedRows:
    """Ranges, rates and pointings of two stations for twenty minutes, with noise (simulated)."""
    orbit = fly_orbit(
        truth, np.zeros(0), fit_span(OrbitState(truth, first - 5.0, "EARTH"), first + 1300.0, forces, DATA)
    )
    times = first + 20.0 * np.arange(61)
    stations = (SurfacePoint.on_earth("west", 0.1, 0.1, 100.0), SurfacePoint.on_earth("east", 0.5, 0.5, 800.0))
    rows = joined(
        [
            measurements(kind, times, np.zeros((61, width)) if width == 2 else np.zeros(61), sigma, station)
            for station in stations
            for kind, width, sigma in (("range", 1, 10.0), ("range-rate", 1, 0.1), ("azimuth-elevation", 2, 1e-4))
        ]
    )
    value = computed_values(rows, orbit, DATA).value
    noise = np.where(rows.used_numbers, rows.sigma, 0.0) * np.random.default_rng(seed).standard_normal(value.shape)
    noise[:, 0] /= np.where(rows.used_numbers[:, 1], np.cos(value[:, 1]), 1.0)
    return TrackedRows(replace(rows, value=np.where(rows.used_numbers, value + noise, np.nan)))


if __name__ == "__main__":
    every = {"lageos": lageos, "arcs": arcs, "w3b": w3b, "nees": nees, "speed": speed}
    for word in sys.argv[1:] or every:
        print(f"\n{word}: {every[word].__doc__}")
        every[word]()
