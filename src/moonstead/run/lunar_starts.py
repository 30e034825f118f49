"""Starts of lunar orbits that are found by search, and what they were chosen from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.run.moments import utc_text
from moonstead.scenario.lunar_orbits import FrozenEllipse, Phased
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.spacecraft import Spacecraft

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState

    Found = tuple[OrbitState, dict[str, Any]]

DAY = 86_400.0  # [s]
FAR = 4e6  # [m] of aposelene distance: nearer orbits die by their eccentricity, not by their plane
SEARCH_DEGREE = 8  # of the field, as in the design of ellipses
MASK = 0.0872664625997164788  # [rad] 5 deg, where the scenario gives none


def search_fragment(craft: Spacecraft, scenario: Scenario) -> dict[str, Any]:
    """What a searched orbit depends on besides its own keys.

    Parameters
    ----------
    craft : Spacecraft
        One of the scenario's spacecraft.
    scenario : Scenario
        Has its leader and the site that it sees.

    Returns
    -------
    dict
        Plain values; empty for other orbits.
    """
    from moonstead.scenario.load import plain

    orbit, found = craft.orbit, dict[str, Any]()
    if isinstance(orbit, Phased):
        leader = next(one for one in scenario.spacecraft if one.id == orbit.leader).orbit
        found["leader_orbit"] = plain(leader)
        orbit = leader
    if isinstance(orbit, FrozenEllipse) and orbit.sees is not None:
        site = next(one for one in scenario.sites if one.id == orbit.sees)
        found["seen"] = {"id": site.id, "latitude": site.latitude, "longitude": site.longitude}
    return found


def lunar_start(fragment: Mapping[str, Any], epoch: float, model: ForceModel, data: DataContext) -> Found:
    """Start of a searched orbit, and facts about the search.

    Parameters
    ----------
    fragment : mapping
        Of the orbit's task.
    epoch : float [s TDB past J2000]
        When.
    model : ForceModel
        That the orbit is flown with.
    data : DataContext
        Kernels and gravity field.

    Returns
    -------
    (state, facts) : OrbitState, dict
        About the Moon, in the ICRF [m, m/s].

    Raises
    ------
    InvalidInput
        No start lives; the message names the spacecraft and dates the impact.
    """
    try:
        return LUNAR_STARTS[fragment["orbit"]["kind"]](fragment, epoch, model, data)
    except InvalidInput as error:
        raise InvalidInput(f"spacecraft {fragment['id']!r}: {error}") from None


def advice_for(fragment: Mapping[str, Any], data: DataContext) -> str | None:
    """For elements of a lunar ellipse that meets the ground: when it does, and the nearest node that would live.

    Parameters
    ----------
    fragment : mapping
        Of the orbit's task.
    data : DataContext
        Kernels and gravity field.

    Returns
    -------
    str or None
        None for other orbits, and for low ones, whose life hangs on their eccentricity rather than on their node.
    """
    orbit = fragment["orbit"]
    if orbit["kind"] != "elements" or orbit["center"] != "MOON" or orbit["true_anomaly"] is None:
        return None
    axis, eccentricity, duration = orbit["semi_major_axis"], orbit["eccentricity"], fragment["stop"] - orbit["epoch"]
    if axis * (1.0 + eccentricity) < FAR or duration <= 0.0:
        return None
    from moonstead.dynamics.forces import ForceModel
    from moonstead.orbits.lunar.lifetime_map import lifetime_map, refusal
    from moonstead.orbits.lunar.start import LunarShape

    shape = LunarShape(axis * (1.0 - eccentricity), eccentricity, orbit["inclination"], orbit["argument_of_periapsis"])
    model, start = ForceModel(degree=SEARCH_DEGREE), (orbit["node"], orbit["true_anomaly"])
    alone = lifetime_map(shape, orbit["frame"], orbit["epoch"], *start, duration, model, data)
    return None if alone.lives.all() else refusal(alone, *start, model, data)


def _frozen(fragment: Mapping[str, Any], epoch: float, model: ForceModel, data: DataContext) -> Found:
    orbit = fragment["orbit"]
    if orbit.get("sees") is not None:
        return _seeing(fragment, orbit, epoch, model, data)
    from moonstead.orbits.frozen_ellipse import frozen_ellipse

    found = frozen_ellipse(orbit["periselene"], orbit["period"], orbit["apsis"], epoch, orbit["lifetime"], data)
    best = found.candidates[0]
    rows = [
        {
            "node_deg": float(np.degrees(one.node)),
            "lowest_km": one.minimum_altitude / 1e3,
            "days": one.followed / DAY,
            "hits": None if one.impact is None else str(utc_text([one.impact])[0]),
        }
        for one in found.candidates
    ]
    choice = (
        f"Of {len(rows)} starts the one was taken that stays highest over the lifetime of "
        f"{orbit['lifetime'] / DAY:.0f} days: {_angles(best.node, found.elements.inclination[0])}."
    )
    return found.state, {"candidates": rows, "choice": choice, "node": best.node}


def _seeing(
    fragment: Mapping[str, Any], orbit: Mapping[str, Any], epoch: float, model: ForceModel, data: DataContext
) -> Found:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.orbits.lunar.design import design_relay

    seen = fragment["seen"]
    site = SurfacePoint(seen["id"], "MOON", MOON_ME, seen["latitude"], seen["longitude"])
    mask = MASK if orbit["mask"] is None else orbit["mask"]
    shape = _shape(orbit)
    found = design_relay(shape, epoch, orbit["lifetime"], model, data, sites=[site], masks=[mask])
    best = found.best
    rows = [
        {
            "node_deg": float(np.degrees(one.node)),
            "lowest_km": one.lifetime.lowest_altitude / 1e3,
            "days": one.lifetime.duration / DAY,
            "hits": None if one.lifetime.impact is None else str(utc_text([one.lifetime.impact.tdb])[0]),
        }
        for one in (best, *found.others)
    ]
    choice = (
        f"Of {found.screened.durations.size} starts, {int(np.count_nonzero(found.screened.lives))} live for "
        f"{orbit['lifetime'] / DAY:.0f} days; of the best of them the one was taken that sees {seen['id']} longest, "
        f"{100.0 * best.least_coverage:.1f} % of the time above {np.degrees(mask):.1f} deg: "
        f"{_angles(best.node, shape.inclination)}."
    )
    return best.state, {"candidates": rows, "choice": choice, "node": best.node}


def _phased(fragment: Mapping[str, Any], epoch: float, model: ForceModel, data: DataContext) -> Found:
    from moonstead.orbits.lunar.constellation import phased_constellation
    from moonstead.orbits.lunar.start import EARTH_ORBIT

    leader = fragment["leader_orbit"]
    _, facts = _frozen({**fragment, "orbit": leader}, epoch, model, data)
    phase = fragment["orbit"]["phase"] / (2.0 * np.pi)
    nodes = [facts["node"]] * 2
    duration = fragment["stop"] - epoch
    relays = phased_constellation(_shape(leader), EARTH_ORBIT, nodes, (0.0, phase), epoch, duration, model, data)
    choice = (
        f"On the ellipse of {fragment['orbit']['leader']}, {360.0 * phase:.0f} deg ahead; its semi-major axis is "
        f"{(relays.semi_major_axes[1] - relays.semi_major_axes[0]) / 1e3:+.2f} km off, so that it stays there within "
        f"{360.0 * relays.phase_errors[1]:.1f} deg over the span without control."
    )
    return relays.states[1], {"choice": choice, "node": facts["node"], "phase_error": float(relays.phase_errors[1])}


def _low(fragment: Mapping[str, Any], epoch: float, model: ForceModel, data: DataContext) -> Found:
    from moonstead.orbits.lunar.low_frozen import low_frozen_orbit

    orbit = fragment["orbit"]
    found = low_frozen_orbit(orbit["altitude"], orbit["inclination"], orbit["node"], epoch, model, data)
    e, w = float(found.elements.eccentricity[0]), float(np.degrees(found.elements.argument_of_periapsis[0]))
    choice = (
        f"Eccentricity {e:.5f} and argument of periselene {w:.1f} deg were corrected until the eccentricity vector "
        f"comes back after a sidereal month, to {found.month_change:.1g}."
    )
    return found.state, {"choice": choice}


def _shape(orbit: Mapping[str, Any]) -> Any:
    """Shape of a frozen ellipse's keys."""
    from moonstead.orbits.frozen_ellipse import frozen_inclination
    from moonstead.orbits.lunar.start import LunarShape

    argument = np.pi * (1.5 if orbit["apsis"] == "north" else 0.5)
    plain = LunarShape.of_period(orbit["periselene"], orbit["period"], 0.0, argument)
    return LunarShape.of_period(orbit["periselene"], orbit["period"], frozen_inclination(plain.eccentricity), argument)


def _angles(node: float, inclination: float) -> str:
    return (
        f"node {np.degrees(node):.0f} deg from the direction of the Earth, inclination {np.degrees(inclination):.1f} "
        "deg, both in the Earth's orbit plane about the Moon"
    )


LUNAR_STARTS: dict[str, Callable[[Mapping[str, Any], float, ForceModel, DataContext], Found]] = {
    "frozen-ellipse": _frozen,
    "phased": _phased,
    "low-frozen": _low,
}
