"""A finished run as the report sees it: manifest, summary and tables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moonstead.foundation.errors import MissingData
from moonstead.run.tables import Table, read_table


@dataclass(frozen=True)
class RunFolder:
    """What lies in a run folder.

    Attributes
    ----------
    folder : Path
        The folder itself.
    manifest : dict
        Versions, scenario, tasks, data and warnings, as in ``manifest.json``.
    figures : list of dict
        Headline figures, as in ``summary.json``.
    """

    folder: Path
    manifest: dict[str, Any]
    figures: list[dict[str, Any]]

    @classmethod
    def open(cls, folder: Path) -> RunFolder:
        """Open a run folder.

        Raises
        ------
        MissingData
            The folder holds no finished run.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
            return cls(folder, manifest, summary["figures"])
        except FileNotFoundError as error:
            raise MissingData(
                f"{folder} holds no finished run ({Path(error.filename).name} is missing); make one with: "
                f"moonstead run SCENARIO --out {folder}"
            ) from None
        except (OSError, ValueError, KeyError) as error:
            raise MissingData(f"{folder} holds a damaged run ({error}); run the scenario again") from None

    @property
    def scenario(self) -> dict[str, Any]:
        """The scenario as plain values in SI units."""
        scenario: dict[str, Any] = self.manifest["scenario"]
        return scenario

    def names(self, kind: str) -> list[str]:
        """Names of the tables of a kind, for example all that begin with ``light.``, without the kind."""
        return [
            path.stem.removeprefix(f"{kind}.") for path in sorted((self.folder / "tables").glob(f"{kind}.*.parquet"))
        ]

    def table(self, name: str) -> Table:
        """Read one table."""
        return read_table(self.folder / "tables" / f"{name}.parquet")

    def facts(self, task_id: str) -> dict[str, Any]:
        """Return the facts that a task noted; empty where there is no such task."""
        for task in self.manifest["tasks"]:
            if task["id"] == task_id:
                facts: dict[str, Any] = task["facts"]
                return facts
        return {}

    def name_of(self, kind: str, id: str) -> str:
        """Return the name that the scenario gives to one of its parts, or the id itself."""
        for part in self.scenario.get(kind, []):
            if part.get("id") == id:
                return str(part.get("name") or id)
        return id
