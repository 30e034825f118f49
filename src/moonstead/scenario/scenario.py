"""The scenario: everything that one file says."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from moonstead.scenario.analysis import Analysis
from moonstead.scenario.campaign import Campaign, Demand, Depot
from moonstead.scenario.common import Name, Part, Text, UtcTime, described, epoch_of, optional, refuse
from moonstead.scenario.facilities import Facility
from moonstead.scenario.ground import GroundStation, Network
from moonstead.scenario.links import Link
from moonstead.scenario.maps import SurfaceMap
from moonstead.scenario.missions import Mission
from moonstead.scenario.monitoring import Monitoring, Protected, Sensor
from moonstead.scenario.navigation import Navigation, NavigationConstellation
from moonstead.scenario.partners import Partner
from moonstead.scenario.power_lines import PowerLine
from moonstead.scenario.resources import Deposit, MappedResource
from moonstead.scenario.sites import Site
from moonstead.scenario.spacecraft import Spacecraft
from moonstead.scenario.stores import Crew, Delivery, Process, Store
from moonstead.scenario.threats import FlashCamera, MeteoroidShield, Threat
from moonstead.scenario.transport import Leg, Transport
from moonstead.scenario.traverses import Landing, RoverTraverse


class Scenario(Part):
    """A lunar research station and all that it depends on, over a span of time.

    Values are in SI, dates in UTC. References between the parts are checked by `moonstead.scenario.load`.
    """

    title: Name = described("Title of the report.", "Two ridges and a relay")
    description: Text | None = optional(None, "What the scenario is about.")
    start: UtcTime = described("First moment of the span.", "2035-01-01T00:00:00Z")
    stop: UtcTime = described("End of the span.", "2036-01-01T00:00:00Z")
    partners: tuple[Partner, ...] = Field((), alias="partner", description="Who takes part.")
    sites: tuple[Site, ...] = Field((), alias="site", description="Places on the Moon.")
    maps: tuple[SurfaceMap, ...] = Field((), alias="map", description="Maps of light about the sites.")
    facilities: tuple[Facility, ...] = Field((), alias="facility", description="What stands at the sites.")
    lines: tuple[PowerLine, ...] = Field((), alias="line", description="What carries power from site to site.")
    resource_layers: tuple[MappedResource, ...] = Field(
        (), alias="resource_layer", description="Maps of what the ground holds."
    )
    deposits: tuple[Deposit, ...] = Field((), alias="deposit", description="Ground that is to be worked.")
    crews: tuple[Crew, ...] = Field((), alias="crew", description="Who stays where, and when.")
    stores: tuple[Store, ...] = Field((), alias="store", description="What is kept at the sites.")
    processes: tuple[Process, ...] = Field((), alias="process", description="What makes one substance of another.")
    deliveries: tuple[Delivery, ...] = Field((), alias="delivery", description="What arrives.")
    traverses: tuple[RoverTraverse, ...] = Field((), alias="traverse", description="Ways of rovers over the ground.")
    landings: tuple[Landing, ...] = Field((), alias="landing", description="Landings at the sites.")
    transports: tuple[Transport, ...] = Field((), alias="transport", description="Vehicles with their launchers.")
    missions: tuple[Mission, ...] = Field((), alias="mission", description="Flights of people and cargo.")
    legs: tuple[Leg, ...] = Field((), alias="leg", description="Ways between places that are given by hand.")
    demands: tuple[Demand, ...] = Field((), alias="demand", description="What the campaign must bring.")
    depots: tuple[Depot, ...] = Field((), alias="depot", description="Stores of propellant for vehicles.")
    campaign: Campaign | None = Field(None, description="How the flights of years are planned.")
    spacecraft: tuple[Spacecraft, ...] = Field((), description="What flies.")
    ground_stations: tuple[GroundStation, ...] = Field((), alias="ground_station", description="Dishes on the Earth.")
    networks: tuple[Network, ...] = Field((), alias="network", description="Groups of ground stations.")
    links: tuple[Link, ...] = Field((), alias="link", description="Who talks to whom.")
    threats: tuple[Threat, ...] = Field((), alias="threat", description="Asteroids and comets to be watched.")
    shields: tuple[MeteoroidShield, ...] = Field((), alias="shield", description="Walls against meteoroids.")
    flash_cameras: tuple[FlashCamera, ...] = Field((), alias="flash_camera", description="Who watches for flashes.")
    constellations: tuple[NavigationConstellation, ...] = Field(
        (), alias="constellation", description="Navigation satellites at the Moon."
    )
    navigation: Navigation | None = Field(None, description="What is asked of navigation.")
    monitoring: Monitoring | None = Field(None, description="What is asked of space monitoring.")
    protected: tuple[Protected, ...] = Field((), alias="protect", description="Whom nothing may come close to.")
    sensors: tuple[Sensor, ...] = Field((), alias="sensor", description="Radars, telescopes and satellites that watch.")
    analysis: Analysis = Field(default_factory=Analysis, description="How finely to compute.")

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if not self.start < self.stop:
            raise refuse("`stop` is not after `start`", "move one of them", "stop")
        return self

    def span(self) -> tuple[float, float]:
        """Start and stop [s TDB past J2000]."""
        return epoch_of(self.start).tdb(), epoch_of(self.stop).tdb()
