"""Who takes part: the agencies and institutes that own facilities, spacecraft and ground stations."""

from __future__ import annotations

from moonstead.scenario.common import Id, Name, Part, Text, described, optional


class Partner(Part):
    """A state, agency or institute that owns something in the scenario."""

    id: Id = described("Short name that the rest of the file refers to.", "cnsa")
    name: Name = described("Full name, as reports print it.", "China National Space Administration")
    country: Name | None = optional(None, "Country or organisation that it belongs to.", "China")
    description: Text | None = optional(None, "Free text for the report.", "Leads stage one.")
