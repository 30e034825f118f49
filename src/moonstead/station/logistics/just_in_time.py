"""A first plan at once: for each need in turn the launch with most room that comes just in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.station.logistics.campaign import Campaign
from moonstead.station.logistics.model import TONNE, Column, PlanModel
from moonstead.station.logistics.options import CARGO
from moonstead.station.logistics.pieces import open_pieces

Array = NDArray[np.float64]


def just_in_time(campaign: Campaign, model: PlanModel) -> Array:
    """Numbers of flights that bring every need, by launches that no depot fills; others stay on the ground.

    Parameters
    ----------
    campaign : Campaign
        What is planned.
    model : PlanModel
        Its linear program.

    Returns
    -------
    (N,) [mixed]
        Whole numbers of flights; all else is zero. Rates of launch are kept; what cannot come in time comes as soon as
        it can, what cannot come at all is left.

    Source
    ------
    Greedy, in the order of due dates; a start for the search, no optimum.
    """
    found = np.zeros(model.cost.size)
    rates = model.matrix[model.rates :].tocsc()
    slack = model.upper[model.rates :].copy()
    ways = _direct(campaign, model)
    room: dict[str, float] = {}
    for piece in open_pieces(campaign)[0]:
        room[piece.place] = room.get(piece.place, 0.0) - piece.mass / TONNE
        for column in _in_order(ways.get(piece.place, []), piece.edge) if room[piece.place] < 0.0 else ():
            if room[piece.place] >= 0.0:
                break
            most = model.options[column.option].most_cargo / TONNE
            part = rates[:, [column.flights]].toarray()[:, 0]
            while room[piece.place] < 0.0 and found[column.flights] < model.most[column.flights]:
                if np.any(slack - part < 0.0):
                    break
                slack -= part
                found[column.flights] += 1.0
                room[piece.place] += most
    return found


def _direct(campaign: Campaign, model: PlanModel) -> dict[str, list[tuple[int, Column]]]:
    """Launches with cargo that no depot fills, by place, with the edge at which they count."""
    found: dict[str, list[tuple[int, Column]]] = {}
    for column in model.columns:
        option = model.options[column.option]
        if option.launched and not option.fills and CARGO in option.commodities:
            arrival = column.departure + option.profile.arrivals[option.place]
            reached = int(np.searchsorted(campaign.edges, arrival, "left"))
            found.setdefault(option.place, []).append((reached, column))
    for ways in found.values():
        ways.sort(key=lambda one: (one[0], -model.options[one[1].option].most_cargo))
    return found


def _in_order(ways: list[tuple[int, Column]], edge: int) -> list[Column]:
    """Latest of those in time first, with most room; then the soonest of those that are late."""
    in_time = sorted((one for one in ways if one[0] <= edge), key=lambda one: -one[0])
    return [column for _, column in (*in_time, *(one for one in ways if one[0] > edge))]
