"""Whether the covariances of orbits out of tracking are true: Monte Carlo of relays about the Moon.

    python -m benchmarks.navigation_tracking [stations] [gnss]    variable: RUNS (60)

All measurements are simulated. In each run radiation pressure, jumps of the velocity, biases, noise and the first
guess are drawn anew from what the fit is told about them; the true flight has the jumps as burns. NEES, the squared
error over the covariance, has mean 6 for a state; its mean over the runs must lie within the 95 % band of chi-square.
Of errors so long that the orbit bends on their way, a covariance along straight axes cannot tell: NEES is also given
in orbital elements, in which the orbit is straight, with the same covariance mapped to them.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
from scipy.stats import chi2

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ICRF
from moonstead.navigation.lunar.gnss_orbits import nominal_sky
from moonstead.navigation.lunar.tracking import simulate
from moonstead.navigation.lunar.tracking_fit import UnknownForces, fit_tracking
from moonstead.navigation.lunar.weak_signal import MoonReceiver, weak_signals
from moonstead.orbits.elements import kepler_elements, mean_anomaly

RUNS = int(os.environ.get("RUNS", "60"))
START = 8.4e8  # [s TDB past J2000] August 2026
HOUR, DAY = 3600.0, 86_400.0
STATIONS = (  # of deep-space networks, to a kilometre
    SurfacePoint.on_earth("Kashi", np.radians(38.42), np.radians(76.71), 1300.0),
    SurfacePoint.on_earth("Neuquen", np.radians(-38.19), np.radians(-70.15), 500.0),
    SurfacePoint.on_earth("Jiamusi", np.radians(46.49), np.radians(130.77), 200.0),
)
REFLECTIVITY, AREA, MASS, DEGREE = 1.3, 20.0, 1500.0, 8
UNKNOWN = UnknownForces(radiation=0.1, pulse=2e-6, pulse_interval=2.0 * HOUR)
GUESS = np.array([1e3, 1e3, 1e3, 1.0, 1.0, 1.0])  # [m, m/s] sigma of the first guess
RECEIVER = MoonReceiver(gain_dbi=15.0, noise_temperature=150.0, losses_db=1.0, threshold_dbhz=26.0)


def relay() -> np.ndarray:
    """Start of a 24 h ellipse at its highest point over the south."""
    axis, eccentricity, inclination = 9750e3, 0.7, np.radians(57.0)
    far = axis * (1.0 + eccentricity)
    speed = np.sqrt(body("MOON").gm * (1.0 - eccentricity) / far)
    return np.array([far * np.cos(inclination), 0.0, -far * np.sin(inclination), 0.0, speed, 0.0])


def forces(reflectivity: float) -> ForceModel:
    return ForceModel(degree=DEGREE, mass=MASS, radiation=Radiation(AREA, reflectivity))


def truth_of(random: np.random.Generator, until: float, data: DataContext):
    """One true flight."""
    when = UNKNOWN.pulse_times(START, until)
    burns = [ImpulsiveBurn.at(float(t), UNKNOWN.pulse * random.standard_normal(3)) for t in when]
    factor = 1.0 + UNKNOWN.radiation * random.standard_normal()
    start = OrbitState(relay(), START)
    return propagate(start, until, forces(REFLECTIVITY * factor), data, tolerance=1e-4, burns=burns)


def elements(states: np.ndarray) -> np.ndarray:
    """Elements (N, 6) of states about the Moon, the mean anomaly last."""
    gm = body("MOON").gm
    found = kepler_elements(states, gm)
    mean = mean_anomaly(found.true_anomaly, found.eccentricity)
    angles = [found.inclination, found.node, found.argument_of_periapsis, mean]
    return np.column_stack([found.semi_major_axis, found.eccentricity, *angles])


def _less(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Difference of elements (N, 6), angles within half a turn."""
    off = one - other
    off[:, 2:] = np.mod(off[:, 2:] + np.pi, 2.0 * np.pi) - np.pi
    return off


def nees_of(state: np.ndarray, truth: np.ndarray, covariance: np.ndarray) -> tuple[float, float]:
    """NEES along straight axes and in elements."""
    off = state - truth
    steps = 0.1 * np.sqrt(np.diag(covariance))
    shifted = state + np.vstack((np.diag(steps), -np.diag(steps)))
    values = elements(shifted)
    jacobian = (_less(values[:6], values[6:]) / (2.0 * steps[:, None])).T
    turned = _less(elements(state[None]), elements(truth[None]))[0]
    away = np.linalg.solve(jacobian, turned)  # the difference in elements as a state would have it if all were straight
    return float(off @ np.linalg.solve(covariance, off)), float(away @ np.linalg.solve(covariance, away))


def monte_carlo(name: str, arc: float, measure, data: DataContext) -> None:
    until = START + arc + 12.0 * HOUR
    prepared = prepare_forces(forces(REFLECTIVITY), START, until, data)
    moments = np.array([START, START + 0.5 * arc, START + arc, until])
    nees, sigmas, errors = [], [], []
    begin = time.process_time()
    for run in range(RUNS):
        random = np.random.default_rng(run)
        true = truth_of(random, until, data)

        def craft(tdb, true=true):
            return true.state(tdb)[:, :3] + data.ephemeris.position("MOON", "EARTH", tdb)

        tracking = measure(craft, random)
        guess = OrbitState(relay() + GUESS * random.standard_normal(6), START)
        found = fit_tracking(
            tracking,
            guess,
            forces(REFLECTIVITY),
            data,
            unknown=UNKNOWN,
            until=until,
            start_covariance=np.diag(GUESS**2),
            prepared=prepared,
        )
        states, truths = found.state(moments), true.state(moments)
        off = states - truths
        nees.append([nees_of(*each) for each in zip(states, truths, found.covariances(moments), strict=True)])
        sigmas.append(np.linalg.norm(found.position_sigmas(moments), axis=1))
        errors.append(np.linalg.norm(off[:, :3], axis=1))
    low, high = chi2.ppf([0.025, 0.975], 6 * RUNS) / RUNS
    print(f"{name}: {RUNS} runs, {found.measurements} equations in the last, {time.process_time() - begin:.0f} s CPU")
    print(f"  mean NEES must lie between {low:.2f} and {high:.2f}")
    means = np.mean(nees, axis=0)
    formal, real = (np.sqrt(np.mean(np.square(each), axis=0)) for each in (sigmas, errors))
    for row, what in enumerate(("at the start", "in the middle", "at the end", "predicted by 12 h")):
        (straight, bent), sigma, error = means[row], formal[row], real[row]
        verdicts = ["within" if low <= mean <= high else "OUTSIDE" for mean in (straight, bent)]
        print(
            f"  {what:18s} NEES {straight:5.2f} {verdicts[0]}, in elements {bent:5.2f} {verdicts[1]};"
            f" position: sigma {sigma:7.2f} m, errors {error:7.2f} m RMS"
        )


def stations() -> None:
    """Two-way range (1 m, bias 3 m) and Doppler (0.2 mm/s over 60 s) every 5 min from three stations, 36 h."""
    data = DataContext.installed()
    arc = 36.0 * HOUR
    epochs = np.arange(START + 120.0, START + arc, 300.0)

    def measure(craft, random):
        return [
            simulate("range", STATIONS, epochs, craft, 1.0, data, random, bias_sigma=3.0),
            simulate("doppler", STATIONS, epochs, craft, 2e-4, data, random),
        ]

    monte_carlo("relay, three stations", arc, measure, data)


def gnss() -> None:
    """Side-lobe pseudoranges (noise 10 m, messages 1 m) every 10 min with an antenna of 15 dBi, 24 h, no stations."""
    data = DataContext.installed()
    arc = 24.0 * HOUR
    epochs = np.arange(START + 120.0, START + arc, 600.0)
    nodes = np.arange(START - 1800.0, START + arc + 1800.0, 300.0)
    table, sky = nominal_sky("GERC", nodes), nominal_sky("GERC", epochs)
    sources = [
        TabulatedTrajectory(
            name, "EARTH", ICRF, nodes, np.hstack((place, np.gradient(place, 300.0, axis=0))), 11, "lagrange"
        )
        for name, place in zip(table.names, table.position.transpose(1, 0, 2), strict=True)
    ]
    moon = data.ephemeris.position("MOON", "EARTH", epochs)

    def measure(craft, random):
        heard = weak_signals(sky, craft(epochs), moon, RECEIVER).acquired()
        print(f"  {np.mean(heard.sum(axis=1)):.1f} satellites heard on average", flush=True) if not told else None
        told.append(True)
        return [simulate("pseudorange", sources, epochs, craft, 10.0, data, random, bias_sigma=1.0, seen=list(heard.T))]

    told: list[bool] = []
    monte_carlo("relay, GNSS side lobes alone", arc, measure, data)


def main() -> None:
    subjects = {"stations": stations, "gnss": gnss}
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name]()


if __name__ == "__main__":
    main()
