"""Missions that can be known to fail: vehicles too small, launches too close, people without their lander."""

from __future__ import annotations

from collections.abc import Iterator

from moonstead.foundation.errors import InvalidInput, MoonsteadError
from moonstead.foundation.units import closest
from moonstead.run.campaigns import campaign_fragment, campaign_of
from moonstead.run.missions import mission_answers, missions_fragment, vehicle_of
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Problem


def mission_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Vehicles, missions and campaigns that no run could fly, with the nearest figure that would do.

    Parameters
    ----------
    loaded : LoadedScenario
        A scenario that is sound in itself.

    Returns
    -------
    iterator of Problem
        In the order of the scenario's parts.
    """
    scenario = loaded.scenario
    if not (scenario.transports or scenario.missions or scenario.campaign):
        return
    try:
        fragment = missions_fragment(scenario)
    except MoonsteadError:
        return  # dates that no time scale reaches; they are told where dates are checked
    sound = True
    for index, transport in enumerate(fragment["transports"]):
        yield from _launch_site(loaded, index, transport["launch_site"])
        try:
            vehicle_of(transport)
        except InvalidInput as error:
            sound = False
            yield loaded.problem(("transport", index), str(error), "correct the vehicle")
    if not sound:
        return
    places = {mission.id: index for index, mission in enumerate(scenario.missions)}
    for name, answer in mission_answers(fragment).items():
        problems = (answer,) if isinstance(answer, str) else answer.problems
        for text in problems:
            yield loaded.problem(
                ("mission", places[name]), f'"{name}" cannot be flown: {text}', "change it, or its vehicle"
            )
    if scenario.campaign is None:
        return
    about = campaign_fragment(scenario)
    assert about is not None  # the scenario has a campaign
    try:
        campaign_of(about)
    except InvalidInput as error:
        yield loaded.problem(("campaign",), str(error), "correct the campaign")


def _launch_site(loaded: LoadedScenario, index: int, name: str | None) -> Iterator[Problem]:
    """A launch site that the shipped table does not know."""
    if name is None:
        return
    from moonstead.orbits.launchers import launch_sites

    known = sorted(launch_sites())
    if name not in known:
        near = closest(name, known)
        remedy = f'did you mean "{near}"?' if near else f"known are {', '.join(known)}"
        yield loaded.problem(("transport", index, "launch_site"), f'no launch site is called "{name}"', remedy)
