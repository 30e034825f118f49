"""The Earth's navigation systems: how good their messages were, how they served the Earth, where receivers were."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.html import Section, details, heading, number, paragraph, plot, table
from moonstead.report.navigation_figures import age_curve, availability, group_errors, station_errors, station_sky
from moonstead.report.run_folder import RunFolder

ORDER = 48
NAMES = {"G": "GPS", "R": "GLONASS", "E": "Galileo", "C": "BeiDou", "J": "QZSS", "I": "NavIC", "S": "SBAS"}
NANOSECOND, DAY = 1e-9, 86_400.0  # [s]
MOST_EVENTS = 30
SHOWN = (
    ("pairs", "pairs"),
    ("radial_mean", "radial, mean"),
    ("radial_std", "std"),
    ("along_rms", "along"),
    ("cross_rms", "across"),
    ("clock_rms", "clock"),
    ("sisre_rms", "SISRE"),
    ("sisre_95", "95 %"),
    ("sisre_unbiased_rms", "unbiased"),
    ("orbit_rms", "orbit alone"),
    ("sisre_rms_antenna", "with antenna offsets"),
)
INDICATORS = {
    "sisre_95": "range error of 95 % [m]",
    "sisre_rms": "range error, RMS [m]",
    "pdop_availability": "PDOP within 6, over the Earth [%]",
    "pdop_availability_worst": "PDOP within 6, worst cell [%]",
    "healthy_share": "healthy signals [%]",
    "continuity_hour": "hours without interruption [%]",
}


def section(run: RunFolder) -> Section | None:
    """Range errors, events, maps and time offsets of the systems, then each station."""
    day = run.facts("navigation-day")
    stations = [
        name for task in run.manifest["tasks"] if (name := task["id"].removeprefix("navigation-station.")) != task["id"]
    ]
    if not day and not stations:
        return None
    body = paragraph("Messages, orbits and observations of this page are real files; nothing of it is simulated.")
    if day.get("why_not"):
        body += paragraph(f"The systems are not judged: {day['why_not']}.", "caveat")
    elif day:
        body += _systems(run, day)
    return Section(
        "navigation-ground", "Navigation systems of the Earth", body + "".join(_station(run, s) for s in stations)
    )


def _systems(run: RunFolder, day: dict[str, Any]) -> str:
    body = heading("Signals in space")
    body += paragraph(
        f"Broadcast messages against orbits and clocks of {day['agency']}, {day['start_utc']} to {day['stop_utc']}. "
        "Medians of the clocks are removed by group and epoch, means of radial errors by group: messages are of "
        f"antennas, precise orbits of centres of mass. Antenna offsets for the last column: {day['antenna_offsets']}."
    )
    if day["fault_count"]:
        body += paragraph(f"{day['fault_count']} faults of the files; the first: {day['faults'][0]}", "caveat")
    errors = run.table("navigation-sisre").columns
    body += _errors(errors, ("group",)) + details("Blocks and satellites", _errors(errors, ("block", "satellite")))
    body += plot(
        "navigation-errors",
        group_errors(run.table("navigation-range-errors").columns),
        360,
        "Range errors of groups of satellites that share a system time and signals.",
    )
    body += plot(
        "navigation-ages",
        age_curve(run.table("navigation-ages").columns),
        320,
        "Range errors by the age of the message, each satellite's mean removed.",
    )
    return body + _service(run, day) + _events(run) + _times(run)


def _errors(columns: dict[str, Any], kinds: tuple[str, ...]) -> str:
    rows = [
        [str(columns["name"][k]), int(columns["pairs"][k]), *(float(columns[key][k]) for key, _ in SHOWN[1:])]
        for k in range(columns["name"].size)
        if columns["kind"][k] in kinds
    ]
    return table(["errors in m", *(words for _, words in SHOWN)], rows)


def _service(run: RunFolder, day: dict[str, Any]) -> str:
    rows = [
        [
            NAMES.get(one["system"], one["system"]),
            one["satellites"],
            " ".join(one["out_of_service"]) or "none",
            _share(one["message_share"]),
            _share(one["healthy_share"]),
            _share(one["continuity_hour"]),
        ]
        for one in day["systems"]
    ]
    header = ["system", "satellites", "out of service", "with messages [%]", "healthy [%]", "hours without break [%]"]
    body = heading("Service") + table(header, rows)
    maps = [
        [
            _named(one["systems"]),
            _share(one["availability"]),
            _share(one["worst"]),
            _number(one["pdop_median"]),
            _number(one["pdop_median_by_area"]),
            _number(one["mean_visible"]),
        ]
        for one in day["maps"]
    ]
    header = ["systems", "PDOP within 6 [%]", "worst cell [%]", "median PDOP", "by area", "in view"]
    body += table(header, maps)
    columns = run.table("navigation-dilution").columns
    for one in day["maps"]:
        letters = one["systems"]
        caption = (
            f"{_named(letters)}: share of the time with a dilution of position within 6, mask "
            f"{number(np.degrees(day['mask']))} deg, satellites in service, one clock in common."
        )
        body += plot(f"navigation-dilution-{letters}", availability(columns, letters), 360, caption, width=760)
    return body + _indicators(run)


def _indicators(run: RunFolder) -> str:
    columns = run.table("navigation-indicators").columns
    rows = []
    for k in range(columns["system"].size):
        name = str(columns["indicator"][k])
        scale = 1.0 if name.startswith("sisre") else 100.0
        side = "at most" if columns["at_most"][k] else "at least"
        source = str(columns["source"][k])
        rows.append(
            [
                NAMES.get(str(columns["system"][k]), str(columns["system"][k])),
                INDICATORS.get(name, name),
                number(scale * float(columns["value"][k]), 4),
                f"{side} {number(scale * float(columns['limit'][k]), 4)}",
                "met" if columns["met"][k] else "not met",
                f"{float(columns['span'][k]) / DAY:.0f} d",
                source if columns["known"][k] == "quoted" else f"{source} (limit recalled, to be checked)",
            ]
        )
    if not rows:
        return ""
    words = "A verdict is of the span at hand alone; promises are made for the span that stands beside them."
    header = ["system", "indicator", "here", "promised", "verdict", "over", "document"]
    return heading("Against the operators' promises", 4) + table(header, rows) + paragraph(words)


def _events(run: RunFolder) -> str:
    columns = run.table("navigation-events").columns
    count = columns["satellite"].size
    if not count:
        return heading("Events", 4) + paragraph("No satellite misled, warned or jumped.")
    rows = [
        [
            str(columns["satellite"][k]),
            str(columns["kind"][k]),
            str(columns["start_utc"][k]),
            str(columns["stop_utc"][k]),
            int(columns["epochs"][k]),
            _number(float(columns["error"][k])),
            _number(float(columns["limit"][k])),
        ]
        for k in range(min(count, MOST_EVENTS))
    ]
    more = paragraph(f"{count - MOST_EVENTS} more are in the table navigation-events.") if count > MOST_EVENTS else ""
    header = ["satellite", "what", "from (UTC)", "until (UTC)", "epochs", "error [m]", "limit [m]"]
    return heading("Events", 4) + table(header, rows) + more


def _times(run: RunFolder) -> str:
    columns = run.table("navigation-times").columns
    rows = [
        [
            str(columns["text"][k]),
            "messages" if columns["by"][k] == "told" else "clocks",
            number(float(columns["offset"][k]) / NANOSECOND),
            number(float(columns["rate"][k]) * DAY / NANOSECOND),
            _number(float(columns["promised"][k]) / NANOSECOND),
        ]
        for k in range(columns["text"].size)
    ]
    if not rows:
        return ""
    words = "Offsets by clocks hold the biases of the signals and of the product's receivers. UTC without leap seconds."
    header = ["time", "by", "offset [ns]", "drift [ns/d]", "kept within [ns]"]
    return heading("Time offsets", 4) + table(header, rows) + paragraph(words)


def _station(run: RunFolder, name: str) -> str:
    facts = run.facts(f"navigation-station.{name}")
    body = heading(f"Station {name}")
    if facts["why_not"]:
        return body + paragraph(f"No positions: {facts['why_not']}.", "caveat")
    body += paragraph(
        f"{facts['method']}, {_named(facts['systems'])}, {facts['orbits']} orbits, of the {facts['point']}: "
        f"{facts['solved']} of {facts['epochs']} epochs. Against {facts['against']}: RMS {number(facts['rms_3d'])} m, "
        f"median {number(facts['median_3d'])} m, 95 % within {number(facts['p95_3d'])} m, in three dimensions."
    )
    rows = [
        [axis, float(mean), float(scatter)]
        for axis, mean, scatter in zip(("east", "north", "up"), facts["mean"], facts["scatter"], strict=True)
    ]
    body += table(["axis", "mean [m]", "standard deviation [m]"], rows)
    series, sky = run.table(f"navigation-station.{name}").columns, run.table(f"navigation-station-sky.{name}").columns
    body += plot(f"navigation-station-{name}", station_errors(series), 340, f"{name}: errors of its positions.")
    caption = f"Sky of {name}, the zenith in the middle; colours by system, crosses where a measurement was left out."
    return body + plot(f"navigation-station-sky-{name}", station_sky(sky), 460, caption, width=520)


def _named(letters: str) -> str:
    return " + ".join(NAMES.get(letter, letter) for letter in letters)


def _share(value: float | None) -> str:
    return "–" if value is None else number(100.0 * value, 4)


def _number(value: float | None) -> str:
    return "–" if value is None else number(value)
