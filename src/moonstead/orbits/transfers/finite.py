"""Direct transfers flown by an engine: both burns with their true length, aimed again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import FiniteBurn
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.direct import DirectSolution, circular_velocity, solve_direct
from moonstead.orbits.transfers.lunar_leg import NUDGE, perigee_of, shift
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

Array = NDArray[np.float64]

STEPS = 1e-12
OFFSETS = (0.0, 15e3, 30e3)  # [m] of perilune, between which the approach is interpolated
DIFFERENCE = 5e-3  # [1] of those changes: times past J2000 are known to 0.1 us
ROOM = 1.5e3  # [m] that the approach passes lower than without steering: there the aim would be a double root
FIRST_STEERING = -0.1  # [rad] of that approach
ORBIT = ("semi-major axis [m]", "eccentricity along the radius", "eccentricity across the radius")
COAST = 300.0  # [s] in the circular orbit before ignition
AFTER = 600.0  # [s] behind cut-off to where the burn's end is compared
WIDEST_ARC = math.radians(100.0)  # of the orbit that one burn may take
VARIABLES = (20.0, 5.0, 0.01)  # ignition [s], duration [s], node or steering [rad]: changes that matter
AT_MOON = (1.0, 0.05, 1e-6)  # perilune distance [m], its time [s], cosine of the inclination
SAME_ELLIPSE = (100.0, 1e-5, 1e-5)  # [J/kg, rad, rad] for a first aim
IN_ORBIT = (1.0, 1e-6, 1e-6)  # semi-major axis [m], both parts of the eccentricity


@dataclass(frozen=True)
class Engine:
    """What a burn is made with.

    Attributes
    ----------
    thrust : float [N]
        Constant.
    specific_impulse : float [s]
        Exhaust velocity over standard gravity.
    """

    thrust: float
    specific_impulse: float

    def __post_init__(self) -> None:
        if not (self.thrust > 0.0 and self.specific_impulse > 0.0):
            raise InvalidInput(
                "an engine needs thrust [N] and specific impulse [s]; "
                f"got {self.thrust!r} and {self.specific_impulse!r}"
            )

    @property
    def exhaust(self) -> float:
        """Exhaust velocity [m/s]."""
        return STANDARD_GRAVITY * self.specific_impulse

    def duration(self, mass: float, delta_v: float) -> float:
        """Time [s] that a change of speed [m/s] of a mass [kg] takes: the rocket equation."""
        return mass * self.exhaust / self.thrust * -math.expm1(-delta_v / self.exhaust)

    def change(self, mass: float, duration: float) -> float:
        """Change of speed [m/s] of a mass [kg] by a burn of some time [s]."""
        return -self.exhaust * math.log1p(-self.thrust * duration / (self.exhaust * mass))


def finite_transfer(
    solution: DirectSolution,
    mass: float,
    departure: Engine,
    arrival: Engine,
    flight: CislunarFlight,
    *,
    arrival_mass: float | None = None,
    name: str = "direct transfer",
) -> Transfer:
    """A direct transfer with burns of true length along the motion, each aimed again.

    The second burn (ignition, length) works straight against the motion and ends in the circular orbit; for that the
    approach passes a little higher or lower. The first (ignition, length, node of the circular orbit) reaches that
    perilune at the time and inclination of the transfer by impulses.

    Parameters
    ----------
    solution : DirectSolution
        The transfer by impulses.
    mass : float [kg]
        Before the first burn.
    departure, arrival : Engine
        Of both burns.
    flight : CislunarFlight
        Forces.
    arrival_mass : float or None [kg]
        Before the second burn, where the stage of the first is dropped; None keeps what is left.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        `delta_v` are those of the rocket equation: more than the impulses by what gravity takes.

    Raises
    ------
    InvalidInput
        The mass is not positive, or a thrust is so low that its burn covers more than 100 degrees of the orbit; the
        message gives the least thrust.
    NumericalFailure
        A burn cannot be aimed.

    Source
    ------
    Gravity losses of finite burns: Robbins (1966), AIAA Journal 4, 1417, doi:10.2514/3.3687.
    """
    if not (math.isfinite(mass) and mass > 0.0 and (arrival_mass is None or 0.0 < arrival_mass <= mass)):
        raise InvalidInput(f"the masses must be positive and fall along the way; got {mass!r} and {arrival_mass!r} kg")
    spent_guess = departure.duration(mass, solution.departure_delta_v)
    lighter = mass - spent_guess * departure.thrust / departure.exhaust
    approach = _level_approach(solution, arrival_mass or lighter, arrival, flight)
    first, start, before_moon = _first_burn(approach, mass, departure, flight)
    left = mass - first.mass_flow * first.duration
    if arrival_mass is not None and arrival_mass > left:
        raise InvalidInput(
            f"{left:.1f} kg are left behind the first burn; {arrival_mass:.1f} kg cannot arrive at the Moon"
        )
    height = solution.case.perilune
    second, final = _second_burn(approach, before_moon, height, arrival_mass or left, arrival, flight)
    case, moon = solution.case, body("MOON")
    turn = 2.0 * math.pi * math.sqrt(case.perilune**3 / moon.gm)
    stop = second.stop + turn
    orbit = flight.coast(final, second.stop, stop, "MOON", steps=STEPS)
    spent = departure.change(mass, first.duration)
    braked = arrival.change(arrival_mass or left, second.duration)
    handover = approach.earth_end.handover
    return Transfer(
        name=name,
        kind="direct",
        departure=start,
        burns=(first, second),
        arrival=OrbitState(orbit.state([stop])[0], stop, "MOON"),
        delta_v={"translunar injection": spent, "lunar orbit insertion": braked},
        events=(
            TransferEvent("ignition of translunar injection", first.start, first.duration, "s"),
            TransferEvent("cut-off of translunar injection", first.stop, spent - solution.departure_delta_v, "m/s"),
            TransferEvent("ignition of lunar orbit insertion", second.start, second.duration, "s"),
            TransferEvent("cut-off of lunar orbit insertion", second.stop, braked - solution.arrival_delta_v, "m/s"),
        ),
        targets=(
            Target("altitude one revolution on", "altitude", "MOON", stop, _height(orbit.state([stop])[0]), "m"),
            Target("altitude at cut-off", "altitude", "MOON", second.stop, _height(final), "m"),
            Target("lunar inclination", "inclination", "MOON", second.stop, case.moon_inclination, "rad"),
        ),
        handovers=(Handover(handover, "MOON", arrival_mass),),
        model=flight.forces.text,
        mass=mass,
    )


def _height(state: Array) -> float:
    return float(np.linalg.norm(state[:3])) - body("MOON").equatorial_radius


def _require_short(what: str, engine: Engine, mass: float, delta_v: float, distance: float, gm: float) -> float:
    duration = engine.duration(mass, delta_v)
    arc = duration * math.sqrt(gm / distance**3)
    if arc > WIDEST_ARC:
        least = engine.thrust * arc / WIDEST_ARC
        raise InvalidInput(
            f"{what} of {delta_v:.0f} m/s takes {duration:.0f} s with {engine.thrust:.0f} N, "
            f"{math.degrees(arc):.0f} deg of the orbit: one burn takes {math.degrees(WIDEST_ARC):.0f} deg at most, "
            f"which wants {least:.0f} N; otherwise share it among several burns"
        )
    return duration


def _require_lasting(duration: float) -> None:
    """Let the search step back from burns that end before they begin."""
    if duration <= 0.0:
        raise NumericalFailure("a burn would end before it begins")


def _first_burn(
    solution: DirectSolution, mass: float, engine: Engine, flight: CislunarFlight
) -> tuple[FiniteBurn, OrbitState, Array]:
    """The burn, the state some minutes before it, and the state at the handover to the Moon."""
    earth, case = body("EARTH"), solution.case
    perigee, t0 = solution.earth_end.state, solution.departure_tdb
    duration = _require_short("the departure burn", engine, mass, solution.departure_delta_v, case.perigee, earth.gm)
    begin = t0 - 0.5 * duration - COAST
    circular = np.concatenate((perigee[:3], circular_velocity(perigee, earth.gm)))
    earth_pole = pole("EARTH", t0, flight.data)
    compared = t0 + 0.5 * duration + AFTER
    handover, moon_pole = solution.earth_end.handover, pole("MOON", solution.perilune_tdb, flight.data)
    forces = flight.forces.near_earth.with_mass(mass)

    def burn(x: Array) -> FiniteBurn:
        _require_lasting(x[1])
        past, duration = float(x[0]) + t0, float(x[1])
        return FiniteBurn(past, duration, engine.thrust, engine.specific_impulse, (0.0, 1.0, 0.0), "RTN")

    def start(x: Array) -> OrbitState:
        turned = np.concatenate([_turned(part, earth_pole, float(x[2])) for part in (circular[:3], circular[3:])])
        return OrbitState(flight.coast(turned, t0, begin, "EARTH", steps=STEPS).state([begin])[0], begin, "EARTH")

    def behind(x: Array) -> Array:
        flown = propagate(start(x), compared, forces, flight.data, burns=(burn(x),), step_tolerance=STEPS)
        return flown.state([compared])[0]

    def missed(x: Array) -> tuple[Array, Array]:
        state = behind(x)
        columns = []
        for place, nudge in enumerate((0.1, 0.1, 1e-4)):
            moved = np.array(x)
            moved[place] += nudge
            columns.append((behind(moved) - state) / nudge)
        far = flight.coast(state, compared, handover, "EARTH", with_transition=True, steps=STEPS)
        inner = far.state([handover])[0] + shift("EARTH", "MOON", handover, flight.data)
        near = flight.coast(inner, handover, solution.perilune_tdb, "MOON", with_transition=True, steps=STEPS)
        if near.hit_surface:
            raise NumericalFailure("the flight meets the Moon")
        end = solution.perilune_tdb
        shaken = near.state([end])[0] + np.concatenate((np.diag(NUDGE), -np.diag(NUDGE), np.zeros((1, 6))))
        values = perigee_of(shaken, moon_pole, body("MOON").gm)
        slopes = ((values[:6] - values[6:12]) / (2.0 * NUDGE[:, None])).T
        partials = slopes @ near.transition(end)[0] @ far.transition(handover)[0] @ np.stack(columns, axis=1)
        return values[12] - [case.perilune, 0.0, math.cos(case.moon_inclination)], partials

    coast = flight.coast(perigee, t0, compared, "EARTH", steps=STEPS).state([compared])[0]
    rough = correct(
        lambda x: _other_ellipse(behind(x), coast),
        [-0.5 * duration, duration, 0.0],
        VARIABLES,
        SAME_ELLIPSE,
        names=("energy [J/kg]", "line of apsides [rad]", "tilt of the plane [rad]"),
        largest_step=10.0,
        difference=DIFFERENCE,
    )
    found = correct(
        missed,
        rough.variables,
        VARIABLES,
        AT_MOON,
        names=("perilune distance [m]", "time of perilune [s]", "cosine of the inclination at the Moon"),
        largest_step=5.0,
    )
    state = behind(found.variables)
    outer = flight.coast(state, compared, handover, "EARTH", steps=STEPS).state([handover])[0]
    return burn(found.variables), start(found.variables), outer + shift("EARTH", "MOON", handover, flight.data)


def _turned(vector: Array, axis: Array, angle: float) -> Array:
    """A vector turned about an axis of length one (Rodrigues)."""
    along = axis * float(axis @ vector)
    return along + math.cos(angle) * (vector - along) + math.sin(angle) * np.cross(axis, vector)


def _other_ellipse(state: Array, wanted: Array) -> Array:
    """Difference of two orbits about the Earth: energy [J/kg], line of apsides and tilt about the minor axis [rad]."""
    gm = body("EARTH").gm

    def shape(one: Array) -> tuple[float, Array, Array]:
        place, velocity = one[:3], one[3:]
        distance = float(np.linalg.norm(place))
        momentum = np.cross(place, velocity)
        apsis = np.cross(velocity, momentum) / gm - place / distance
        return (
            0.5 * float(velocity @ velocity) - gm / distance,
            apsis / np.linalg.norm(apsis),
            momentum / np.linalg.norm(momentum),
        )

    (energy, apsis, _), (aim, along, up) = shape(state), shape(wanted)
    return np.array([energy - aim, float(apsis @ np.cross(up, along)), float(apsis @ up)])


def _level_approach(solution: DirectSolution, mass: float, engine: Engine, flight: CislunarFlight) -> DirectSolution:
    """The coast whose perilune is so high that a burn against the motion all but alone ends in the wanted orbit."""
    _require_short("the arrival burn", engine, mass, solution.arrival_delta_v, solution.case.perilune, body("MOON").gm)
    duration = engine.duration(mass, solution.arrival_delta_v)

    def coast(offset: float) -> DirectSolution:
        case = replace(solution.case, moon_altitude=solution.case.moon_altitude + offset)
        flight_time = solution.perilune_tdb - solution.departure_tdb
        return solve_direct(case, solution.departure_tdb, flight_time, flight, start=solution)

    inner = [_at_handover(one, flight) for one in (coast(offset) for offset in OFFSETS)]

    def missed(x: Array) -> Array:
        weights = [math.prod((x[2] - other) / (mine - other) for other in OFFSETS if other != mine) for mine in OFFSETS]
        state = np.sum([weight * state for weight, state in zip(weights, inner, strict=True)], axis=0)
        return _missed_orbit(_burnt(x[0], x[1], 0.0, state, solution, mass, engine, flight)[1], solution.case.perilune)

    found = correct(
        missed,
        [-0.5 * duration, duration, OFFSETS[1]],
        (20.0, 5.0, 5e3),
        (100.0, 1e-4, 1e-4),
        names=ORBIT,
        largest_step=5.0,
        difference=DIFFERENCE,
    )
    return coast(float(found.variables[2]) - ROOM)


def _at_handover(solution: DirectSolution, flight: CislunarFlight) -> Array:
    handover = solution.earth_end.handover
    back = flight.coast(solution.perilune_state, solution.perilune_tdb, handover, "MOON", steps=STEPS)
    return back.state([handover])[0]


def _burnt(
    past: float,
    duration: float,
    steering: float,
    inner: Array,
    solution: DirectSolution,
    mass: float,
    engine: Engine,
    flight: CislunarFlight,
) -> tuple[FiniteBurn, Array]:
    """A burn against the motion some time past perilune [s], and the state at its end."""
    t1, handover = solution.perilune_tdb, solution.earth_end.handover
    _require_lasting(duration)
    direction = (math.sin(steering), -math.cos(steering), 0.0)
    burn = FiniteBurn(float(past) + t1, float(duration), engine.thrust, engine.specific_impulse, direction, "RTN")
    begin = burn.start - COAST
    approach = flight.coast(inner, handover, begin, "MOON", steps=STEPS).state([begin])[0]
    flown = propagate(
        OrbitState(approach, begin, "MOON"),
        burn.stop + 1.0,
        flight.forces.near_moon.with_mass(mass),
        flight.data,
        burns=(burn,),
        step_tolerance=STEPS,
    )
    if flown.hit_surface:
        raise NumericalFailure("the burn ends below the ground")
    return burn, flown.state([burn.stop])[0]


def _missed_orbit(state: Array, height: float) -> Array:
    """Semi-major axis less a height [m], and both parts of the eccentricity."""
    found = kepler_elements(state, body("MOON").gm)
    anomaly, e = float(found.true_anomaly[0]), float(found.eccentricity[0])
    return np.array([float(found.semi_major_axis[0]) - height, e * math.cos(anomaly), e * math.sin(anomaly)])


def _second_burn(
    solution: DirectSolution, inner: Array, height: float, mass: float, engine: Engine, flight: CislunarFlight
) -> tuple[FiniteBurn, Array]:
    """The burn into the circular orbit at a height, and the state at its end."""
    duration = _require_short("the arrival burn", engine, mass, solution.arrival_delta_v, height, body("MOON").gm)
    found = correct(
        lambda x: _missed_orbit(_burnt(x[0], x[1], x[2], inner, solution, mass, engine, flight)[1], height),
        [-0.5 * duration, duration, FIRST_STEERING],
        VARIABLES,
        IN_ORBIT,
        names=ORBIT,
        largest_step=5.0,
        difference=DIFFERENCE,
    )
    x = found.variables
    return _burnt(x[0], x[1], x[2], inner, solution, mass, engine, flight)
