"""Ways to the planets in the full model: from a parking orbit at the Earth to the periapsis at the goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.porkchop_minima import BallisticArc
from moonstead.orbits.transfers.transfer import Handover, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

LEAVING, ARRIVING = 5.0 * SECONDS_PER_DAY, 5.0 * SECONDS_PER_DAY  # [s] about the planets at both ends
PULLING = ("SUN", "VENUS BARYCENTER", "EARTH", "MOON", "MARS BARYCENTER", "JUPITER BARYCENTER", "SATURN BARYCENTER")
TOLERANCE = 1.0  # [m] of a leg
NEARLY = 1e3  # [m] accepted in the B-plane
ON_TIME = 1.0  # [s] accepted of the periapsis
GOALS = {
    "VENUS BARYCENTER": "VENUS",
    "MARS BARYCENTER": "MARS",
    "MERCURY BARYCENTER": "MERCURY",
    "JUPITER BARYCENTER": "JUPITER",
    "SATURN BARYCENTER": "SATURN",
}


@dataclass(frozen=True, eq=False)
class InterplanetaryFlight:
    """An arc from body to body as a flight under all pulls.

    Attributes
    ----------
    transfer : Transfer
        From the parking orbit to the periapsis at the goal, corrected; to be flown again with `forces`.
    forces : dict of str to ForceModel
        About each centre of integration.
    designed_miss : float [m]
        Distance from the aim in the goal's B-plane if the conics' asymptote is flown without correction.
    b_plane_miss : float [m]
        The same behind the correction.
    time_miss : float [s]
        Of the periapsis, corrected.
    c3 : float [m^2/s^2]
        Of the corrected departure, relative to the Earth's centre, osculating at injection.
    designed_c3 : float [m^2/s^2]
        Of the conics.
    injection : float [m/s]
        Change of velocity out of the parking orbit.
    capture : float [m/s]
        Change of velocity into the orbit at the goal.
    iterations : int
        Of the correction.
    """

    transfer: Transfer
    forces: dict[str, ForceModel]
    designed_miss: float
    b_plane_miss: float
    time_miss: float
    c3: float
    designed_c3: float
    injection: float
    capture: float
    iterations: int


def hyperbola_periapsis(v_infinity: Array, gm: float, periapsis: float, inclination: float) -> Array:
    """State at the periapsis of a hyperbola whose outgoing asymptote is given.

    Parameters
    ----------
    v_infinity : (3,) [m/s]
        Outgoing.
    gm : float [m^3/s^2]
        Of the body that is left.
    periapsis : float [m]
        Distance from its centre.
    inclination : float [rad]
        To the xy plane; raised to the asymptote's declination where it is smaller.

    Returns
    -------
    (6,) [m, m/s]
        Relative to the body. Of the two planes it is the one that leaves northwards.

    Raises
    ------
    InvalidInput
        The asymptote has no length.

    Source
    ------
    Vallado (2013), section 12.4: cosine of the asymptote's true anomaly is -1 / eccentricity.
    """
    speed = float(np.linalg.norm(v_infinity))
    if not (math.isfinite(speed) and speed > 0.0):
        raise InvalidInput(f"an asymptote needs a speed above zero; got {v_infinity!r}")
    out = v_infinity / speed
    declination = math.asin(out[2])
    tilt = min(max(inclination, abs(declination)), math.pi - abs(declination))
    # the normal stands upright on the asymptote and has the cosine of the inclination along z
    level = np.array([0.0, 0.0, 1.0]) - out[2] * out
    size = float(np.linalg.norm(level))
    if size < 1e-9:
        raise InvalidInput("an asymptote through the pole has no plane of its own: choose another date")
    level /= size
    side = np.cross(out, level)
    share = max(-1.0, min(1.0, math.cos(tilt) / size))
    normal = share * level + math.sqrt(1.0 - share * share) * side
    eccentricity = 1.0 + periapsis * speed * speed / gm
    turned = math.acos(-1.0 / eccentricity)
    towards = math.cos(turned) * out - math.sin(turned) * np.cross(normal, out)
    ahead = np.cross(normal, towards)
    fastest = math.sqrt(speed * speed + 2.0 * gm / periapsis)
    return np.concatenate((periapsis * towards, fastest * ahead))


@dataclass(frozen=True)
class BPlane:
    """Where a hyperbola would pass a body if nothing bent it.

    Attributes
    ----------
    b_t, b_r : float [m]
        Along T (parallel to the xy plane) and R = S x T.
    speed : float [m/s]
        At infinity.
    since_periapsis : float [s]
        Time since periapsis; negative before it.
    periapsis : float [m]
        Distance.
    """

    b_t: float
    b_r: float
    speed: float
    since_periapsis: float
    periapsis: float


def b_plane(state: Array, gm: float) -> BPlane:
    """B-plane of a hyperbolic state.

    Parameters
    ----------
    state : (6,) [m, m/s]
        Relative to the body.
    gm : float [m^3/s^2]
        Of the body.

    Returns
    -------
    BPlane
        Of the incoming asymptote.

    Raises
    ------
    NumericalFailure
        The motion is not hyperbolic.

    Source
    ------
    Kizner (1961), A method of describing miss distances for lunar and interplanetary trajectories, Planet. Space Sci.
    7, 125, doi:10.1016/0032-0633(61)90293-8.
    """
    position, velocity = state[:3], state[3:]
    distance = float(np.linalg.norm(position))
    energy = 0.5 * float(velocity @ velocity) - gm / distance
    if energy <= 0.0:
        raise NumericalFailure("the arrival is not hyperbolic: there is no B-plane")
    speed = math.sqrt(2.0 * energy)
    momentum = np.cross(position, velocity)
    h = float(np.linalg.norm(momentum))
    vector = np.cross(velocity, momentum) / gm - position / distance
    eccentricity = float(np.linalg.norm(vector))
    normal, periapsis = momentum / h, vector / eccentricity
    semi = gm / (speed * speed)
    # incoming asymptote: true anomaly of cosine -1 / e before periapsis
    cosine, sine = 1.0 / eccentricity, math.sqrt(1.0 - 1.0 / eccentricity**2)
    incoming = cosine * periapsis + sine * np.cross(normal, periapsis)
    across = np.cross(incoming, np.array([0.0, 0.0, 1.0]))
    t = across / np.linalg.norm(across)
    r = np.cross(incoming, t)
    aim = semi * math.sqrt(eccentricity**2 - 1.0) * np.cross(incoming, normal)
    radial = float(position @ velocity)
    root = math.asinh(radial / (eccentricity * math.sqrt(gm * semi)))
    elapsed = (eccentricity * math.sinh(root) - root) * math.sqrt(semi**3 / gm)
    return BPlane(float(aim @ t), float(aim @ r), speed, elapsed, semi * (eccentricity - 1.0))


def fly_to_planet(
    arc: BallisticArc,
    data: DataContext,
    *,
    parking_altitude: float = 200e3,
    inclination: float = math.radians(28.5),
    periapsis_altitude: float = 400e3,
    apoapsis_altitude: float | None = None,
) -> InterplanetaryFlight:
    """Fly an arc from the Earth to a planet under the pull of Sun, planets and Moon, and correct its departure.

    Only the departing velocity is changed, three numbers, until the periapsis at the goal has the altitude and time
    asked, in the plane nearest to the goal's path: no correction on the way is needed.

    Parameters
    ----------
    arc : BallisticArc
        From the Earth or its barycentre to a planet's barycentre.
    data : DataContext
        Ephemeris.
    parking_altitude : float [m]
        Of the round orbit that is left.
    inclination : float [rad]
        Of that orbit to the equator, raised where the asymptote needs it.
    periapsis_altitude : float [m]
        At the goal.
    apoapsis_altitude : float or None [m]
        Of the orbit about the goal; None for a round one.

    Returns
    -------
    InterplanetaryFlight

    Raises
    ------
    InvalidInput
        The arc does not lead from the Earth to a planet.
    NumericalFailure
        The correction does not converge.

    Source
    ------
    Differential correction in the B-plane: `correct`, `b_plane`.
    """
    if arc.departure not in ("EARTH", "EARTH BARYCENTER") or arc.arrival not in GOALS:
        raise InvalidInput(
            f"flights lead from the Earth to one of {', '.join(GOALS)}; the arc leads from {arc.departure} to "
            f"{arc.arrival}"
        )
    flight = _Flight(arc, data, parking_altitude, inclination, periapsis_altitude)
    try:
        answer = correct(
            flight.miss,
            flight.first_guess(),
            np.full(3, 10.0),
            np.array([NEARLY, NEARLY, ON_TIME]),
            names=("B.T", "B.R", "time of periapsis"),
            largest_step=20.0,
        )
    except NumericalFailure as failure:
        raise NumericalFailure(f"the departure to {GOALS[arc.arrival]} could not be corrected: {failure}") from failure
    asymptote = answer.variables
    outcome = flight.fly(asymptote)
    planet = body(GOALS[arc.arrival])
    near = planet.equatorial_radius + periapsis_altitude
    far = near if apoapsis_altitude is None else planet.equatorial_radius + apoapsis_altitude
    speed = math.sqrt(outcome.aim.speed**2 + 2.0 * flight.goal_gm / near)
    capture = speed - math.sqrt(2.0 * flight.goal_gm * far / (near * (near + far)))
    earth = body("EARTH").gm
    start = outcome.injected
    distance = float(np.linalg.norm(start[:3]))
    c3 = float(start[3:] @ start[3:]) - 2.0 * earth / distance
    parked = start.copy()
    parked[3:] *= math.sqrt(earth / distance) / np.linalg.norm(start[3:])
    burn = start[3:] - parked[3:]
    transfer = Transfer(
        f"{arc.departure} to {arc.arrival}, type {arc.kind}",
        "interplanetary",
        OrbitState(parked, arc.departure_tdb, "EARTH"),
        (ImpulsiveBurn(arc.departure_tdb, tuple(float(x) for x in burn)),),  # type: ignore[arg-type]
        OrbitState(outcome.arrived, arc.arrival_tdb, arc.arrival),
        {"injection": float(np.linalg.norm(burn)), "capture": capture},
        events=(
            TransferEvent("injection", arc.departure_tdb, float(np.linalg.norm(burn)), "m/s"),
            TransferEvent("periapsis at the goal", arc.arrival_tdb, outcome.aim.periapsis, "m"),
        ),
        handovers=(Handover(flight.away, "SUN"), Handover(flight.near, arc.arrival)),
        model="Sun, planets from Venus to Saturn, Earth and Moon as point masses",
    )
    off = answer.residual
    return InterplanetaryFlight(
        transfer,
        flight.models,
        flight.designed_miss(),
        float(math.hypot(off[0], off[1])),
        float(off[2]),
        c3,
        arc.c3,
        float(np.linalg.norm(burn)),
        capture,
        answer.iterations,
    )


@dataclass(frozen=True, eq=False)
class _Outcome:
    injected: Array
    arrived: Array
    aim: BPlane


class _Flight:
    """Three legs, about the Earth, the Sun and the goal, for one departing velocity at infinity after another."""

    def __init__(
        self, arc: BallisticArc, data: DataContext, parking: float, inclination: float, periapsis: float
    ) -> None:
        self.arc, self.data, self.inclination = arc, data, inclination
        self.radius = body("EARTH").equatorial_radius + parking
        self.away, self.near = arc.departure_tdb + LEAVING, arc.arrival_tdb - ARRIVING
        if self.near - self.away < SECONDS_PER_DAY:
            raise InvalidInput(f"{arc.duration / SECONDS_PER_DAY:.1f} days are too few for a flight between planets")
        goal = arc.arrival
        self.goal_gm = body(goal).gm
        self.models = {
            center: ForceModel(
                center, degree=0, third_bodies=tuple(name for name in PULLING if name not in (center, *left_out))
            )
            for center, left_out in (("EARTH", ()), ("SUN", ()), (goal, ()))
        }
        goals = [name for name in PULLING if name != "SUN"]
        if goal not in goals:
            self.models = {
                center: ForceModel(center, degree=0, third_bodies=(*model.third_bodies, goal))
                if center != goal
                else model
                for center, model in self.models.items()
            }
        spans = {
            "EARTH": (arc.departure_tdb, self.away),
            "SUN": (self.away, self.near),
            goal: (self.near, arc.arrival_tdb + ARRIVING),
        }
        self.forces: dict[str, PreparedForces] = {
            center: prepare_forces(self.models[center], *span, data, stop_at_surface=False)
            for center, span in spans.items()
        }
        self.periapsis = body(GOALS[goal]).equatorial_radius + periapsis

    def first_guess(self) -> Array:
        """Velocity at infinity [m/s] from the Earth's own centre."""
        if self.arc.departure == "EARTH":
            return self.arc.departure_v_infinity
        tdb = np.array([self.arc.departure_tdb])
        shift = self.data.ephemeris.state("EARTH BARYCENTER", "EARTH", tdb)[0]
        return self.arc.departure_v_infinity + shift[3:]

    def fly(self, asymptote: Array) -> _Outcome:
        injected = hyperbola_periapsis(asymptote, body("EARTH").gm, self.radius, self.inclination)
        state = OrbitState(injected, self.arc.departure_tdb, "EARTH")
        for center, stop in (("EARTH", self.away), ("SUN", self.near), (self.arc.arrival, self.arc.arrival_tdb)):
            if state.center != center:
                shift = self.data.ephemeris.state(state.center, center, np.array([state.epoch_tdb]))[0]
                state = OrbitState(state.position_velocity + shift, state.epoch_tdb, center)
            if center == self.arc.arrival:
                aim = b_plane(state.position_velocity, self.goal_gm)
                before = state.epoch_tdb
            leg = propagate(state, stop, self.forces[center], self.data, tolerance=TOLERANCE)
            state = OrbitState(leg.state([stop])[0], stop, center)
        end = state.position_velocity
        if float(np.linalg.norm(end[:3])) < 3.0 * self.arc.arrival_speed * SECONDS_PER_DAY:
            aim = b_plane(end, self.goal_gm)
            before = self.arc.arrival_tdb
        late = before - aim.since_periapsis - self.arc.arrival_tdb
        return _Outcome(injected, end, BPlane(aim.b_t, aim.b_r, aim.speed, late, aim.periapsis))

    def miss(self, asymptote: Array) -> Array:
        aim = self.fly(asymptote).aim
        # along T, on the side of motion that is prograde about the goal
        wanted = self.periapsis * math.sqrt(1.0 + 2.0 * self.goal_gm / (self.periapsis * aim.speed**2))
        return np.array([aim.b_t - wanted, aim.b_r, aim.since_periapsis])

    def designed_miss(self) -> float:
        off = self.miss(self.first_guess())
        return float(math.hypot(off[0], off[1]))
