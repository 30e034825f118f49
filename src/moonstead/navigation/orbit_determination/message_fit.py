"""Numbers of broadcast messages from an orbit: least squares on the receivers' own equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import ORBIT_COLUMNS, BroadcastMessages, joined
from moonstead.foundation.errors import NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.broadcast.source import CONSTANTS
from moonstead.navigation.orbit_determination.message_steps import orbit_steps, rounded, rounding_groups
from moonstead.navigation.time import GPST_MINUS_BDT, SECONDS_PER_WEEK

Array = NDArray[np.float64]

ROUNDS = 12
STILL = 1e-3  # [m] change of the worst position that ends the rounds: elements count in centimetres
RANK = 1e-11  # [1] combinations of elements that positions tell less of than this stay as they are
TILT = np.radians(5.0)  # [rad] of the plane in which BeiDou describes its geostationary satellites
# What a unit of the difference quotient is: small against the curvature, large against rounding.
_TRIAL_STATE = np.repeat([10.0, 1e-2, 1e-5], 3)
_TRIALS = {
    "sqrt_semi_major_axis": 1e-3,
    "eccentricity": 1e-7,
    "mean_anomaly": 1e-6,
    "argument_of_perigee": 1e-6,
    "node": 1e-6,
    "inclination": 1e-6,
    "node_rate": 1e-10,
    "inclination_rate": 1e-10,
    "mean_motion_difference": 1e-10,
    "cuc": 1e-6,
    "cus": 1e-6,
    "crc": 10.0,
    "crs": 10.0,
    "cic": 1e-6,
    "cis": 1e-6,
}
FITTED = tuple(ORBIT_COLUMNS.index(name) for name in _TRIALS)
_TRIAL_ORBIT = np.array(list(_TRIALS.values()))


def fitted_messages(first: BroadcastMessages, gpst: Array, position: Array, *, rounding: bool) -> BroadcastMessages:
    """Messages whose orbits come nearest to given positions.

    Parameters
    ----------
    first : BroadcastMessages
        M messages of one satellite with their reference times and first values.
    gpst : (M, K) [s of GPST]
        Times over which each message shall hold.
    position : (M, K, 3) [m]
        Earth-fixed, of the point that the message describes.
    rounding : bool
        Whether the numbers are rounded to the steps of the message, group by group, each time fitting the rest again.

    Returns
    -------
    BroadcastMessages
        Like `first`, with new `state` or `orbit`.

    Raises
    ------
    NumericalFailure
        The fit does not converge.

    Source
    ------
    Gauss-Newton on the equations of the interface documents, as `states_kernel` evaluates them.
    """
    system = str(first.satellite[0])[0]
    columns = list(range(9)) if system == "R" else list(FITTED)
    messages = _improved(first, gpst, position, columns, ROUNDS)
    if not rounding:
        return messages
    steps = orbit_steps(system)
    free = list(columns)
    for group in rounding_groups(system):
        values = _numbers(messages).copy()
        values[:, list(group)] = rounded(values[:, list(group)], steps[list(group)])
        messages = _with_numbers(messages, values)
        free = [column for column in free if column not in group]
        if free:
            messages = _improved(messages, gpst, position, free, 1)
    return messages


def message_positions(messages: BroadcastMessages, rows: NDArray[np.int64], gpst: Array) -> Array:
    """Positions that messages give, whether or not they are in force.

    Parameters
    ----------
    messages : BroadcastMessages
        Of one system.
    rows : (N,) int
        Message of each position.
    gpst : (N,) [s of GPST]
        Times.

    Returns
    -------
    (N, 3) [m]
        Earth-fixed.

    Source
    ------
    As `BroadcastSource.states`.
    """
    prepare()
    from moonstead.navigation.broadcast.orbit_kernels import GEOSTATIONARY, GLONASS, KEPLER, states_kernel

    system = str(messages.satellite[0])[0]
    count = len(messages)
    kinds = {"FDMA": GLONASS, "D2": GEOSTATIONARY}
    model = np.array([kinds.get(kind, KEPLER) for kind in messages.kind.tolist()], dtype=np.int64)
    constants = np.tile(np.array(CONSTANTS[system]), (count, 1))
    found, velocity = np.full((rows.size, 3), np.nan), np.full((rows.size, 3), np.nan)
    bias, drift, relativity = (np.zeros(rows.size) for _ in range(3))
    states_kernel(
        np.ascontiguousarray(rows), np.ascontiguousarray(gpst), np.zeros(rows.size), model, constants, messages.orbit,
        messages.state, messages.reference, week_second(messages.reference, system), messages.clock,
        messages.clock_reference, found, velocity, bias, drift, relativity,
    )  # fmt: skip
    return found


def week_second(gpst: Array, system: str) -> Array:
    """Second of the week of a system's own time.

    Parameters
    ----------
    gpst : (M,) [s of GPST]
        Times.
    system : str
        Letter of RINEX.

    Returns
    -------
    (M,) [s]

    Source
    ------
    BDT = GPST - 14 s: BDS-SIS-ICD B1I 3.0, section 3.3.
    """
    return np.mod(gpst - (GPST_MINUS_BDT if system == "C" else 0.0), SECONDS_PER_WEEK)


def first_elements(state: Array, gpst: float, system: str, *, geostationary: bool) -> Array:
    """Elements to begin a fit with: the osculating ones at the reference time.

    Parameters
    ----------
    state : (6,) [m, m/s]
        Earth-fixed, the velocity in the turning axes.
    gpst : float [s of GPST]
        Reference time.
    system : str
        Letter of RINEX.
    geostationary : bool
        Whether the plane of BeiDou's D2 messages is used, tilted by 5 degrees.

    Returns
    -------
    (len(ORBIT_COLUMNS),) [mixed]

    Source
    ------
    Two-body elements: Montenbruck & Gill (2000), Satellite Orbits, section 2.2.4, in axes that stand still with those
    of the Earth at the reference time.
    """
    gm, turn = CONSTANTS[system]
    position = state[:3].copy()
    velocity = state[3:] + np.array([-turn * position[1], turn * position[0], 0.0])
    if geostationary:
        c, s = np.cos(TILT), np.sin(TILT)
        tilt = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
        position, velocity = tilt.T @ position, tilt.T @ velocity
    r = np.linalg.norm(position)
    momentum = np.cross(position, velocity)
    axis = 1.0 / (2.0 / r - velocity @ velocity / gm)
    inclination = np.arctan2(np.hypot(momentum[0], momentum[1]), momentum[2])
    node = np.arctan2(momentum[0], -momentum[1])
    toward = np.array([np.cos(node), np.sin(node), 0.0])
    latitude = np.arctan2(position @ np.cross(momentum, toward) / np.linalg.norm(momentum), position @ toward)
    e_cos, e_sin = 1.0 - r / axis, position @ velocity / np.sqrt(gm * axis)
    eccentricity = np.hypot(e_cos, e_sin)
    anomaly = np.arctan2(e_sin, e_cos)
    true = np.arctan2(np.sqrt(1.0 - eccentricity**2) * np.sin(anomaly), np.cos(anomaly) - eccentricity)
    elements = dict.fromkeys(ORBIT_COLUMNS, 0.0)
    elements |= {
        "sqrt_semi_major_axis": np.sqrt(axis),
        "eccentricity": eccentricity,
        "mean_anomaly": anomaly - eccentricity * np.sin(anomaly),
        "argument_of_perigee": latitude - true,
        "node": node + turn * week_second(np.array([gpst]), system)[0],
        "inclination": inclination,
    }
    wrapped = ("mean_anomaly", "argument_of_perigee", "node")
    return np.array([_wrapped(float(value)) if name in wrapped else float(value) for name, value in elements.items()])


def _wrapped(angle: float) -> float:
    """The angle [rad] within -pi and pi, where messages have it."""
    return float(np.mod(angle + np.pi, 2.0 * np.pi) - np.pi)


def _improved(
    messages: BroadcastMessages, gpst: Array, position: Array, columns: list[int], rounds: int
) -> BroadcastMessages:
    """Messages after rounds of Gauss-Newton on some of their columns."""
    count, width = gpst.shape
    trials = _trials(messages, columns)
    for _ in range(rounds):
        copies = [messages]
        for column, trial in zip(columns, trials, strict=True):
            for sign in (1.0, -1.0):
                values = _numbers(messages).copy()
                values[:, column] += sign * trial
                copies.append(_with_numbers(messages, values))
        rows = np.repeat(np.arange(count * len(copies)), width)
        found = message_positions(joined(copies), rows, np.tile(gpst.reshape(-1), len(copies)))
        found = found.reshape(len(copies), count, width * 3)
        design = (found[1::2] - found[2::2]) / (2.0 * trials[:, None, None])
        missing = position.reshape(count, -1) - found[0]
        values = _numbers(messages).copy()
        worst = 0.0
        for row in range(count):
            scaled = design[:, row].T * trials
            size = np.linalg.norm(scaled, axis=0)
            step = np.linalg.lstsq(scaled / size, missing[row], rcond=RANK)[0] / size
            values[row, columns] += step * trials
            worst = max(worst, float(np.max(np.abs(scaled @ step))))
        messages = _with_numbers(messages, values)
        if worst < STILL:
            return messages
    if rounds > 1:
        raise NumericalFailure(
            f"the messages of {messages.satellite[0]} do not settle in {rounds} rounds (the last moved them by "
            f"{worst:.3g} m); is the orbit without a gap?"
        )
    return messages


def _trials(messages: BroadcastMessages, columns: list[int]) -> Array:
    if messages.kind[0] == "FDMA":
        return _TRIAL_STATE[columns]
    return np.array([_TRIAL_ORBIT[FITTED.index(column)] for column in columns])


def _numbers(messages: BroadcastMessages) -> Array:
    return messages.state if messages.kind[0] == "FDMA" else messages.orbit


def _with_numbers(messages: BroadcastMessages, values: Array) -> BroadcastMessages:
    return replace(messages, state=values) if messages.kind[0] == "FDMA" else replace(messages, orbit=values)
