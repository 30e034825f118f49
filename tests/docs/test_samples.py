"""Every Python sample in the docs and every example runs as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
EXAMPLES = sorted(ROOT.glob("examples/*.py"))
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run(code: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *code], cwd=folder, env=os.environ, capture_output=True, text=True)


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=lambda p: p.name)
def test_samples_of_a_page_run(page, tmp_path):
    done = run(["-c", "\n".join(BLOCK.findall(page.read_text()))], tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.name)
def test_example_runs_and_says_something(example, tmp_path):
    done = run([str(example)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
