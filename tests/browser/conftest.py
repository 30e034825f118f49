"""CesiumJS for the tests of the 3-D view."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "czml"


@pytest.fixture(scope="session")
def load_in_cesium(require) -> Callable[[Path, Path], dict[str, Any]]:
    """Load a CZML file with CesiumJS; return what it would draw at the times of a JSON list."""
    node = shutil.which("node")
    installed = node is not None and (FOLDER / "node_modules" / "cesium").is_dir()
    require(installed, "CesiumJS is not installed; run `npm ci --ignore-scripts --prefix tests/browser/czml`")

    def load(view: Path, times: Path) -> dict[str, Any]:
        command = [str(node), str(FOLDER / "load.cjs"), str(view), str(times)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return load
