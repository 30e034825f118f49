"""Positions of a receiver from pseudoranges: each epoch by itself, any mix of systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_observation_contents import ObservationFile
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.positioning.adaptation import Adapted, adapt
from moonstead.navigation.positioning.answer import PositionSeries
from moonstead.navigation.positioning.calibration import GENERATION_BIAS, SIGNALS_BIAS, Constants
from moonstead.navigation.positioning.corrections import (
    Sky,
    curvature_delay,
    place_of,
    satellites_of,
    tropospheric_delay,
)
from moonstead.navigation.positioning.epochs import EXCLUDED, UNUSED, USED, Limits, Problem, Solution, solve
from moonstead.navigation.positioning.error_budget import (
    CHANNEL_BIAS,
    SIGNAL_BIAS,
    ErrorParts,
    code_noise,
    families_of,
    satellite_error,
)
from moonstead.navigation.positioning.ionosphere import IonosphereModel, UsualIonosphere
from moonstead.navigation.positioning.observables import Pseudoranges, gather
from moonstead.navigation.positioning.series import make_series
from moonstead.navigation.positioning.smoothing import smoothed
from moonstead.navigation.positioning.troposphere import ZENITH_ERROR, mapping
from moonstead.navigation.positioning.velocity import velocities
from moonstead.navigation.satellite_states import SatelliteSource
from moonstead.navigation.signals import L1

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Mode = Literal["auto", "broadcast", "free", "none"]
MODES: tuple[Mode, ...] = ("auto", "broadcast", "free", "none")

MASK = float(np.radians(10.0))
LOWEST_MASK = float(np.radians(3.0))  # below, neither troposphere nor ionosphere is modelled
ROUGH = 10.0  # [m] of a code before anything is modelled
ROUGH_LIMITS = Limits(largest_w=6.0, largest_pdop=1e3)
VERTICAL_LEAST = 0.5  # [m] one sigma of a model's vertical delay, at the least
SLANT_SHARE, SLANT_LEAST = 0.25, 0.3  # [1], [m] of the slant delay beyond what the vertical one explains
UNKNOWN_DELAY = 5.0  # [m] of a satellite's delay between signals where the source does not tell it
UNKNOWN = 1e6  # [m2] in rows that are not used


def single_point(
    observations: ObservationFile,
    source: SatelliteSource,
    *,
    systems: str = "GREC",
    ionosphere: Mode = "auto",
    model: IonosphereModel | None = None,
    mask: float = MASK,
    adaptive: bool = True,
    smoothing: float = 0.0,
    limits: Limits | None = None,
    channels: Mapping[str, int] | None = None,
) -> PositionSeries:
    """Position of a receiver at each epoch of a file, from codes alone.

    By default (``ionosphere="auto"``) both signals of each satellite are used with the ionosphere as a random delay
    about a model: a vertical correction of each epoch and a slant rest of each satellite. Where the ionosphere is
    uncertain against the noise this becomes the ionosphere-free combination, where it is well known the average of
    both, and one signal alone still counts. Noise comes from the file's own carrier phases. With `adaptive` the file
    also tells constant biases of its signals (satellites, GLONASS channels, the receiver's delays between signals and
    generations) and the size of each kind of error; this looks at all epochs and so is for finished files.

    Parameters
    ----------
    observations : ObservationFile
        Codes, and phases and Doppler shifts where there are any.
    source : SatelliteSource
        Broadcast messages or precise products.
    systems : str
        Letters of the systems to be mixed; each has a clock of its own.
    ionosphere : str
        ``"auto"``; ``"free"``: combination of two signals, satellites with one are left out; ``"broadcast"``: one
        signal less the model, with the model's vertical error as an unknown; ``"none"``: one signal as it is.
    model : IonosphereModel, optional
        Coefficients of a message, or a map. Without one a usual vertical delay with a large uncertainty.
    mask : float [rad]
        Least elevation.
    adaptive : bool
        Whether to learn biases and sizes of errors from the whole file.
    smoothing : float [s]
        Longest time over which codes are smoothed by carrier phases; 0 for not at all.
    limits : Limits, optional
        Of the tests.
    channels : mapping of str to int, optional
        GLONASS frequency channels that the observation file does not name.

    Returns
    -------
    PositionSeries
        In ITRF, [m]. `notes` tells signals, noise, biases and what was left out.

    Raises
    ------
    InvalidInput
        A letter names no system; the mode or mask is not one; the file holds no codes of the systems.
    MissingData
        Orbits and observations have no satellite in common, or a model is asked for and none is there.

    Source
    ------
    Least squares with stochastic ionosphere: Schaffrin & Bock (1988), Bulletin Geodesique 62, 142 (the weighted
    combination of two frequencies with a prior on the ionosphere); Teunissen & Montenbruck (2017), Springer Handbook
    of Global Navigation Satellite Systems, chapter 21.
    """
    if ionosphere not in MODES:
        raise InvalidInput(f"ionosphere is {ionosphere!r}; it must be one of {', '.join(MODES)}")
    if not LOWEST_MASK <= mask < np.pi / 2.0:
        raise InvalidInput(f"the mask must lie between 3 and 90 degrees, got {np.degrees(mask):.1f}")
    if ionosphere == "broadcast" and model is None:
        raise InvalidInput(
            'ionosphere "broadcast" needs the coefficients of a message; give a navigation file or "auto"'
        )
    limits = limits or Limits()
    rows, notes = gather(observations, systems, channels)
    sky = satellites_of(rows, source)
    letters = [name[0] for name in rows.satellites]
    names = tuple(letter for letter in dict.fromkeys(systems) if letter in letters)
    group = np.array([names.index(letter) for letter in letters], dtype=np.int64)
    raw = rows.code + sky.clock[:, None] - sky.delay
    there = np.isfinite(raw) & sky.usable[:, None]

    rough = _rough(rows, sky, raw, there, group[rows.satellite], len(names))
    faulty = np.any(rough.state == EXCLUDED, axis=1)
    seen = there & (rough.elevation >= mask)[:, None] & ~faulty[:, None]
    receiver = rough.position[rows.epoch]
    code = (
        raw
        - (
            tropospheric_delay(rows, place_of(rough.position), rough.elevation)
            + curvature_delay(sky.position, receiver)
        )[:, None]
    )
    sigma, fitted = code_noise(rows, rough.elevation)
    if smoothing > 0.0:
        change, gain = smoothed(rows, smoothing)
        code, sigma = code + change, sigma * gain
    families = families_of(rows.satellites, float(rows.gpst[0]))
    error = satellite_error(families, rows.satellite, sky.accuracy, sky.point)
    problem, parts = _modelled(
        rows, sky, code, seen, sigma, error, rough, group, ionosphere, model or UsualIonosphere()
    )
    generation = _generations(families)
    problem = _with_generations(problem, generation[rows.satellite])
    constants = _constants(rows.satellite, group, generation, error, parts)
    # delays of satellites that nobody tells last as long as the biases that would be learnt: they cannot be told apart
    adaptive = adaptive and (sky.delays_known or ionosphere == "free")
    learnt = adapt(problem, parts, rows.satellite, constants, limits, rough.position) if adaptive else None
    if learnt is not None and learnt.sampled:
        problem = replace(
            problem,
            code=np.ascontiguousarray(problem.code - learnt.bias[rows.satellite]),
            offset_prior=learnt.offset_prior,
            variance=learnt.parts.variance(calibrated=True),
        )
    found = solve(problem, limits, rough.position)
    if ionosphere == "none":  # whoever leaves the ionosphere in is not protected
        found = replace(found, protection=np.full(found.protection.shape, np.nan))
    speeds = velocities(rows, sky, found)
    told = _told(rows, sky, fitted, learnt, names) | {
        "left_out": list(notes),
        "smoothing": smoothing,
        "vertical_ionosphere_correction": _mean(found.unknowns[:, -1]) if ionosphere in ("auto", "broadcast") else None,
    }
    return make_series(rows, names, rough, found, faulty, speeds, f"single point, {ionosphere}", told)


def _rough(rows: Pseudoranges, sky: Sky, raw: Array, there: Flags, clock: NDArray[np.int64], clocks: int) -> Solution:
    """Positions to some ten metres from one signal each, with nothing modelled but satellites: where to begin."""
    state = there.astype(np.uint8)
    state[there[:, 0], 1] = UNUSED
    count = clock.size
    return solve(
        Problem(
            start=rows.start,
            satellite=sky.position,
            code=np.ascontiguousarray(np.nan_to_num(raw)),
            variance=np.tile([ROUGH**2, 0.0, ROUGH**2], (count, 1)),
            ionosphere=np.zeros((count, 2)),
            clock=clock,
            clocks=clocks,
            extra=np.full((count, 2), -1, dtype=np.int64),
            offset_prior=np.zeros((0, 2)),
            ionosphere_prior=np.zeros(rows.gpst.size),
            state=state,
        ),
        ROUGH_LIMITS,
    )


def _modelled(
    rows: Pseudoranges,
    sky: Sky,
    code: Array,
    seen: Flags,
    sigma: Array,
    error: Array,
    rough: Solution,
    group: NDArray[np.int64],
    mode: Mode,
    model: IonosphereModel,
) -> tuple[Problem, ErrorParts]:
    """Rows with the ionosphere as the mode wants it, and their errors by kind."""
    clock, count, epochs, systems = group[rows.satellite], rows.satellite.size, rows.gpst.size, int(group.max()) + 1
    place = place_of(rough.position)
    delay, factor = model.delay(
        place.latitude[rows.epoch], place.longitude[rows.epoch], rough.elevation, rough.azimuth, rows.gpst[rows.epoch]
    )
    delay = delay * (model.frequency / L1) ** 2
    share = (L1 / rows.frequency) ** 2
    vertical = np.maximum(model.uncertainty * delay / factor, VERTICAL_LEAST)
    slant = SLANT_SHARE * delay + SLANT_LEAST
    if not sky.delays_known:
        slant = np.hypot(slant, UNKNOWN_DELAY)
    satellite = error**2 + (ZENITH_ERROR * mapping(rough.elevation)) ** 2
    alone = np.where(np.array([name[0] for name in rows.satellites]) == "R", CHANNEL_BIAS, SIGNAL_BIAS)[rows.satellite]
    constant = np.tile(alone[:, None] ** 2, (1, 2))
    noise = sigma**2
    slope, prior, there = np.zeros((count, 2)), np.zeros(epochs), np.ones((count, 2), dtype=bool)
    extra, offset_prior = np.full((count, 2), -1, dtype=np.int64), np.zeros((systems, 2))
    offset_prior[:, 1] = SIGNALS_BIAS**2
    if mode in ("auto", "broadcast"):
        code = code - share * delay[:, None]
        slope = share * factor[:, None]
        np.maximum.at(prior, rows.epoch, np.nan_to_num(vertical) ** 2)
        extra[:, 1] = clock
    elif mode == "free":
        squares = rows.frequency**2
        first = squares[:, 0] / (squares[:, 0] - squares[:, 1])
        second = 1.0 - first
        code = np.tile((first * code[:, 0] + second * code[:, 1])[:, None], (1, 2))
        noise = np.tile(((first * sigma[:, 0]) ** 2 + (second * sigma[:, 1]) ** 2)[:, None], (1, 2))
        constant = np.nan_to_num(first**2 + second**2, nan=1.0)[:, None] * constant
        there = np.stack([np.isfinite(code[:, 0]), np.zeros(count, dtype=bool)], axis=1)
        slant = np.zeros(count)
    else:
        slant = np.hypot(slant, delay)
    state = (seen & there & np.isfinite(code)).astype(np.uint8)
    if mode in ("broadcast", "none"):
        state[state[:, 0] == USED, 1] = UNUSED

    def whole(values: Array, fill: float = 0.0) -> Array:
        return np.ascontiguousarray(np.nan_to_num(values, nan=fill, posinf=fill, neginf=fill))

    parts = ErrorParts(
        clock=clock,
        satellite=whole(satellite, UNKNOWN),
        noise=whole(noise, UNKNOWN),
        constant=constant,
        slant=whole(slant**2, UNKNOWN),
        share=whole(share),
        satellite_factor=np.ones(systems),
        noise_factor=np.ones(systems),
        slant_factor=1.0,
        slant_known=sky.delays_known,
    )
    problem = Problem(
        start=rows.start,
        satellite=sky.position,
        code=whole(code),
        variance=parts.variance(calibrated=False),
        ionosphere=whole(slope),
        clock=clock,
        clocks=systems,
        extra=extra,
        offset_prior=offset_prior,
        ionosphere_prior=prior,
        state=state,
    )
    return problem, parts


def _generations(families: tuple[str, ...]) -> NDArray[np.int64]:
    """0 for satellites of a generation with an offset of its own: BeiDou-3 where BeiDou-2 is there; else -1."""
    mixed = any(name.startswith("C2") for name in families)
    return np.array([0 if mixed and name.startswith("C3") else -1 for name in families], dtype=np.int64)


def _with_generations(problem: Problem, generation: NDArray[np.int64]) -> Problem:
    """The problem with an offset for rows of a generation that has one."""
    if not np.any(generation >= 0):
        return problem
    extra = problem.extra.copy()
    extra[generation >= 0, 0] = problem.offset_prior.shape[0]
    return replace(problem, extra=extra, offset_prior=np.vstack([problem.offset_prior, [0.0, GENERATION_BIAS**2]]))


def _constants(
    satellite: NDArray[np.int64],
    group: NDArray[np.int64],
    generation: NDArray[np.int64],
    error: Array,
    parts: ErrorParts,
) -> Constants:
    """What is assumed of the biases of each satellite."""
    common, alone = np.ones(group.size), np.ones(group.size)
    common[satellite] = np.nan_to_num(error, nan=1.0)
    alone[satellite] = np.sqrt(parts.constant[:, 0])
    return Constants(group, generation, common, alone)


def _mean(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.mean(known)) if known.size else None


def _told(
    rows: Pseudoranges,
    sky: Sky,
    fitted: dict[str, tuple[float, float]],
    learnt: Adapted | None,
    names: tuple[str, ...],
) -> dict[str, Any]:
    """What else was decided and learnt, in plain values [m]."""
    pairs = zip(rows.satellites, rows.signals, strict=True)
    told: dict[str, Any] = {
        "signals": {name: [code for code in pair if code] for name, pair in pairs},
        "code_noise": {kind: {"floor": a, "over_sine": b} for kind, (a, b) in fitted.items()},
        "unhealthy": sorted({rows.satellites[number] for number in set(rows.satellite[sky.unhealthy].tolist())}),
        "learnt_from_epochs": 0 if learnt is None else learnt.sampled,
    }
    if learnt is not None and learnt.sampled:
        parts = learnt.parts
        told["biases"] = {
            name: {"bias": learnt.bias[number].tolist(), "sigma": learnt.sigma[number].tolist()}
            for number, name in enumerate(rows.satellites)
        }
        told["error_factors"] = {
            "satellite": dict(zip(names, np.sqrt(parts.satellite_factor).tolist(), strict=True)),
            "noise": dict(zip(names, np.sqrt(parts.noise_factor).tolist(), strict=True)),
            "slant_ionosphere": float(np.sqrt(parts.slant_factor)),
        }
    return told
