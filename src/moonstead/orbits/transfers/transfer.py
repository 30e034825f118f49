"""The common answer of every transfer: where it starts, what it burns, where it arrives, what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from moonstead.dynamics.burns import Burn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.errors import InvalidInput

MEASURES = (
    "periapsis altitude",
    "altitude",
    "inclination",
    "eccentricity",
    "flight-path angle",
    "speed",
    "time of periapsis",
)


@dataclass(frozen=True)
class Handover:
    """A time from which on motion is integrated about another body.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    center : str
        The body after it.
    mass : float or None [kg]
        Of the spacecraft from then on, where a stage is dropped; None where it keeps its mass.
    """

    tdb: float
    center: str
    mass: float | None = None


@dataclass(frozen=True)
class TransferEvent:
    """Something worth telling of a transfer.

    Attributes
    ----------
    name : str
        For example ``"perilune"``.
    tdb : float [s TDB past J2000]
        When.
    quantity : float [SI]
        For example the altitude.
    unit : str
        SI unit of the quantity.
    """

    name: str
    tdb: float
    quantity: float
    unit: str


@dataclass(frozen=True)
class Target:
    """What a transfer claims to reach, to be measured on the flown trajectory.

    Attributes
    ----------
    name : str
        What reports call it.
    measure : str
        One of `MEASURES`: ``"periapsis altitude"`` [m] and ``"time of periapsis"`` [s TDB past J2000] are those of the
        least distance within six hours of `tdb`; ``"altitude"`` [m], ``"inclination"`` [rad, to the body's equator],
        ``"eccentricity"`` [1], ``"flight-path angle"`` [rad] and ``"speed"`` [m/s] are taken at `tdb`, relative to the
        body and without its spin. Altitudes are above the body's equatorial radius.
    body : str
        Relative to which.
    tdb : float [s TDB past J2000]
        When.
    wanted : float [SI]
        What is claimed.
    unit : str
        SI unit.
    """

    name: str
    measure: str
    body: str
    tdb: float
    wanted: float
    unit: str

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise InvalidInput(f"targets measure {', '.join(MEASURES)}; got {self.measure!r}")


@dataclass(frozen=True, eq=False)
class Transfer:
    """A way from one orbit to another.

    Attributes
    ----------
    name : str
        What reports call it.
    kind : str
        ``"direct"``, ``"phasing"``, ``"free-return"``, ``"return"``, ``"abort"``, ``"low-energy"`` and so on.
    departure : OrbitState
        Before the first burn, in the ICRF.
    burns : tuple of ImpulsiveBurn or FiniteBurn
        In the order of time.
    arrival : OrbitState
        Where the design says it ends, behind the last burn.
    delta_v : mapping of str to float [m/s]
        Each burn's name and what it costs.
    events : tuple of TransferEvent
        In the order of time.
    targets : tuple of Target
        What it claims to reach.
    handovers : tuple of Handover
        Changes of the centre of integration, in the order of time. Without any the whole flight is integrated about
        the departure's centre.
    model : str
        Forces of the design, in words.
    mass : float or None [kg]
        At departure; None where no burn needs it.
    """

    name: str
    kind: str
    departure: OrbitState
    burns: tuple[Burn, ...]
    arrival: OrbitState
    delta_v: Mapping[str, float]
    events: tuple[TransferEvent, ...] = ()
    targets: tuple[Target, ...] = ()
    handovers: tuple[Handover, ...] = field(default=())
    model: str = ""
    mass: float | None = None

    def __post_init__(self) -> None:
        if not self.departure.epoch_tdb < self.arrival.epoch_tdb:
            raise InvalidInput(
                f"{self.name} departs at {self.departure.epoch_tdb!r} and arrives at {self.arrival.epoch_tdb!r} "
                "s TDB past J2000: a transfer arrives after its departure"
            )

    @property
    def arrival_tdb(self) -> float:
        """When it ends [s TDB past J2000]."""
        return self.arrival.epoch_tdb

    @property
    def duration(self) -> float:
        """From departure to arrival [s]."""
        return self.arrival.epoch_tdb - self.departure.epoch_tdb

    @property
    def total_delta_v(self) -> float:
        """Sum of all burns [m/s]."""
        return float(sum(self.delta_v.values()))
