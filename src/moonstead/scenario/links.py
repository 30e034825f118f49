"""Who talks to whom."""

from __future__ import annotations

from moonstead.scenario.common import DataRate, Endpoint, Id, Part, described, optional


class Link(Part):
    """A radio link between two antennas, or between an antenna and the ground."""

    id: Id = optional("", "Short name for reports. Left out: made of the two ends.", "hub-relay")
    between: tuple[Endpoint, Endpoint] = described(
        "The two ends: site.antenna, spacecraft.antenna, a ground station, or a network that stands for each of "
        "its stations. Data flow from the first to the second.",
        ["hub.dish", "relay-1.surface"],
    )
    demand: DataRate | None = optional(
        None, "Data that the link must carry on average, from the first end to the second.", "40 Gbit/day"
    )
    rate: DataRate | None = optional(
        None,
        "Fixed rate of the modem. Left out: what the link budget allows at each distance, up to 1 bit/s per Hz of "
        "the band.",
        "10 Mbit/s",
    )

    @property
    def label(self) -> str:
        """Name of the link for reports: its id, or its two ends."""
        return self.id or f"{self.between[0]} - {self.between[1]}"
