"""What remains of a campaign when one of its launches is lost: everything after it is planned anew."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.logistics.campaign import CampaignPlan
from moonstead.station.logistics.manifest import plan_from_solution
from moonstead.station.logistics.model import TONNE, plan_model
from moonstead.station.logistics.options import flight_options
from moonstead.station.logistics.solver import fixed_masses, solve


def replan(plan: CampaignPlan, lost: str, *, time_limit: float = 60.0, gap: float = 1e-3) -> CampaignPlan:
    """Plan the flights after a lost launch anew; those before it and on its day stay as they were.

    Parameters
    ----------
    plan : CampaignPlan
        The campaign as planned.
    lost : str
        Name of the flight that is lost; it has used its launcher and brings nothing.
    time_limit : float [s]
        Longest time of the search.
    gap : float [1]
        Distance from the bound at which the search may end.

    Returns
    -------
    CampaignPlan
        The lost flight is in it without cargo; the cost counts it.

    Raises
    ------
    InvalidInput
        There is no such flight, or it is not launched.
    NumericalFailure
        HiGHS found no plan in the time.

    Source
    ------
    The program of `plan_model` with decided flights as fixed variables.
    """
    began = time.perf_counter()
    flight = next((one for one in plan.flights if one.name == lost), None)
    if flight is None or not flight.profile.launched:
        known = ", ".join(one.name for one in plan.flights if one.profile.launched) or "none"
        raise InvalidInput(f"no launch of the plan is called {lost!r}; there are {known}")
    options, _ = flight_options(plan.campaign)
    model = plan_model(plan.campaign, options)
    low, high = np.zeros(model.cost.size), model.most.copy()
    for column in model.columns:
        if column.departure > flight.departure:
            continue
        option = options[column.option]
        alike = [
            one
            for one in plan.flights
            if one.departure == column.departure
            and one.profile.vehicle.name == option.vehicle.name
            and one.profile.stops == option.profile.stops
            and set(one.fills) == set(option.loading.fills)
        ]
        low[column.flights] = high[column.flights] = len(alike)
        for commodity, cargo in zip(option.commodities, column.cargo, strict=True):
            mass = sum(
                item.mass
                for one in alike
                if one is not flight
                for item in one.items
                if (item.fuel or "cargo") == commodity
            )
            high[cargo] = mass / TONNE  # less may go where what it carries further was lost
    found = solve(model, time_limit, gap, low, high, model.whole)
    if found.x is None:
        raise NumericalFailure(f"no plan without {lost!r} was found within {time_limit:g} s; raise the time limit")
    x, cost = fixed_masses(model, np.asarray(found.x), (low, high))
    bound = float(found.mip_dual_bound) if found.mip_dual_bound is not None else 0.0
    status = "optimal" if found.status == 0 else "time limit"
    anew = plan_from_solution(plan.campaign, model, x)
    return replace(anew, cost=cost, bound=min(bound, cost), status=status, seconds=time.perf_counter() - began)
