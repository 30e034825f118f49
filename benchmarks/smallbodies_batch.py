"""Many orbits of small bodies at once: clones with impact detection, ASSIST's batch, random encounters.

`python -m benchmarks.smallbodies_batch ORBIT [clones|assist|encounters ...]`; ORBIT is the Small-Body Database's answer
for 2024 YR4 with its covariance. The part `assist` needs what `smallbodies_motion` needs. ASSIST runs in the mode that
finishes (adaptive_mode=2) with relativity of the Sun alone and tells no encounters.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.smallbodies_motion import Assist
from benchmarks.timing import Contender, side_by_side
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.motion.flights import closest_approaches, fly_many
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.motion.places import body_states, place_of
from moonstead.smallbodies.published_orbit import read_published_orbit

Array = NDArray[np.float64]

DAY = SECONDS_PER_DAY
CLONES = 10_000
BATCH = 100
ROUNDS = 5
END = (2463600.5 - J2000_JULIAN_DATE) * DAY  # 2033-01-03, eleven days past the encounter
ASSIST_END = (2463588.5 - J2000_JULIAN_DATE) * DAY  # 2032-12-22, before it, where all clones still agree
ENCOUNTERS = 10_000
SPAN = 60.0 * DAY


def clones_of(path: Path, count: int, data: DataContext) -> tuple[Array, float]:
    """States (N, 6) [m, m/s] drawn from a published covariance with a seed, and their time."""
    orbit = read_published_orbit(path, data)
    assert orbit.covariance is not None
    draws = np.random.default_rng(20321222).multivariate_normal(np.zeros(6), orbit.covariance[:6, :6], count)
    return orbit.state + draws, orbit.tdb


def clones(path: Path, data: DataContext, pull: Perturbers) -> None:
    """CPU time of clones from 2025 to 2033 with encounters and impacts on both bodies."""
    states, epoch = clones_of(path, CLONES, data)
    closest_approaches(states[:8], epoch, END, pull)
    before = time.process_time()
    found = closest_approaches(states, epoch, END, pull)
    spent = time.process_time() - before
    share = float(np.mean(found.ended_by == "MOON"))
    error = np.sqrt(share * (1.0 - share) / CLONES)
    print(f"{CLONES} clones with encounters: {spent:.2f} CPU s, {1e3 * spent / CLONES:.3f} ms each")
    print(f"on the Moon {100 * share:.2f} +- {100 * error:.2f} %, on the Earth {np.sum(found.ended_by == 'EARTH')}")


def assist(path: Path, data: DataContext, pull: Perturbers) -> None:
    """CPU time of a hundred clones to the encounter, ASSIST's in one simulation, and how far apart they end."""
    peer = Assist()
    states, epoch = clones_of(path, BATCH, data)
    found = fly_many(states, epoch, [ASSIST_END], pull)[:, 0]
    other = _assist_batch(peer, states, epoch, ASSIST_END)
    apart = np.linalg.norm((found - other)[:, :3], axis=1)
    print(
        f"{BATCH} clones until the encounter, apart by {np.median(apart):.1f} m (median), {apart.max():.1f} m at most"
    )
    times = side_by_side(
        {
            "own": Contender(lambda _: fly_many(states, epoch, [ASSIST_END], pull)),
            "encounters": Contender(lambda _: closest_approaches(states, epoch, ASSIST_END, pull)),
            "ASSIST": Contender(lambda _: _assist_batch(peer, states, epoch, ASSIST_END)),
        },
        ROUNDS,
    )
    print(
        f"ASSIST {1e3 * times.median('ASSIST') / BATCH:.3f} ms for each; over own: {times.ratio('ASSIST', 'own')}, "
        f"over own with encounters: {times.ratio('ASSIST', 'encounters')}"
    )


def _assist_batch(peer: Assist, states: Array, epoch: float, until: float) -> Array:
    import assist
    import rebound

    simulation = rebound.Simulation()
    simulation.t = epoch / DAY + J2000_JULIAN_DATE - peer.ephemeris.jd_ref
    for state in states:
        x, y, z = state[:3] / ASTRONOMICAL_UNIT
        vx, vy, vz = state[3:] * DAY / ASTRONOMICAL_UNIT
        simulation.add(x=x, y=y, z=z, vx=vx, vy=vy, vz=vz)
    extras = assist.Extras(simulation, peer.ephemeris)
    extras.gr_eih_sources = 1
    extras.forces = [*(force for force in extras.forces if force != "GR_EIH"), "GR_SIMPLE"]
    simulation.ri_ias15.adaptive_mode = 2
    extras.integrate_or_interpolate(until / DAY + J2000_JULIAN_DATE - peer.ephemeris.jd_ref)
    particles = simulation.particles
    places = np.array([particles[k].xyz for k in range(len(states))]) * ASTRONOMICAL_UNIT
    return np.concatenate(
        (places, np.array([particles[k].vxyz for k in range(len(states))]) * ASTRONOMICAL_UNIT / DAY), axis=1
    )


def encounters(path: Path, data: DataContext, pull: Perturbers) -> None:
    """Random passages of Earth and Moon down to grazing, there and back: none stalls, all return."""
    rng = np.random.default_rng(7)
    now = 9.876e8
    for body, radius in (("EARTH", 6.5e6), ("MOON", 1.76e6)):
        count = ENCOUNTERS // 2
        nearest = radius * 100.0 ** rng.random(count)
        speed = 100.0 * 300.0 ** rng.random(count)
        gm = pull.tables.gm[place_of(body, pull)]
        out, aside = rng.normal(size=(2, count, 3))
        out /= np.linalg.norm(out, axis=1)[:, None]
        aside = np.cross(out, aside)
        aside *= (np.sqrt(speed**2 + 2.0 * gm / nearest) / np.linalg.norm(aside, axis=1))[:, None]
        start = np.concatenate((nearest[:, None] * out, aside), axis=1) + body_states(body, [now], pull)
        before = time.process_time()
        ends = fly_many(start, now, [now + SPAN], pull)[:, 0]
        known = np.isfinite(ends[:, 0])
        back = fly_many(ends[known], now + SPAN, [now], pull)[:, 0]
        spent = time.process_time() - before
        error = np.linalg.norm((back - start[known])[:, :3], axis=1)
        whole = error[np.isfinite(error)]
        print(f"{body}: {count} passages, 60 days there and back: {spent:.1f} CPU s, {count - known.sum()} met a body")
        high = np.quantile(whole, 0.99)
        print(f"  back within {np.median(whole):.2g} m (median), {high:.2g} m (99 %), {whole.max():.2g} m (most)")


PARTS = {"clones": clones, "assist": assist, "encounters": encounters}


def main() -> None:
    data = DataContext.installed()
    pull = perturbers(data)
    for name in sys.argv[2:] or list(PARTS):
        PARTS[name](Path(sys.argv[1]), data, pull)


if __name__ == "__main__":
    main()
