"""`moonstead transfer mars`: least departure energy to Mars in a window, for each type of arc."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data
from moonstead.cli.transfer.porkchop import Days, Depart, Grid, MostC3, Ridge, Step, Types, fly_all, search, tell

NAME = "mars"


class DepartureBody(StrEnum):
    """Which centre the departure's velocity is measured from."""

    BARYCENTRE = "earth-barycentre"
    EARTH = "earth"


def command(
    depart: Depart,
    departure_body: Annotated[
        DepartureBody,
        typer.Option(help="Centre that C3 refers to; the Earth's own moves 12 m/s about the barycentre in a month."),
    ] = DepartureBody.BARYCENTRE,
    days: Days = None,
    types: Types = "I,II",
    objective: Annotated[str, typer.Option(help="What is least: departure, arrival or both.")] = "departure",
    step: Step = "1 d",
    ridge: Ridge = 0.1,
    max_c3: MostC3 = None,
    count: Annotated[int, typer.Option(help="Valleys told of each type.", min=1)] = 1,
    grid: Grid = None,
    fly: Annotated[
        bool, typer.Option("--fly", help="Fly the best arc of each type under all pulls and correct its departure.")
    ] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say when to leave for Mars and with how much energy: the least C3 of each type, free of the grid."""
    from moonstead.cli.transfer.windows import heliocentric_body

    context = open_data(data)
    earth, goal = heliocentric_body(departure_body.value, context), heliocentric_body("mars", context)
    answer = search(
        earth,
        goal,
        depart,
        days,
        types,
        objective,
        step,
        ridge,
        max_c3,
        count,
        grid,
    )
    if fly:
        fly_all(answer, earth, goal, context)
    tell(answer, as_json)
