"""Needs cut into what falls due in each step, less what flights already decided bring of the same class."""

from __future__ import annotations

from dataclasses import dataclass

from moonstead.station.logistics.campaign import Campaign, Late

NOTHING = 1e-6  # [kg] a thousandth of a gram: what sums of tonnes round


@dataclass(slots=True)
class Piece:
    """A part of a need.

    Attributes
    ----------
    place : str
        Where it is needed.
    edge : int
        Edge of the campaign's steps by which it must lie there.
    due : float [s TDB past J2000]
        When it is needed.
    name : str
        Of the need.
    supply_class : int
        Key of `station.imports.CLASSES_OF_SUPPLY`.
    mass : float [kg]
        How much.
    """

    place: str
    edge: int
    due: float
    name: str
    supply_class: int
    mass: float


def open_pieces(campaign: Campaign) -> tuple[list[Piece], list[Late]]:
    """What is still to be brought, by due date, and what flights already decided bring too late.

    Parameters
    ----------
    campaign : Campaign
        What is planned.

    Returns
    -------
    (list of Piece, list of Late)
        A flight already decided meets the earliest open need of its place and class.

    Source
    ------
    Earliest due date first, Jackson (1955).
    """
    pieces = sorted(_all_pieces(campaign), key=lambda one: (one.edge, one.due))
    late = []
    brought = sorted(arrival for flight in campaign.committed for arrival in flight.brings)
    for time, place, supply_class, mass in brought:
        rest = mass
        for piece in pieces:
            if (piece.place, piece.supply_class) != (place, supply_class) or piece.mass <= NOTHING:
                continue
            part = min(rest, piece.mass)
            piece.mass -= part
            rest -= part
            if time > piece.due:
                late.append(Late(piece.name, piece.due, time, part))
            if rest <= NOTHING:
                break
    return [piece for piece in pieces if piece.mass > NOTHING], late


def _all_pieces(campaign: Campaign) -> list[Piece]:
    edges = campaign.edges
    found = []
    for need in campaign.needs:
        for edge in range(campaign.steps):
            first = float("-inf") if need.mass > 0.0 and edge == 0 else float(edges[edge])
            mass = need.used(first, float(edges[edge + 1]))
            if mass > 0.0:
                due = need.start if need.mass > 0.0 else max(float(edges[edge]), need.start)
                found.append(Piece(need.place, edge, due, need.name, need.supply_class, mass))
    return found
