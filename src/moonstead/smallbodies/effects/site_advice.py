"""What the crew of a site should do about an impact, each thing with the figure that speaks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.smallbodies.effects.crater import Crater
from moonstead.smallbodies.effects.ejecta_site import SiteEjecta
from moonstead.smallbodies.effects.flash import Flash
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.effects.moonquake import Moonquake

__all__ = ["ACCEPTED", "ROOF", "Advice", "site_advice"]

ROOF = 100.0  # [m2] that advice about covers is given for
ACCEPTED = 0.01  # [1] chance of a piece that comes through the cover advised
FIRST_DEGREE_BURN = 1.3e5  # [J/m2] on bare skin, 1 Mt: Collins et al. (2005), table 2; the least that hurts anything
FELT = 1e-3  # [m/s] of the ground: people begin to feel it (Wald et al. 1999, intensity II to III)
HARM = 3e-2  # [m/s] of the ground: things fall (Wald et al. 1999, intensity V)


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do.

    Attributes
    ----------
    action : str
        What to do.
    reason : str
        The figure that speaks for it.
    start, stop : float [s]
        From when to when after the impact; negative before it, NaN where it has no end.
    """

    action: str
    reason: str
    start: float
    stop: float


def site_advice(
    crater: Crater,
    flash: Flash,
    fallen: SiteEjecta,
    pieces: Interval,
    holes: Interval,
    quake: Moonquake,
    heat: Interval,
    cover: Interval,
    *,
    shielded: bool,
) -> tuple[Advice, ...]:
    """What the crew of a site should do.

    Parameters
    ----------
    crater : Crater
    flash : Flash
    fallen : SiteEjecta
        What comes down at the site.
    pieces, holes : Interval
        Of a millimetre or more on a square metre, and holes in a square metre of the shield [1/m2].
    quake : Moonquake
    heat : Interval
        On a surface that faces the impact [J/m2].
    cover : Interval
        Of regolith that stops the pieces [m].
    shielded : bool
        Whether `holes` are those of a shield.

    Returns
    -------
    tuple of Advice
        In order of time.
    """
    rim = 0.5 * crater.diameter.high
    if fallen.distance <= 3.0 * rim:
        return (
            Advice(
                f"Leave: be more than {9.0 * rim / 1e3:.3g} km from the impact before it happens.",
                f"the site lies {fallen.distance / 1e3:.3g} km from it; the rim may reach {rim / 1e3:.3g} km and its "
                f"blanket of debris three times as far",
                -math.inf,
                0.0,
            ),
        )
    told = []
    if heat.high > FIRST_DEGREE_BURN:
        told.append(
            Advice(
                "Stand in the shade of the impact when it happens.",
                f"heat of {heat.text('kJ/m2', 1e3)} in line of sight; {FIRST_DEGREE_BURN / 1e3:.0f} kJ/m2 burns skin",
                0.0,
                flash.duration.high,
            )
        )
    if quake.velocity.high > FELT:
        act = "Secure what can fall or tip" if quake.velocity.high > HARM else "Expect to feel the ground move"
        told.append(
            Advice(
                f"{act}; keep off slopes.",
                f"the ground moves at up to {quake.velocity.text('mm/s', 1e-3)}, magnitude {quake.magnitude.text('')}",
                quake.p_wave.delay,
                quake.s_wave.delay + 3600.0,
            )
        )
    if pieces.high * ROOF > ACCEPTED and math.isfinite(fallen.first):
        hit = f"{(pieces.nominal * ROOF):.2g} ({pieces.low * ROOF:.2g} to {pieces.high * ROOF:.2g})"
        told.append(
            Advice(
                f"Stay under cover: {cover.text('m of regolith')} over the roof.",
                f"{hit} pieces of a millimetre or more fall on 100 m2 at {fallen.speed.text('m/s')}"
                + (f"; holes in 100 m2 of the shield: {_count(holes)}" if shielded else ""),
                fallen.first,
                fallen.last,
            )
        )
        told.append(
            Advice(
                "Suits may go out again when 95 % has come down; clear panels and radiators of dust.",
                f"a layer of {_layer(fallen.thickness)}, {fallen.mass_per_area.text('g/m2', 1e-3)}",
                fallen.quantiles[2],
                math.nan,
            )
        )
    if not told:
        told.append(
            Advice(
                "No shelter is needed here.",
                f"{pieces.high * ROOF:.2g} pieces of a millimetre on 100 m2 at most, ground velocity up to "
                f"{quake.velocity.high * 1e3:.2g} mm/s",
                0.0,
                math.nan,
            )
        )
    return tuple(sorted(told, key=lambda one: one.start))


def _layer(thickness: Interval) -> str:
    return thickness.text("mm", 1e-3) if thickness.nominal >= 1e-4 else thickness.text("um", 1e-6)


def _count(holes: Interval) -> str:
    return f"{holes.nominal * ROOF:.2g} ({holes.low * ROOF:.2g} to {holes.high * ROOF:.2g})"
