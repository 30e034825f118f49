"""One self-contained HTML file from a run folder."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from moonstead.foundation.errors import MissingData
from moonstead.report import sections
from moonstead.report.html import Section, text
from moonstead.report.run_folder import RunFolder
from moonstead.run.code_version import showing_code
from moonstead.run.store import write_text

REPORT = "report.html"
STAMP = "moonstead-report-key"


def build_report(folder: Path) -> Path:
    """Build ``report.html`` in a run folder, or keep it where nothing it shows has changed.

    Parameters
    ----------
    folder : Path
        A finished run.

    Returns
    -------
    Path
        The report; it needs no other file and no network.

    Raises
    ------
    MissingData
        The folder holds no finished run.
    """
    run = RunFolder.open(folder)
    path = folder / REPORT
    if report_is_current(folder):
        return path
    write_text(path, page(run, report_key(folder)))
    return path


def report_key(folder: Path) -> str:
    """Hash [64 hex digits] of all that the report shows and of the code that shows it."""
    digest = hashlib.sha256(showing_code().encode())
    for name in ("manifest.json", "summary.json"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def report_is_current(folder: Path) -> bool:
    """Whether the report of a run folder shows what the folder holds."""
    try:
        with (folder / REPORT).open(encoding="utf-8") as stream:
            begin = stream.read(600)
        return f'name="{STAMP}" content="{report_key(folder)}"' in begin
    except OSError:
        return False


def page(run: RunFolder, key: str) -> str:
    """Return the whole report as HTML."""
    pages = [made for module in _section_modules() if (made := module.section(run)) is not None]
    scenario = run.scenario
    partners = ", ".join(partner["name"] for partner in scenario["partners"])
    links = "".join(f'<a href="#{text(made.anchor)}">{text(made.title)}</a>' for made in pages)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="{STAMP}" content="{key}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{text(scenario["title"])}</title>
<link rel="icon" href="data:,"><style>{_asset("page.css")}</style></head>
<body><header><h1>{text(scenario["title"])}</h1><p>{text(scenario.get("description") or "")}</p>
<p>{_date(scenario["start"])} to {_date(scenario["stop"])} (UTC) · {text(partners)}</p></header>
<nav>{links}</nav><main>{"".join(_section(made) for made in pages)}</main>
<footer>Made by Moonstead {text(run.manifest["moonstead"])} from {text(run.manifest["scenario_file"])}.
Everything shown is simulated from the models and data listed at the end.</footer>
<script>{_plotly()}</script><script>{_asset("page.js")}</script></body></html>
"""


def _section(made: Section) -> str:
    return f'<section id="{text(made.anchor)}"><h2>{text(made.title)}</h2>{made.body}</section>'


def _section_modules() -> Iterator[ModuleType]:
    names = [info.name for info in pkgutil.iter_modules(sections.__path__)]
    modules = [importlib.import_module(f"{sections.__name__}.{name}") for name in names]
    yield from sorted(modules, key=lambda module: module.ORDER)


def _date(moment: str) -> str:
    return text(moment[:10])


def _asset(name: str) -> str:
    return files("moonstead.report").joinpath(name).read_text(encoding="utf-8")


def _plotly() -> str:
    """Return the plotting script from the installed package, without importing the package."""
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise MissingData("the report needs the package plotly; install it with: pip install plotly")
    script = (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return script.replace("</script", "<\\/script")
