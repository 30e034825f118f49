"""Fixtures that all tests share."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
VALIDATION_ROWS = Path(__file__).resolve().parents[1] / "build" / "validation"

# Commands wrap what they say to the terminal: a long path of a checkout must not break the words that a test seeks.
os.environ["COLUMNS"] = "300"

# A busy machine draws examples slowly: how long that takes says nothing about the code.
settings.register_profile(
    "no-clock", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("no-clock")


def require(condition: bool, reason: str) -> None:
    """Skip with a reason on a developer's machine; fail where CI is set."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", name="require")
def require_fixture() -> Callable[[bool, str], None]:
    """Skip, or fail where CI is set, unless a condition holds."""
    return require


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that lies beside the checkout."""
    require(SHARED_DATA.is_dir(), "the folder ../shared/data with real data is not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def validation(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Assert that an error keeps its tolerance and store the row for docs/validation.md."""

    def record(
        *, capability: str, quantity: str, authority: str, error: float, unit: str, tolerance: float, cases: int
    ) -> None:
        row = {
            "capability": capability,
            "quantity": quantity,
            "authority": authority,
            "error": float(error),
            "unit": unit,
            "tolerance": float(tolerance),
            "cases": int(cases),
            "test": request.node.nodeid,
        }
        assert error <= tolerance, f"{quantity}: {error:.3g} {unit} against {authority}, allowed {tolerance:.3g} {unit}"
        VALIDATION_ROWS.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(f"{request.node.nodeid}|{capability}|{quantity}|{authority}".encode()).hexdigest()
        (VALIDATION_ROWS / f"{name[:24]}.json").write_text(json.dumps(row))

    return record


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished run of a small station: ten days, one site, one relay, two ground stations."""
    from moonstead.foundation.data import DataContext
    from moonstead.report.build import build_report
    from moonstead.run.engine import run_scenario

    out = tmp_path_factory.mktemp("small-run")
    scenario = Path(__file__).parent / "run" / "mini.toml"
    run_scenario(scenario, out, data=DataContext.installed(), workers=1)
    build_report(out)
    return out
