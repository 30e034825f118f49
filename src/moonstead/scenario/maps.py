"""Maps of light about a site."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from moonstead.scenario.common import Count, Duration, Id, Length, Mast, Name, Part, described, optional, refuse

MOST_PIXELS = 250_000  # an hour of work for a year by the hour
FEWEST_AZIMUTHS, MOST_AZIMUTHS = 36, 720


class SurfaceMap(Part):
    """A square map of light, nights, sight of the Earth and permanent shadow about a site, on the site's terrain."""

    id: Id = described("Short name, unique among all maps.", "hub-surroundings")
    name: Name | None = optional(None, "Full name, as reports print it.", "Surroundings of the hub")
    site: Id = described("Site in its middle.", "hub")
    half_width: Length = described("From the site to the map's edges.", "30 km")
    spacing: Length = described(
        "Width of its pixels: a tenth of the resolution of the site's terrain or less, and 60 m at best; "
        "wider ones come out too bright.",
        "300 m",
    )
    mast: Mast = optional(0.0, "Height of the panel or antenna above the ground.", "10 m")
    azimuths: Count = optional(180, "Directions of every pixel's skyline.", 360, ge=FEWEST_AZIMUTHS, le=MOST_AZIMUTHS)
    step: Duration = optional(7200.0, "Step of the series behind means and nights.", "1 h")

    @model_validator(mode="after")
    def _has_pixels(self) -> Self:
        if self.spacing > self.half_width:
            raise refuse("`spacing` is larger than `half_width`", "take smaller pixels or a larger map", "spacing")
        if (2.0 * self.half_width / self.spacing + 1.0) ** 2 > MOST_PIXELS:
            raise refuse(
                f"the map has more than {MOST_PIXELS} pixels", "take larger pixels or a smaller map", "spacing"
            )
        return self
