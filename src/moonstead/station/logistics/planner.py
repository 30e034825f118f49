"""Planning a campaign: which flights, when, with what on board; with a bound on how much better any plan could be."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.logistics.campaign import Campaign, CampaignPlan
from moonstead.station.logistics.just_in_time import just_in_time
from moonstead.station.logistics.manifest import plan_from_solution
from moonstead.station.logistics.model import PlanModel, plan_model
from moonstead.station.logistics.options import flight_options
from moonstead.station.logistics.solver import LEAST_TIME, WHOLE, fixed_masses, solve

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
WINDOW = 24  # [steps] in whole numbers at a time: more take longer, fewer plan too short-sightedly
ADVANCE = 12  # [steps] decided at a time
WINDOW_SHARE = 0.5  # [1] of the time that goes into a first plan; the rest improves it and proves its bound
CLOSE = 1e-9  # [1] relative: costs nearer than this are equal


@dataclass(slots=True)
class _Best:
    """Best solution so far, and the best bound."""

    x: Array | None = None
    cost: float = math.inf
    bound: float = 0.0

    def offer(self, x: Array | None, cost: float) -> None:
        if x is not None and cost < self.cost:
            self.x, self.cost = x, cost


def plan_campaign(
    campaign: Campaign,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    progress: Progress | None = None,
) -> CampaignPlan:
    """Find the flights that serve a campaign at least cost.

    First a plan just in time, at once. Then one by a rolling horizon: whole flights in a window of the campaign,
    fractions after it, decided flights before it. Then the whole campaign at once, with the best plan as a limit. Last,
    with all flights fixed, the masses.
    An interruption (Ctrl-C) ends the search with the best plan so far.

    Parameters
    ----------
    campaign : Campaign
        What is planned.
    time_limit : float [s]
        Longest time of the search.
    gap : float [1]
        Distance from the bound at which the search may end.
    progress : callable, optional
        Gets what is done, how many windows are done, and how many there are.

    Returns
    -------
    CampaignPlan
        Flights with their bound and gap; what comes late or never is told in it.

    Raises
    ------
    InvalidInput
        Nothing can be brought to a place that needs something; says why.
    NumericalFailure
        HiGHS found no plan at all.

    Source
    ------
    HiGHS, Huangfu and Hall (2018), Math. Prog. Comp. 10, 119, doi:10.1007/s12532-017-0130-5; relax and fix, Pochet and
    Wolsey (2006), Production Planning by Mixed Integer Programming, section 3.6 (recalled).
    """
    began = time.perf_counter()
    options, told = flight_options(campaign)
    _served(campaign, {option.place for option in options}, told)
    model = plan_model(campaign, options)
    best = _Best()
    status = "optimal"
    tell = progress or (lambda text, done, total: None)

    def left() -> float:
        return time_limit - (time.perf_counter() - began)

    try:
        best.offer(*fixed_masses(model, just_in_time(campaign, model)))
        best.bound = _linear_bound(model, max(left(), LEAST_TIME))
        _rolling_horizon(
            model, best, min(WINDOW_SHARE * time_limit, max(left(), LEAST_TIME)), gap, campaign.steps, tell
        )
        tell("whole campaign", 1, 2)
        if not _proven(best, gap) and left() > LEAST_TIME:
            _whole(model, best, left(), gap)
    except KeyboardInterrupt:
        status = "interrupted"
    if best.x is None:
        raise NumericalFailure(
            f"no plan was found within {time_limit:g} s; raise the time limit, lengthen the step or plan fewer years"
        )
    if status != "interrupted" and not _proven(best, gap):
        status = "time limit"
    tell("masses", 2, 2)
    x, cost = fixed_masses(model, best.x)
    plan = plan_from_solution(campaign, model, x)
    bound = min(best.bound, cost)
    return replace(plan, cost=cost, bound=bound, status=status, seconds=time.perf_counter() - began)


def _served(campaign: Campaign, places: set[str], told: list[str]) -> None:
    for need in campaign.needs:
        if need.place not in places and not any(
            arrival[1] == need.place for flight in campaign.committed for arrival in flight.brings
        ):
            why = "; ".join(text for text in told if f"serve {need.place}:" in text) or "no vehicle carries cargo"
            raise InvalidInput(f'nothing can be brought to {need.place} for "{need.name}": {why}')


def _proven(best: _Best, gap: float) -> bool:
    return best.cost - best.bound <= gap * abs(best.cost) + CLOSE


def _linear_bound(model: PlanModel, limit: float) -> float:
    """Least cost with fractions of flights."""
    found = solve(model, limit, 0.0, np.zeros(model.cost.size), model.most, np.zeros_like(model.whole))
    return float(found.fun) if found.status == 0 else 0.0


def _rolling_horizon(model: PlanModel, best: _Best, limit: float, gap: float, steps: int, tell: Progress) -> None:
    """Whole flights window by window."""
    began = time.perf_counter()
    low, high = np.zeros(model.cost.size), model.most.copy()
    step_of = np.full(model.cost.size, -1)
    for column in model.columns:
        step_of[column.flights] = column.step
    starts = list(range(0, max(steps - WINDOW + ADVANCE, 1), ADVANCE))
    for done, start in enumerate(starts):
        tell("rolling horizon", done, len(starts))
        last = done == len(starts) - 1
        inside = (step_of >= start) & ((step_of < start + WINDOW) | last)
        share = (limit - (time.perf_counter() - began)) / (len(starts) - done)
        found = solve(model, share, gap, low, high, np.where(inside, 1, 0))
        decided = inside & (step_of < start + ADVANCE)
        if found.x is None:  # out of time: fractions rounded down go on
            found = solve(model, share, gap, low, high, np.zeros_like(model.whole))
            if found.x is None:
                return
            low[decided] = high[decided] = np.floor(found.x[decided] + WHOLE)
            continue
        if last:
            best.offer(np.asarray(found.x), float(found.fun))
            return
        low[decided] = high[decided] = np.round(found.x[decided])


def _whole(model: PlanModel, best: _Best, limit: float, gap: float) -> None:
    """All flights at once; the plan so far cuts off what is worse."""
    from scipy.sparse import csr_array, vstack

    bounded = model
    if best.x is not None:
        matrix = vstack([model.matrix, csr_array(model.cost[None, :])]).tocsr()
        upper = np.append(model.upper, best.cost * (1.0 + CLOSE))
        bounded = replace(model, matrix=matrix, lower=np.append(model.lower, -np.inf), upper=upper)
    found = solve(bounded, limit, gap, np.zeros(model.cost.size), model.most, model.whole)
    if found.status == 2 and best.x is not None:  # nothing is better than the plan so far, to rounding
        best.bound = best.cost
        return
    if found.x is not None:
        best.offer(np.asarray(found.x), float(found.fun))
    if found.mip_dual_bound is not None and math.isfinite(found.mip_dual_bound):
        best.bound = max(best.bound, float(found.mip_dual_bound))
