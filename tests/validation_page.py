"""Write docs/validation.md from the rows that the tests left in build/validation."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "build" / "validation"
PAGE = ROOT / "docs" / "validation.md"
STATES = ROOT / "docs" / "validation_states.json"

HEAD = """# Validation

Made by `make validation` from the comparisons that the tests ran; do not edit. Each capability is in one of three
states: **validated** against an authority that this project did not make, **implemented but not validated** against
one, or **absent**.
"""


def main() -> None:
    groups: dict[str, list[dict]] = defaultdict(list)
    for path in sorted(ROWS.glob("*.json")):
        row = json.loads(path.read_text())
        groups[row["capability"]].append(row)
    if not groups:
        raise SystemExit("build/validation is empty: run `make test` first")
    lines = [HEAD, "## Validated", ""]
    for capability in sorted(groups):
        lines += [
            f"### {capability}",
            "",
            "| quantity | authority | largest error | allowed | cases | test |",
            "|---|---|---|---|---|---|",
        ]
        for row in sorted(groups[capability], key=lambda row: (row["quantity"], row["authority"], row["test"])):
            test = row["test"].split("[")[0]
            lines.append(
                f"| {row['quantity']} | {row['authority']} | {row['error']:.2g} {row['unit']} "
                f"| {row['tolerance']:.2g} {row['unit']} | {row['cases']} | `{test}` |"
            )
        lines.append("")
    states = json.loads(STATES.read_text())
    for title, key in (("Implemented, not validated", "not_validated"), ("Absent", "absent")):
        lines += [f"## {title}", ""] + [f"- {text}" for text in states[key]] + [""]
    PAGE.write_text("\n".join(lines))
    print(f"{PAGE.relative_to(ROOT)}: {sum(map(len, groups.values()))} comparisons, {len(groups)} capabilities")


if __name__ == "__main__":
    main()
