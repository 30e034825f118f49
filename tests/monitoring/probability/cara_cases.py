"""Published conjunctions with their expected probabilities, read from the shared data."""

import csv
from pathlib import Path

from moonstead.formats.cdm import read_cdm
from moonstead.monitoring.probability.encounter import Encounter, encounter_of

# [s] on either side of closest approach: Alfano (2009), AAS 09-233, as NASA's tests of 3D-Nc quote them
ALFANO_SPANS = (21600, 21600, 21600, 21600, 1419, 1419, 1419, 10135, 10800, 21600, 1420)


def cara_cases(shared_data: Path) -> list[tuple[Encounter, dict[str, str]]]:
    """45 conjunctions of NASA CARA and the row of the table that belongs to each."""
    folder = shared_data / "monitoring"
    with open(folder / "pc" / "CARA_PcMethod_Test_Conjunctions.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        (encounter_of(read_cdm(folder / "cdm" / "cara" / f"{row['Conjunction_ID']}.cdm").messages[0]), row)
        for row in rows
    ]


def alfano_cases(shared_data: Path) -> dict[int, tuple[Encounter, dict[str, str], tuple[float, float]]]:
    """Cases 1 to 11 of Alfano (2009) with their rows and spans; case 12 has no message."""
    folder = shared_data / "monitoring"
    with open(folder / "pc" / "A09TestCases_01_12_Distributed.csv", encoding="utf-8", newline="") as stream:
        rows = {int(row["Case"]): row for row in csv.DictReader(stream)}
    return {
        number: (
            encounter_of(read_cdm(folder / "cdm" / "alfano" / f"AlfanoTestCase{number:02d}.cdm").messages[0]),
            rows[number],
            (-float(span), float(span)),
        )
        for number, span in enumerate(ALFANO_SPANS, start=1)
    }
