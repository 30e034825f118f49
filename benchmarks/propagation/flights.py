"""What is flown: the cases of the engine comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import motion

BRAHE, OREKIT, NYX = "brahe", "Orekit", "nyx"
MASS, AREA, REFLECTIVITY = 100.0, 1.0, 1.5  # [kg, m^2, 1] of the spacecraft where it is lit
PRESSURE = 4.56e-6  # [N/m^2] at 1 au, brahe's and nyx's usual value


@dataclass(frozen=True)
class Flight:
    """A start, the forces and the span.

    Attributes
    ----------
    case : str
        Of `motion.CASES`.
    what : str
        The orbit in words.
    degree : int
        Of the lunar field.
    days : float [d]
        Span.
    limit : float [m]
        Error at the end at which engines are matched.
    lit : bool
        With radiation pressure and the Moon's shadow.
    goals : mapping of (str, str) to float [1]
        Ratio that is asked for, by Moonstead's method and peer.
    rate : float [1/s]
        Trajectories per second of CPU that are asked for; 0 for no such wish.
    """

    case: str
    what: str
    degree: int
    days: float
    limit: float
    lit: bool = False
    goals: Mapping[tuple[str, str], float] = field(default_factory=dict)
    rate: float = 0.0

    def shortened(self, share: float) -> Flight:
        """The same over a share of the span."""
        return replace(self, days=share * self.days)

    @property
    def stop(self) -> float:
        """Last time [s TDB past J2000]."""
        return motion.EPOCH + self.days * motion.DAY

    @property
    def title(self) -> str:
        """In words."""
        return f"{self.what}, {self.degree}x{self.degree}, {self.days:g} d{', with light' if self.lit else ''}"


ADAPTIVE, MULTISTEP, METRES_ASKED = "adaptive", "Gauss-Jackson", "metres asked for"  # Moonstead's methods
POLAR = "polar orbit at 100 km"
HALO = "near-rectilinear halo arc"
DARK = (
    Flight(
        "A",
        POLAR,
        50,
        10.0,
        0.01,
        goals={(ADAPTIVE, BRAHE): 8.0, (ADAPTIVE, OREKIT): 20.0, (MULTISTEP, BRAHE): 15.0},
    ),
    Flight("A", POLAR, 100, 10.0, 0.02, goals={(MULTISTEP, BRAHE): 25.0}),
    Flight("B", "ellipse of 200 x 16 000 km", 50, 30.0, 0.01, goals={(ADAPTIVE, BRAHE): 8.0}),
    Flight("C", HALO, 8, 10.0, 0.01, goals={(ADAPTIVE, BRAHE): 8.0, (ADAPTIVE, OREKIT): 25.0}),
)
LIT = Flight("A", POLAR, 50, 10.0, 0.02, lit=True)
MANY = (
    Flight("C", HALO, 8, 10.0, 0.01, lit=True, rate=3000.0),
    Flight("A", POLAR, 50, 1.0, 0.01, rate=400.0),
)
