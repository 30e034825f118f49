"""Kills writers of a store at random moments and counts what is left: `python store_killer.py FOLDER ROUNDS SEED`."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.monitoring.catalogue.store import CatalogueStore

BATCH = 50  # sets of one append
LONGEST = 0.3  # [s] from its start, or from its first confirmed append, that a writer lives


def batch(first_id: int) -> MeanElements:
    count = np.arange(BATCH)
    zeros = np.zeros(BATCH)
    return MeanElements.of(
        {
            "object_id": first_id + count,
            "name": [f"MADE UP {first_id + k}" for k in count],
            "designator": [""] * BATCH,
            "epoch_second": 800_000_000 + count,
            "epoch_fraction": zeros,
            "mean_motion": np.full(BATCH, 1.1e-3),
            "eccentricity": np.full(BATCH, 0.001),
            "inclination": np.full(BATCH, 0.9),
            "node": zeros,
            "argument_of_perigee": zeros,
            "mean_anomaly": zeros,
            "drag_term": zeros,
            "mean_motion_rate": zeros,
            "mean_motion_second": zeros,
            "element_set": count,
            "revolution": count,
            "classification": ["U"] * BATCH,
        }
    )


def write_until_killed(folder: Path, first: int, told: int) -> None:
    """Append batch after batch; say the number of each that was confirmed, and merge now and then."""
    for number in range(first, first + 1000):
        added = CatalogueStore(folder, create=True).add_elements(batch(number * BATCH), "killed")
        if added.rows == BATCH:
            os.write(told, f"{number}\n".encode())
        if number % 4 == 3:
            CatalogueStore(folder).compact()


def main(folder: Path, rounds: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    confirmed: list[int] = []
    for place in range(rounds):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            write_until_killed(folder, place * 1000, told)
            os._exit(0)
        os.close(told)
        with os.fdopen(heard, "rb", buffering=0) as stream:
            said = stream.read(1) if place % 2 else b""
            time.sleep(chance.uniform(0.0, LONGEST))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            lines = (said + stream.readall()).split(b"\n")
        confirmed += [int(line) for line in lines[:-1]]  # a last line without its end was not said
    store = CatalogueStore(folder, create=True)
    elements = store.elements(history=True)
    numbers, counts = np.unique(elements.object_id // BATCH, return_counts=True)
    return {
        "confirmed": len(confirmed),
        "lost": len(set(confirmed) - set(numbers.tolist())),
        "half_read": int(np.count_nonzero(counts != BATCH)),
        "unconfirmed_but_whole": len(set(numbers.tolist()) - set(confirmed)),
        "unfinished_files": len(list((folder / "elements").glob(".*"))),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
