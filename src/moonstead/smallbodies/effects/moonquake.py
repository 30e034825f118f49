"""The moonquake of an impact: magnitude, arrival of its waves, how the ground moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.effects.seismic_rays import WaveArrival, wave_arrival

__all__ = ["SEISMIC_EFFICIENCY", "Moonquake", "moonquake", "peak_ground_velocity", "seismic_magnitude"]

SEISMIC_EFFICIENCY = Interval(1e-6, 1e-4, 1e-3)  # [1] see `moonquake`
CRUST_DENSITY, CRUST_SPEED = 2700.0, 3200.0  # [kg/m3], [m/s] of S waves: Weber et al. (2011)
SHAKING = Interval(10.0, 600.0, 3600.0)  # [s] over which the energy passes; see `peak_ground_velocity`
FREQUENCY = Interval(0.3, 1.0, 5.0)  # [Hz] of the strongest motion: band of the Apollo records
NEAREST = 100.0  # [m] nearer to the impact there is no wave yet


@dataclass(frozen=True, slots=True)
class Moonquake:
    """How a site feels an impact.

    Attributes
    ----------
    magnitude : Interval
        From the radiated energy [1].
    p_wave, s_wave : WaveArrival
        First arrivals.
    velocity : Interval
        Peak of the ground [m/s].
    acceleration : Interval
        Peak of the ground [m/s2].
    """

    magnitude: Interval
    p_wave: WaveArrival
    s_wave: WaveArrival
    velocity: Interval
    acceleration: Interval


def seismic_magnitude(energy: float, efficiency: float = SEISMIC_EFFICIENCY.nominal) -> float:
    """Magnitude of the quake of an impact.

    Parameters
    ----------
    energy : float [J]
        Of the impact.
    efficiency : float [1]
        Share that seismic waves carry away.

    Returns
    -------
    float [1]

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    ``log10(E_s) = 4.8 + 1.5 M``, Gutenberg & Richter (1956), as Collins, Melosh & Marcus (2005), Meteorit. Planet. Sci.
    40, 817, doi:10.1111/j.1945-5100.2005.tb00157.x, take it for impacts.
    """
    if not (0.0 < energy < math.inf and 0.0 < efficiency <= 1.0):
        raise InvalidInput(f"a quake needs a positive energy [J] and an efficiency up to 1; got {energy}, {efficiency}")
    return (math.log10(efficiency * energy) - 4.8) / 1.5


def peak_ground_velocity(energy: float, distance: float, efficiency: float, shaking: float) -> float:
    """Peak velocity of the ground if the seismic energy passes a distance within a time.

    Parameters
    ----------
    energy : float [J]
        Of the impact.
    distance : float [m]
        Straight through the Moon.
    efficiency : float [1]
        Share that seismic waves carry away.
    shaking : float [s]
        How long the energy takes to pass.

    Returns
    -------
    float [m/s]
        Twice that of the wave, as at a free surface.

    Source
    ------
    Energy flux of a plane wave through half a sphere, Aki & Richards (2002), Quantitative Seismology, 5.1:
    ``E_s = 2 pi r^2 rho c (v^2 / 2) T``. Nothing is lost on the way, so that it is an upper bound at great distance.
    The Moon scatters so strongly that records of impacts rise for minutes and ring for an hour and more: Lognonne et
    al. (2009), JGR 114, E12003; ten seconds stand for an unscattered pulse.
    """
    away = max(distance, NEAREST)
    return 2.0 * math.sqrt(efficiency * energy / (math.pi * away**2 * CRUST_DENSITY * CRUST_SPEED * shaking))


def moonquake(energy: float, angle: float) -> Moonquake:
    """How a site feels an impact.

    Parameters
    ----------
    energy : float [J]
        Of the impact.
    angle : float [rad]
        From the impact to the site at the Moon's centre.

    Returns
    -------
    Moonquake

    Raises
    ------
    InvalidInput
        The energy is not positive or the angle out of range.

    Source
    ------
    `seismic_magnitude`, `wave_arrival`, `peak_ground_velocity`. Efficiencies: 1e-4 usual and 1e-5 to 1e-3, Collins
    et al. (2005); 5e-4 for Mars, Daubar et al. (2018), Space Sci. Rev. 214, 132; 1e-6 from the stages that struck the
    Moon, Latham et al. (1970), Science 170, 620 (recalled).
    """
    efficiencies = (SEISMIC_EFFICIENCY.low, SEISMIC_EFFICIENCY.nominal, SEISMIC_EFFICIENCY.high)
    low, nominal, high = (seismic_magnitude(energy, share) for share in efficiencies)
    distance = 2.0 * LUNAR_MAP_RADIUS * math.sin(0.5 * angle)
    shaking = (SHAKING.high, SHAKING.nominal, SHAKING.low)
    speeds = [
        peak_ground_velocity(energy, distance, share, time) for share, time in zip(efficiencies, shaking, strict=True)
    ]
    velocity = Interval(*speeds)
    acceleration = Interval(
        2.0 * math.pi * FREQUENCY.low * velocity.low,
        2.0 * math.pi * FREQUENCY.nominal * velocity.nominal,
        2.0 * math.pi * FREQUENCY.high * velocity.high,
    )
    return Moonquake(
        Interval(low, nominal, high), wave_arrival(angle, "P"), wave_arrival(angle, "S"), velocity, acceleration
    )
