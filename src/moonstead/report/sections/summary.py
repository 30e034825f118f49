"""First page: the headline figures with their verdicts."""

from __future__ import annotations

from typing import Any

from moonstead.report.html import Section, number, paragraph, text
from moonstead.report.run_folder import RunFolder

ORDER = 0
WORDS = {"good": "holds", "poor": "tight", "bad": "fails", "": ""}


def section(run: RunFolder) -> Section | None:
    """Cards of all headline figures, those with a verdict first."""
    judged = [figure for figure in run.figures if figure.get("verdict")]
    others = [figure for figure in run.figures if not figure.get("verdict")]
    order = {"bad": 0, "poor": 1, "good": 2}
    judged.sort(key=lambda figure: order[figure["verdict"]])
    failing = sum(figure["verdict"] == "bad" for figure in judged)
    body = paragraph(_sentence(len(judged), failing))
    body += f'<div class="cards">{"".join(_card(figure) for figure in judged)}</div>'
    if others:
        body += "<h3>Further figures</h3>" + f'<div class="cards">{"".join(_card(figure) for figure in others)}</div>'
    return Section("summary", "At a glance", body)


def _sentence(judged: int, failing: int) -> str:
    if not judged:
        return "The scenario sets no demand to judge by; the figures below say what was found."
    if not failing:
        return f"All {judged} demands of the scenario that can be judged hold."
    return f"{failing} of {judged} demands of the scenario do not hold; they come first."


def _card(figure: dict[str, Any]) -> str:
    value = figure["value"]
    shown = number(float(value)) if isinstance(value, int | float) else str(value).replace("T", " ").replace(":00Z", "")
    unit = "" if figure["unit"] in ("1", "") else figure["unit"]
    if figure["unit"] == "1" and isinstance(value, float):
        shown, unit = number(100.0 * value), "%"
    verdict = figure.get("verdict", "")
    label = f'<div class="verdict">{text(WORDS[verdict])}</div>' if verdict else ""
    return (
        f'<div class="card {text(verdict)}">{label}<div class="value">{text(shown)} '
        f'<span class="unit">{text(unit)}</span></div><div class="name">{text(figure["name"])}</div>'
        f'<div class="how">{text(figure["how"])}</div></div>'
    )
