"""How well and how fast orbits of navigation satellites are fitted, predicted, said in messages and found by a network.

    python -m benchmarks.navigation_orbits [fit] [predict] [beidou] [messages] [network]

Process CPU time, compilation left out; the data are those of ../shared/data/gnss.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks import ROOT
from moonstead.formats.broadcast_messages import BroadcastMessages, joined
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.sp3 import PreciseOrbits, read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.navigation.monitoring.antenna_offsets import antenna_offsets
from moonstead.navigation.orbit_determination.encode import encode_broadcast
from moonstead.navigation.orbit_determination.fit import fit_orbit
from moonstead.navigation.orbit_determination.fits import fit_orbits, orbit_errors
from moonstead.navigation.orbit_determination.fitted_orbit import FittedOrbit
from moonstead.navigation.orbit_determination.network_fit import fit_network
from moonstead.navigation.orbit_determination.network_simulation import simulate_network
from moonstead.navigation.orbit_determination.network_stations import station_places
from moonstead.navigation.orbit_determination.score import score_messages
from moonstead.navigation.orbit_determination.solar_radiation import SOLAR_MODELS
from moonstead.navigation.satellites import satellite_facts

REAL = ROOT.parent / "shared" / "data" / "gnss"
TRIALS = 12  # simulated networks
WRONG_START = np.array([5.0, -3.0, 4.0, 1e-3, 2e-3, -1e-3])  # [m, m/s]
Array = NDArray[np.float64]


def fit() -> None:
    """Each model on GRG 2020-176: fit of the worst and of the middle satellite of each system, CPU time of one."""
    first, _ = _days()
    _warm(first)
    for model in SOLAR_MODELS:
        for system in "RGE":
            begun = time.process_time()
            fits = fit_orbits(first, DataContext.installed(), satellites=system, model=model)
            spent = (time.process_time() - begun) / max(len(fits.orbits) + len(fits.failed), 1)
            rms = np.array([orbit.rms_3d for orbit in fits.orbits])
            worst = fits.orbits[int(np.argmax(rms))].satellite
            print(
                f"{model:9s} {system}: {rms.size} fitted, {len(fits.failed)} not; 3-D RMS median "
                f"{np.median(rms):.4f} m, worst {rms.max():.4f} m ({worst}); {spent:.3f} s CPU each"
            )


def predict() -> None:
    """GRG 2020-176 predicted to 2020-177: errors by system and by hours ahead, against what was foretold."""
    first, second = _days()
    for model in ("ecom", "ecom2", "box-wing"):
        fits = fit_orbits(first, DataContext.installed(), model=model, until=float(second.gpst[-1]))
        for system in "RGE":
            _print_growth(f"{model} {system}", [o for o in fits.orbits if o.satellite[0] == system], second)
    clocks = fits.clocks
    for system in "RGE":
        off, foretold = [], []
        for name in clocks:
            if name[0] == system and name in second.satellites:
                truth = second.clock[:, second.satellites.index(name)]
                off.append(SPEED_OF_LIGHT * (clocks[name].offset(second.gpst) - truth))
                foretold.append(SPEED_OF_LIGHT * clocks[name].sigma(second.gpst))
        common = np.array(off) - np.nanmedian(off, axis=0)
        for hours in (1, 6, 24):
            row = min(4 * hours, second.gpst.size - 1)
            rms, told = np.sqrt(np.nanmean(common[:, row] ** 2)), np.median(np.array(foretold)[:, row])
            print(f"clocks {system}, {hours:2d} h ahead: {rms:.2f} m RMS, median told {told:.2f} m")


def beidou() -> None:
    """A day of BeiDou on 2022-001: fits of MEO, IGSO and GEO."""
    for name in ("COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz", "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"):
        fits = fit_orbits(read_sp3(REAL / name), DataContext.installed(), satellites="C")

        for kind in ("MEO", "IGSO", "GEO"):
            rms = [o.rms_3d for o in fits.orbits if satellite_facts(o.satellite, o.fit_span[0]).orbit_class == kind]
            if rms:
                print(f"{name[:7]} {kind}: {len(rms)} fitted, median {np.median(rms):.4f} m, worst {max(rms):.4f} m")
        print(f"{name[:7]}: {len(fits.failed)} not fitted {fits.failed}")


def messages() -> None:
    """Messages from the prediction of 2020-177 against the real ones of that day, by the same rule."""
    first, second = _days()
    fits = fit_orbits(first, DataContext.installed(), until=float(second.gpst[-1]) + 7200.0)
    made = []
    for system in "RGE":
        begun = time.process_time()
        mine = [
            encode_broadcast(
                orbit, second.gpst[0] - 7200.0, second.gpst[-1] + 7200.0, clock=fits.clocks[orbit.satellite]
            )
            for orbit in fits.orbits
            if orbit.satellite[0] == system and orbit.satellite in fits.clocks
        ]
        spent = time.process_time() - begun
        count = sum(len(one.messages) for one in mine)
        print(
            f"{system}: {count} messages, fit RMS worst {max(o.fit_rms for o in mine):.3f} m, as sent "
            f"{max(o.sent_rms for o in mine):.3f} m; {spent / count * 1e3:.1f} ms CPU each"
        )
        made += [one.messages for one in mine]
    real = read_navigation(REAL / "ESBC00DNK_R_20201770000_01D_MN.rnx.gz").messages
    _print_scores("real", real, second)
    _print_scores("predicted", joined(made), second)


def network() -> None:
    """Simulated networks: errors of six orbits over their covariances, over many draws of noise."""
    first, _ = _days()
    names, places = station_places()
    data = DataContext.installed()
    satellites = ("R01", "R02", "R08", "R15", "R16", "R24")
    epochs = first.gpst
    starts = {
        name: fit_orbit(name, first.gpst, first.position[:, first.satellites.index(name)], data).inertial_states(
            epochs[:1]
        )[0]
        + WRONG_START
        for name in satellites
    }
    normed, rms, begun = [], [], time.process_time()
    for seed in range(TRIALS):
        seen, truth = simulate_network(
            first, satellites, epochs, names, places, noise=0.3, mask=np.radians(10.0), seed=seed
        )
        solution = fit_network(seen, starts, data, window=21_600.0)
        for column, orbit in enumerate(solution.orbits):
            off = orbit_errors(orbit, epochs, truth.position[:, column])
            covariance = orbit.position_covariance(epochs)
            normed.append(float(np.mean(np.einsum("ni,nij,nj->n", off, np.linalg.inv(covariance), off))) / 3.0)
            rms.append(np.sqrt(np.mean(np.sum(off**2, axis=1))))
    spent = (time.process_time() - begun) / TRIALS
    print(
        f"{TRIALS} simulated networks, {len(names)} stations, {len(satellites)} satellites, 24 h: 3-D RMS median "
        f"{np.median(rms):.2f} m, worst {max(rms):.2f} m; squares over variances {np.mean(normed):.2f} "
        f"(+-{np.std(normed) / len(normed) ** 0.5:.2f}); {spent:.1f} s CPU each"
    )


def _days() -> tuple[PreciseOrbits, PreciseOrbits]:
    first, second = (read_sp3(REAL / f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz") for day in (176, 177))
    return first, second


def _warm(precise: PreciseOrbits) -> None:
    fit_orbits(precise, DataContext.installed(), satellites=("R01",))


def _print_growth(name: str, orbits: list[FittedOrbit], truth: PreciseOrbits) -> None:
    off, told = [], []
    for orbit in orbits:
        if orbit.satellite in truth.satellites:
            position = truth.position[:, truth.satellites.index(orbit.satellite)]
            if np.isfinite(position).all():
                off.append(orbit_errors(orbit, truth.gpst, position))
                told.append(orbit.position_covariance(truth.gpst))
    errors, covariance = np.array(off), np.array(told)
    distance = np.linalg.norm(errors, axis=2)
    print(
        f"{name}: {len(off)} satellites, median 3-D {np.median(distance):.3f} m, RMS "
        f"{np.sqrt(np.mean(distance**2)):.3f} m"
    )
    for hours in (0, 6, 12, 24):
        row = min(4 * hours, truth.gpst.size - 1)
        rms = np.sqrt(np.mean(errors[:, row] ** 2, axis=0))
        sigma = np.sqrt(np.mean(np.diagonal(covariance[:, row], axis1=1, axis2=2), axis=0))
        squares = np.einsum("ni,nij,nj->n", errors[:, row], np.linalg.inv(covariance[:, row]), errors[:, row]) / 3.0
        print(
            f"  {hours:2d} h: radial {rms[0]:.3f} along {rms[1]:.3f} cross {rms[2]:.3f} m; told {sigma[0]:.3f} "
            f"{sigma[1]:.3f} {sigma[2]:.3f} m; squares over variances {np.mean(squares):.2f}"
        )


def _print_scores(name: str, said: BroadcastMessages, truth: PreciseOrbits) -> None:
    for how, offsets in (("radial mean removed", None), ("antennas", antenna_offsets(truth, DataContext.installed()))):
        for row in score_messages(said, truth, offsets):
            print(
                f"{name:10s} {row.name:8s} {how:20s} {row.pairs} pairs: SISRE {row.sisre_rms:.2f} m, 95 % "
                f"{row.sisre_95:.2f} m, orbit alone {row.orbit_rms:.3f} m, unbiased {row.sisre_unbiased_rms:.2f} m"
            )


SUBJECTS: dict[str, Callable[[], None]] = {each.__name__: each for each in (fit, predict, beidou, messages, network)}

if __name__ == "__main__":
    for subject in sys.argv[1:] or SUBJECTS:
        print(f"## {subject}", flush=True)
        SUBJECTS[subject]()
