"""What the ejecta of an impact do to an orbiter, and how a change of its phase helps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import kepler_elements
from moonstead.smallbodies.effects.ballistic import MOON_GM
from moonstead.smallbodies.effects.ejecta_orbit import OrbiterEjecta, ejecta_cloud, met_by_orbiter
from moonstead.smallbodies.effects.fragments import MASS_INDEX, SPEED_INDEX
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.effects.site_advice import Advice
from moonstead.smallbodies.effects.site_effects import Blow

__all__ = ["OrbiterEffects", "orbiter_effects", "phasing_delta_v"]

Array = NDArray[np.float64]

SPAN = 3.0 * 86_400.0  # [s] after the impact: what is still up then is near the edge of the Moon's sphere of influence
PER_TURN, PER_TURN_OF_PHASES = 36, 18  # [1] times in a turn of the orbit
SHORTEST, GROWTH = 30.0, 0.02  # [s], [1] of the time since the impact: steps of the first hours
PHASES = 24  # [1] tried around the orbit
IDLE = 1e-2  # [1/m2] hits below which nothing is worth doing
WORTH = 0.5  # [1] a change of phase is advised where it brings the hits below that share


@dataclass(frozen=True, eq=False)
class OrbiterEffects:
    """What an orbiter gets, and the phase at which it would get least.

    Attributes
    ----------
    ejecta : OrbiterEjecta
        Nominal, over time.
    fluence : Interval
        Over kinds of ground [kg/m2].
    hits : Interval
        Pieces on a square metre, over kinds of ground and laws of fragments [1/m2].
    dense_until : float [s]
        After the impact, when 95 % of the hits are over; NaN where there are none.
    first : float [s]
        When the first piece may come; NaN where none does.
    sees_impact : bool
        Whether the impact lies over the orbiter's horizon when it happens.
    phase_shift : (24,) [s]
        How much earlier the orbiter would be.
    phase_hits : (24,) [1/m2]
        Nominal hits then.
    best_shift : float [s]
        With the fewest hits.
    delta_v : float [m/s]
        Of that change of phase, for the time there is.
    advice : tuple of Advice
        In order of time.
    """

    ejecta: OrbiterEjecta
    fluence: Interval
    hits: Interval
    dense_until: float
    first: float
    sees_impact: bool
    phase_shift: Array
    phase_hits: Array
    best_shift: float
    delta_v: float
    advice: tuple[Advice, ...]


def phasing_delta_v(state: Array, shift: float, lead: float) -> float:
    """Speed that two burns need together to arrive earlier or later on the same orbit.

    Parameters
    ----------
    state : (6,) [m, m/s]
        Of the orbiter from the Moon's centre.
    shift : float [s]
        Along the orbit.
    lead : float [s]
        Time between the burns.

    Returns
    -------
    float [m/s]
        Infinite without time.

    Source
    ------
    Change of the period of Kepler's ellipse by a burn at periapsis, ``dP / P = 3 a v dv / GM``, and back.
    """
    if lead <= 0.0:
        return 0.0 if shift == 0.0 else math.inf
    elements = kepler_elements(state[None, :], MOON_GM)
    axis = float(elements.semi_major_axis[0])
    speed = math.sqrt(MOON_GM * (1.0 + float(elements.eccentricity[0])) / float(elements.periapsis_distance[0]))
    return 2.0 * abs(shift) * MOON_GM / (3.0 * axis * speed * lead)


def orbiter_effects(
    event: Blow,
    origin: Array,
    tdb: float,
    state_at: Callable[[Array], Array],
    *,
    lead: float,
    diameter: float = 1e-3,
    span: float = SPAN,
) -> OrbiterEffects:
    """What the ejecta of an impact do to an orbiter.

    Parameters
    ----------
    event : Blow
        The impact.
    origin : (3,) [m]
        Where it happens, from the Moon's centre, in axes that do not turn.
    tdb : float [s TDB past J2000]
        When.
    state_at : callable
        States (N, 6) [m, m/s] of the orbiter in the same axes, at times (N,) [s TDB past J2000] from the impact on, for
        `span` and one turn more.
    lead : float [s]
        Time before the impact in which the orbiter can change its phase.
    diameter : float [m]
        Least diameter of the pieces that count.
    span : float [s]
        How long after the impact.

    Returns
    -------
    OrbiterEffects

    Raises
    ------
    InvalidInput
        The orbiter is not bound to the Moon or the span is not positive.

    Source
    ------
    `ejecta_cloud`, `met_by_orbiter`, `phasing_delta_v`.
    """
    if not span > 0.0:
        raise InvalidInput(f"the span after the impact must be positive [s]; got {span}")
    here = state_at(np.array([tdb]))[0]
    axis = float(kepler_elements(here[None, :], MOON_GM).semi_major_axis[0])
    if not axis > 0.0:
        raise InvalidInput("the orbiter is not bound to the Moon at the time of the impact: it has no phase to change")
    period = 2.0 * math.pi * math.sqrt(axis**3 / MOON_GM)
    times = _times(span, period / PER_TURN)
    states = state_at(tdb + times)
    blur = 0.5 * float(np.linalg.norm(here[3:])) * period / PER_TURN
    clouds = [ejecta_cloud(law, origin, states[:, :3], times, blur=blur) for law in event.laws]
    nominal = met_by_orbiter(clouds[0], event.crater, states, times, diameter=diameter)
    runs = [
        met_by_orbiter(cloud, event.crater, states, times, diameter=diameter, mass_index=mass, speed_index=fall)
        for cloud in clouds
        for mass in (MASS_INDEX.low, MASS_INDEX.nominal, MASS_INDEX.high)
        for fall in (SPEED_INDEX.low, SPEED_INDEX.nominal, SPEED_INDEX.high)
    ]
    hits = Interval.around(float(nominal.hits[-1]), [float(run.hits[-1]) for run in runs])
    fluence = Interval.around(nominal.fluence, [run.fluence for run in runs])
    first, dense = _dense_phase(nominal)
    shifts = np.arange(PHASES) * period / PHASES
    coarse = _times(span, period / PER_TURN_OF_PHASES)
    phase_hits = np.zeros(PHASES)
    for place, shift in enumerate(shifts):
        shifted = state_at(tdb + coarse + shift)
        cloud = ejecta_cloud(event.laws[0], origin, shifted[:, :3], coarse, blur=2.0 * blur)
        phase_hits[place] = met_by_orbiter(cloud, event.crater, shifted, coarse, diameter=diameter).hits[-1]
    signed = np.where(shifts > 0.5 * period, shifts - period, shifts)
    best = int(np.argmin(phase_hits))
    delta_v = phasing_delta_v(here, float(signed[best]), lead)
    zenith = origin / np.linalg.norm(origin)
    sees = float(here[:3] @ zenith) > float(np.linalg.norm(origin))
    told = _advice(hits, first, dense, float(signed[best]), float(phase_hits[best]), phase_hits[0], delta_v, lead)
    return OrbiterEffects(
        nominal, fluence, hits, dense, first, sees, signed, phase_hits, float(signed[best]), delta_v, told
    )


def _times(span: float, longest: float) -> Array:
    """Times after the impact: short steps at first, then so many to a turn of the orbit."""
    times = [SHORTEST]
    while times[-1] < span:
        times.append(times[-1] + min(max(SHORTEST, GROWTH * times[-1]), longest))
    return np.array(times)


def _dense_phase(met: OrbiterEjecta) -> tuple[float, float]:
    if not met.hits[-1] > 0.0:
        return math.nan, math.nan
    share = met.hits / met.hits[-1]
    return float(met.delay[np.argmax(met.hits > 0.0)]), float(met.delay[np.searchsorted(share, 0.95)])


def _advice(
    hits: Interval, first: float, dense: float, shift: float, best: float, present: float, delta_v: float, lead: float
) -> tuple[Advice, ...]:
    if hits.high < IDLE:
        return (Advice("Keep the orbit.", f"{hits.high:.2g} hits on a square metre at most", 0.0, math.nan),)
    told = [
        Advice(
            "Turn edge-on to the stream, stow what is brittle, keep a second one out of phase.",
            f"{hits.text('hits of this size on a square metre')}; 95 % of them by then",
            first if math.isfinite(first) else 0.0,
            dense,
        )
    ]
    if present > 0.0 and best < WORTH * present and math.isfinite(delta_v):
        way = "earlier" if shift > 0.0 else "later"
        told.insert(
            0,
            Advice(
                f"Shift the phase by {abs(shift) / 60.0:.3g} min {way}: {delta_v:.3g} m/s in two burns.",
                f"{best:.2g} in place of {present:.2g} hits on a square metre, {lead / 86_400.0:.3g} days to do it",
                -lead,
                0.0,
            ),
        )
    return tuple(told)
