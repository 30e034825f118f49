"""Orbits of the Earth's navigation satellites: how well they were fitted, and foretold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import axis, figure
from moonstead.report.html import Section, details, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 49
TASK = "navigation-orbits"
HOUR, NANO, PERCENT = 3600.0, 1e-9, 0.01
BIN = 1.0  # [h] of the curve of errors
NAMES = {"G": "GPS", "R": "GLONASS", "E": "Galileo", "C": "BeiDou", "J": "QZSS", "I": "NavIC"}
Columns = dict[str, NDArray[Any]]


def section(run: RunFolder) -> Section | None:
    """Fits by block, the curve of errors of the prediction, and each satellite."""
    facts = run.facts(TASK)
    if not facts:
        return None
    title = "Orbits of navigation satellites"
    if facts.get("why_not"):
        return Section(TASK, title, paragraph(f"Orbits are not fitted: {facts['why_not']}.", "caveat"))
    orbits, errors = run.table("navigation-orbits").columns, run.table("navigation-orbit-errors").columns
    body = paragraph(
        f"Precise orbits of {facts['agency']} are fitted from {facts['start_utc']} to {facts['fit_stop_utc']} and "
        f"flown on to {facts['stop_utc']}, where the same centre's orbits judge them: gravity to degree 12, Sun, Moon, "
        "Venus and Jupiter, tides of the solid Earth, relativity, light of the Sun (nine parameters of ECOM2) and of "
        "the Earth, recoil of the antenna. Nine parameters and six of the state are sought for each satellite."
    )
    body += table(
        ["distances in m", "satellites", "fit, median", "fit, worst", "prediction, median", "prediction, RMS"],
        [_row(block, orbits, orbits["block"] == block) for block in dict.fromkeys(sorted(orbits["block"].tolist()))],
    )
    body += plot(
        "navigation-orbit-errors",
        _growth(errors),
        340,
        "Distance of predicted from precise orbits, root mean square over the satellites of a system (line) and as "
        "foretold with the fit (dashes).",
    )
    rows = [
        [
            str(orbits["satellite"][k]),
            str(orbits["block"][k]),
            *(float(orbits[key][k]) for key in ("fit", "radial", "along", "cross", "predicted_median")),
            float(orbits["push"][k] / NANO),
            float(orbits["eclipsed"][k] / PERCENT),
            float(np.degrees(orbits["sun_elevation"][k])),
        ]
        for k in range(orbits["satellite"].size)
    ]
    header = [
        "",
        "block",
        "fit [m]",
        "radial",
        "along",
        "across",
        "prediction, median [m]",
        "push along the Sun [nm/s2]",
    ]
    body += details("Each satellite", table([*header, "eclipsed [%]", "Sun over the orbit [deg]"], rows))
    if facts["failed"]:
        words = "; ".join(f"{name}: {why}" for name, why in facts["failed"].items())
        body += paragraph(f"Without an orbit: {words}.", "caveat")
    return Section(TASK, title, body)


def _row(block: str, orbits: Columns, here: NDArray[np.bool_]) -> list[object]:
    judged = np.isfinite(orbits["predicted_median"]) & here
    median = float(np.median(orbits["predicted_median"][judged])) if judged.any() else "none"
    rms = float(np.sqrt(np.mean(orbits["predicted_rms"][judged] ** 2))) if judged.any() else "none"
    fit = orbits["fit"][here]
    return [block, int(here.sum()), float(np.median(fit)), float(fit.max()), median, rms]


def _growth(errors: Columns) -> dict[str, Any]:
    """Errors by the time since the fit."""
    traces: list[dict[str, Any]] = []
    letters = errors["satellite"].astype("<U1")
    for system in np.unique(letters).tolist():
        here = letters == system
        hour = np.floor(errors["ahead"][here] / HOUR / BIN).astype(int)
        count = np.bincount(hour)
        there = count > 0
        middle = BIN * (np.flatnonzero(there) + 0.5)
        for key, dash in (("error", "solid"), ("sigma", "dash")):
            mean = np.sqrt(np.bincount(hour, errors[key][here] ** 2)[there] / count[there])
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": NAMES.get(system, system) + (" as foretold" if key == "sigma" else ""),
                    "x": middle.tolist(),
                    "y": np.round(mean, 4).tolist(),
                    "line": {"dash": dash},
                }
            )
    return figure(
        traces, xaxis=axis("time since the last position that was fitted [h]"), yaxis=axis("distance [m]", type="log")
    )
