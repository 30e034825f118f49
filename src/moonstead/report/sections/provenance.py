"""Where every figure comes from: assumptions, models with their papers, data with hashes, warnings."""

from __future__ import annotations

from moonstead.report.html import Section, details, heading, paragraph, table, text
from moonstead.report.run_folder import RunFolder
from moonstead.run.models import ASSUMPTIONS, MODELS

ORDER = 90


def section(run: RunFolder) -> Section | None:
    """Assumptions, models, data, warnings and the steps of the run."""
    body = heading("Warnings")
    warnings = run.manifest["warnings"]
    body += _list(warnings) if warnings else paragraph("None.")
    used = [key for key in run.manifest["models"] if key in MODELS]
    assumed = [ASSUMPTIONS[key] for key in used if key in ASSUMPTIONS]
    body += heading("What was assumed") + (_list(assumed) if assumed else paragraph("Nothing beyond the models below."))
    body += heading("Models and their papers")
    body += table(["model", "source"], [[MODELS[key].name, MODELS[key].source] for key in used])
    body += heading("Data")
    rows = [
        [row["name"], row["file"], row["package"] or "folder", row["origin"], row["licence"], row["sha256"][:16]]
        for row in run.manifest["data"]
    ]
    body += table(["data set", "file", "package", "origin", "licence", "SHA-256, first 16"], rows)
    steps = [[task["title"], float(task["seconds"]), task["key"][:12]] for task in run.manifest["tasks"]]
    body += details("Steps of this run", table(["step", "wall time when computed [s]", "key"], steps))
    versions = (
        f"Moonstead {run.manifest['moonstead']}, code {run.manifest['code'][:16]}, Python {run.manifest['python']}"
    )
    body += paragraph(versions, "note")
    return Section("provenance", "Assumptions, models, data", body)


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{text(item)}</li>" for item in items) + "</ul>"
