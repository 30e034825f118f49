"""`moonstead gnss orbit`: orbits fitted to precise products, predicted, scored, written as messages."""

from __future__ import annotations

import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress
from moonstead.foundation.errors import InvalidInput, NumericalFailure

if TYPE_CHECKING:
    from moonstead.formats.sp3 import PreciseOrbits
    from moonstead.foundation.data import DataContext
    from moonstead.navigation.orbit_determination.encode import EncodedMessages
    from moonstead.navigation.orbit_determination.fits import OrbitFits
    from moonstead.navigation.orbit_determination.fitted_orbit import FittedOrbit

NAME = "orbit"
MESSAGE_REACH = 7200.0  # [s] that a message may hold past the prediction it tells
MOST_HOURS = 240.0  # [h] of prediction
NANO = 1e9


class Model(StrEnum):
    """Solar radiation."""

    ECOM = "ecom"
    ECOM9 = "ecom9"
    ECOM2 = "ecom2"
    BOX_WING = "box-wing"


def command(
    files: Annotated[list[Path], typer.Argument(metavar="SP3...", help="Precise orbits; the first day is fitted.")],
    satellites: Annotated[
        str | None, typer.Option(metavar="R|R01,R02", help="Systems or satellites; all if left out.")
    ] = None,
    model: Annotated[Model, typer.Option(help="Of solar radiation.")] = Model.ECOM2,
    fit_day: Annotated[int, typer.Option(metavar="N", min=1, help="Which of the files, in time, is fitted.")] = 1,
    predict: Annotated[str, typer.Option(metavar="TIME", help='How far beyond the fit, such as "24 h".')] = "24 h",
    against: Annotated[
        list[Path] | None, typer.Option(metavar="SP3", help="Truth of the prediction; else the later files.")
    ] = None,
    pulses: Annotated[
        str | None, typer.Option(metavar="TIME", help="Let the velocity jump so often, by 1 um/s a priori.")
    ] = None,
    message: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the prediction as broadcast messages, RINEX 3.05.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write fit and prediction as SP3.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Fit orbits of navigation satellites to a day of precise positions, fly them on, and say how well.

    Of several SP3 files the first in time is fitted (`--fit-day`) and the later ones judge the prediction, unless
    `--against` names others. Sigmas hold if the positions that were fitted are right; messages describe the antenna
    where its offset is known.
    """
    from moonstead.formats.sp3 import read_sp3
    from moonstead.navigation.orbit_determination.fits import fit_orbits

    context = open_data(data)
    fitted, later = _days(read_sp3(files), fit_day)
    truth = read_sp3(against) if against else later
    ahead = _seconds(predict, "--predict")
    end = float(fitted.gpst[-1]) + ahead
    reach = MESSAGE_REACH if message is not None else 0.0
    with progress(quiet=as_json) as bars:
        task = bars.add_task("orbits", total=None)
        fits = fit_orbits(
            fitted,
            context,
            satellites=None if satellites is None else [name.strip().upper() for name in satellites.split(",")],
            model=model.value,
            until=end + reach,
            pulse_interval=None if pulses is None else _seconds(pulses, "--pulses"),
            progress=lambda name: bars.update(task, description=name, advance=1),
        )
    if not fits.orbits:
        name, why = next(iter(fits.failed.items()))
        raise NumericalFailure(f"none of {len(fits.failed)} orbits could be fitted; {name}: {why}")
    answer = _about(fitted, truth, files, model, ahead) | {
        "satellites": [_orbit(orbit, truth, end) for orbit in fits.orbits],
        "failed": fits.failed,
    }
    answer["summary"] = _summary(answer["satellites"])
    if message is not None:
        answer["message"] = _write_message(message, fits, float(fitted.gpst[-1]), end, truth, context)
    if out is not None:
        answer["out"] = _write_product(out, fits, fitted, end)
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _days(precise: PreciseOrbits, fit_day: int) -> tuple[PreciseOrbits, PreciseOrbits | None]:
    """The epochs of one file, and those of the later ones."""
    import numpy as np

    from moonstead.navigation.orbit_determination.fits import epochs_of

    day = precise.day if precise.day.size else np.zeros(precise.gpst.size, dtype=np.int16)
    if fit_day > int(day.max()) + 1:
        raise InvalidInput(f"--fit-day {fit_day} was asked, but {int(day.max()) + 1} file(s) were given")
    chosen = day == fit_day - 1
    later = precise.gpst > precise.gpst[chosen][-1]
    return epochs_of(precise, chosen), epochs_of(precise, later) if later.any() else None


def _seconds(text: str, option: str) -> float:
    from moonstead.foundation.units import parse_quantity

    value = parse_quantity(text, "time")
    if not 0.0 < value <= MOST_HOURS * 3600.0:
        raise InvalidInput(f"{option} is a time of up to {MOST_HOURS:g} h; got {text!r}")
    return value


def _about(
    fitted: PreciseOrbits, truth: PreciseOrbits | None, files: list[Path], model: Model, ahead: float
) -> dict[str, Any]:
    from moonstead.formats.gnss_time import gpst_text

    return {
        "files": files,
        "model": model.value,
        "fit_from_gpst": gpst_text(float(fitted.gpst[0])),
        "fit_until_gpst": gpst_text(float(fitted.gpst[-1])),
        "fitted_product": fitted.agency,
        "prediction_h": ahead / 3600.0,
        "truth": None if truth is None else truth.agency,
        "parameters_unit": "nm/s2 at 1 au; pulses in um/s",
    }


def _orbit(orbit: FittedOrbit, truth: PreciseOrbits | None, end: float) -> dict[str, Any]:
    import numpy as np

    from moonstead.navigation.satellites import satellite_facts

    radial, along, cross = orbit.rms.tolist()
    units = [NANO if not name.startswith("pulse") else 1e6 for name in orbit.names[6:]]
    sigma = np.sqrt(np.diagonal(orbit.position_covariance([min(end, orbit.last_gpst)])[0]))
    return {
        "satellite": orbit.satellite,
        "block": satellite_facts(orbit.satellite, orbit.fit_span[0]).block,
        "positions": int(orbit.gpst.size),
        "rejected": orbit.rejected,
        "fit_rms_3d_m": orbit.rms_3d,
        "fit_rms_radial_m": radial,
        "fit_rms_along_m": along,
        "fit_rms_cross_m": cross,
        "eclipsed_share": orbit.eclipsed,
        "sun_elevation_deg": math.degrees(orbit.flight.sun_elevation),
        "state_icrf_m_mps": orbit.values[:6].tolist(),
        "state_sigma_m_mps": orbit.sigmas[:6].tolist(),
        "parameters": {
            name: {"value": value * unit, "sigma": sigma_of * unit}
            for name, value, sigma_of, unit in zip(
                orbit.names[6:], orbit.values[6:].tolist(), orbit.sigmas[6:].tolist(), units, strict=True
            )
        },
        "end_sigma_radial_m": float(sigma[0]),
        "end_sigma_along_m": float(sigma[1]),
        "end_sigma_cross_m": float(sigma[2]),
        "prediction": _prediction(orbit, truth, end),
    }


def _prediction(orbit: FittedOrbit, truth: PreciseOrbits | None, end: float) -> dict[str, Any] | None:
    """Errors of the prediction; None without a truth."""
    import numpy as np

    from moonstead.navigation.orbit_determination.fits import orbit_errors

    if truth is None or orbit.satellite not in truth.satellites:
        return None
    position = truth.position[:, truth.satellites.index(orbit.satellite)]
    judged = np.isfinite(position[:, 0]) & (truth.gpst > orbit.fit_span[1]) & (truth.gpst <= end)
    if not judged.any():
        return None
    off = orbit_errors(orbit, truth.gpst[judged], position[judged])
    distance = np.linalg.norm(off, axis=1)
    radial, along, cross = np.sqrt(np.mean(off**2, axis=0)).tolist()
    hours = (truth.gpst[judged] - orbit.fit_span[1]) / 3600.0
    return {
        "epochs": int(distance.size),
        "median_3d_m": float(np.median(distance)),
        "rms_3d_m": float(np.sqrt(np.mean(distance**2))),
        "rms_radial_m": radial,
        "rms_along_m": along,
        "rms_cross_m": cross,
        "last_3d_m": float(distance[-1]),
        "growth": [
            {"until_h": float(limit), "rms_3d_m": float(np.sqrt(np.mean(distance[part] ** 2)))}
            for limit in np.arange(6.0, hours[-1] + 6.0, 6.0)
            if (part := (hours > limit - 6.0) & (hours <= limit)).any()
        ],
    }


def _summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each system."""
    import numpy as np

    summary = []
    for system in sorted({row["satellite"][0] for row in rows}):
        mine = [row for row in rows if row["satellite"][0] == system]
        judged = [row["prediction"] for row in mine if row["prediction"]]
        summary.append(
            {
                "system": system,
                "satellites": len(mine),
                "fit_rms_3d_worst_m": max(row["fit_rms_3d_m"] for row in mine),
                "fit_rms_3d_median_m": float(np.median([row["fit_rms_3d_m"] for row in mine])),
                "prediction_median_of_medians_m": float(np.median([one["median_3d_m"] for one in judged]))
                if judged
                else math.nan,
                "prediction_rms_3d_m": float(np.sqrt(np.mean([one["rms_3d_m"] ** 2 for one in judged])))
                if judged
                else math.nan,
            }
        )
    return summary


def _write_message(
    path: Path, fits: OrbitFits, first: float, last: float, truth: PreciseOrbits | None, data: DataContext
) -> dict[str, Any]:
    """Write messages of all predicted orbits; how well they say them, and their score."""
    from moonstead.formats.broadcast_messages import joined
    from moonstead.formats.rinex_navigation import write_navigation
    from moonstead.navigation.orbit_determination.encode import PLANS, encode_broadcast

    written: dict[str, EncodedMessages] = {}
    left_out: dict[str, str] = {}
    for orbit in fits.orbits:
        name = orbit.satellite
        if name[0] not in PLANS:
            left_out[name] = "messages of this system are not written"
        elif name not in fits.clocks:
            left_out[name] = "the product has too few clocks of it"
        else:
            written[name] = encode_broadcast(orbit, first, last + MESSAGE_REACH, clock=fits.clocks[name])
    if not written:
        raise InvalidInput(f"no message can be written: {'; '.join(f'{k}: {v}' for k, v in left_out.items())}")
    messages = joined([one.messages for one in written.values()])
    write_navigation(path, messages)
    answer: dict[str, Any] = {
        "file": path,
        "left_out": left_out,
        "satellites": [
            {
                "satellite": name,
                "messages": len(one.messages),
                "point": one.point,
                "fit_rms_m": one.fit_rms,
                "sent_rms_m": one.sent_rms,
            }
            for name, one in written.items()
        ],
    }
    if truth is not None:
        from dataclasses import asdict

        from moonstead.navigation.monitoring.antenna_offsets import antenna_offsets
        from moonstead.navigation.orbit_determination.score import score_messages

        rows = score_messages(messages, truth, antenna_offsets(truth, data))
        answer["score"] = [_scored(asdict(row)) for row in rows]
    return answer


def _scored(row: dict[str, Any]) -> dict[str, Any]:
    """A row of scores with units in its keys."""
    plain = ("name", "satellites", "pairs", "gross", "clocks")
    return {key if key in plain else f"{key}_m": value for key, value in row.items()}


def _write_product(path: Path, fits: OrbitFits, fitted: PreciseOrbits, end: float) -> Path:
    import numpy as np

    from moonstead.formats.sp3_writer import write_sp3
    from moonstead.navigation.orbit_determination.fits import product_of

    epochs = np.arange(float(fitted.gpst[0]), end + 1e-3, fitted.interval)
    write_sp3(path, product_of(fits, epochs, known=fitted))
    return path


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['fitted_product']}, fitted {answer['fit_from_gpst']} to {answer['fit_until_gpst']} with "
        f"{answer['model']}, predicted {answer['prediction_h']:g} h; errors in m\n"
    )
    rows = []
    for row in answer["satellites"]:
        found = row["prediction"]
        shown = [f"{found[key]:.3f}" for key in ("median_3d_m", "rms_3d_m")] if found else ["-", "-"]
        force = row["parameters"].get("D0", {"value": math.nan})
        rows.append(
            [
                row["satellite"],
                row["block"],
                f"{row['fit_rms_3d_m']:.4f}",
                f"{row['fit_rms_radial_m']:.4f}",
                f"{row['fit_rms_along_m']:.4f}",
                f"{row['fit_rms_cross_m']:.4f}",
                *shown,
                f"{row['end_sigma_along_m']:.2f}",
                f"{force['value']:.2f}",
                f"{row['eclipsed_share']:.0%}",
            ]
        )
    headings = ["", "block", "fit 3-D", "radial", "along", "cross", "median", "RMS", "sigma", "D0 nm/s2", "eclipsed"]
    print_table(headings, rows, right=range(2, 11))
    for name, why in answer["failed"].items():
        sys.stdout.write(f"{name}: {why}\n")
    for row in answer["summary"]:
        sys.stdout.write(
            f"{row['system']}: {row['satellites']} satellites, fit at worst {row['fit_rms_3d_worst_m']:.3f} m; "
            f"prediction RMS {row['prediction_rms_3d_m']:.3f} m\n"
        )
    for row in answer.get("message", {}).get("score", []):
        sys.stdout.write(
            f"messages of {row['name']}: SISRE {row['sisre_rms_m']:.2f} m, orbit alone {row['orbit_rms_m']:.2f} m\n"
        )
