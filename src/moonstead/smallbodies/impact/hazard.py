"""The hazard of a virtual impactor: its energy, and where it stands on the Palermo and Torino scales."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.hazard_scales import SizeEstimate, cumulative_palermo, palermo_scale, torino_scale
from moonstead.smallbodies.impact.answer import BodyAnswer, VirtualImpactor

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
SHORTEST = 1.0 / 365.25  # [a] Palermo's background needs a time; an impact within a day is taken a day ahead


@dataclass(frozen=True, slots=True)
class Hazard:
    """How bad one possible impact, or all on one body, would be.

    Attributes
    ----------
    energy : Interval or None
        [J]; None where no magnitude is known.
    palermo : float [1] or None
        Of an impact on the Earth; None elsewhere, without magnitude, or where nothing hits.
    torino : int or None
        Likewise; None beyond a hundred years.
    """

    energy: Interval | None
    palermo: float | None
    torino: int | None


def hazard_of(impactor: VirtualImpactor, size: SizeEstimate | None, counted_from: float) -> Hazard:
    """Energy and scales of one virtual impactor.

    Parameters
    ----------
    impactor : VirtualImpactor
        On Earth or Moon.
    size : SizeEstimate or None
        Of the asteroid; None where no magnitude is known.
    counted_from : float [s TDB past J2000]
        From when on the time until the impact is counted.

    Returns
    -------
    Hazard
        The scales are defined for the Earth alone.

    Source
    ------
    As `palermo_scale` and `torino_scale`, with the speed relative to the centre of the body.
    """
    if size is None:
        return Hazard(None, None, None)
    energy = size.energy(impactor.inertial_speed)
    if impactor.body != "EARTH":
        return Hazard(energy, None, None)
    years = max((impactor.tdb.value - counted_from) / JULIAN_YEAR, SHORTEST)
    return Hazard(
        energy,
        palermo_scale(impactor.probability, energy.nominal, years) if impactor.probability > 0.0 else None,
        torino_scale(impactor.probability, energy.nominal, years),
    )


def body_hazard(answer: BodyAnswer, size: SizeEstimate | None, counted_from: float) -> Hazard:
    """Energy and scales of all virtual impactors on a body.

    Parameters
    ----------
    answer : BodyAnswer
        With its impactors.
    size : SizeEstimate or None
        Of the asteroid.
    counted_from : float [s TDB past J2000]
        From when on times are counted.

    Returns
    -------
    Hazard
        Energy of the most probable impactor, cumulative Palermo scale, largest Torino scale; 0 on the Torino scale
        where nothing hits the Earth.

    Source
    ------
    As `hazard_of` and `cumulative_palermo`.
    """
    if size is None:
        return Hazard(None, None, None)
    each = [hazard_of(one, size, counted_from) for one in answer.impactors]
    energy = None
    if answer.impactors:
        best = max(range(len(each)), key=lambda k: answer.impactors[k].probability)
        energy = each[best].energy
    if answer.body != "EARTH":
        return Hazard(energy, None, None)
    palermo = cumulative_palermo(one.palermo for one in each if one.palermo is not None)
    levels = [one.torino for one in each if one.torino is not None]
    return Hazard(energy, palermo if math.isfinite(palermo) else None, max(levels, default=0))
