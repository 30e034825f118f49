"""Authority: an SPK file with the sixteen asteroids, read by the ephemeris itself."""

import numpy as np
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import MissingData
from moonstead.smallbodies.motion.asteroid_table import ASTEROIDS, KERNEL_ERROR
from moonstead.smallbodies.motion.perturber_kernels import BASIS, perturber_places
from moonstead.smallbodies.motion.perturber_tables import BODIES, FIRST_ASTEROID, HEAVY
from moonstead.smallbodies.motion.perturbers import perturbers

DAY = 86_400.0
START, STOP = 7.9e8, 7.9e8 + 600 * DAY
SUN_GM = 1.327e20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A file named as JPL's large one: sixteen circles about the Sun."""
    place = tmp_path_factory.mktemp("kernels")
    times = np.arange(START - 40 * DAY, STOP + 40 * DAY, DAY)
    written = []
    for k, identity in enumerate(ASTEROIDS):
        r = (2.2 + 0.07 * k) * ASTRONOMICAL_UNIT
        rate = np.sqrt(SUN_GM / r**3)
        angle = rate * (times - START) + k
        zero = np.zeros_like(times)
        states = r * np.stack((np.cos(angle), np.sin(angle), zero), axis=1)
        speeds = r * rate * np.stack((-np.sin(angle), np.cos(angle), zero), axis=1)
        written.append(SampledStates(identity, "SUN", str(identity), times, np.hstack((states, speeds)), 11))
    write_spk(place / "sb441-n16.bsp", written)
    return place


def test_a_kernel_in_the_data_folder_stands_in_for_the_table(folder):
    data = DataContext.from_folder(folder)
    tables = perturbers(data, start_tdb=START, stop_tdb=STOP, asteroids="kernel")
    assert tables.asteroids == "kernel" and tables.asteroid_error == KERNEL_ERROR
    places, rates = np.zeros(3 * BODIES), np.zeros(3 * HEAVY)
    for tdb in np.linspace(START, STOP, 7):
        perturber_places(tdb, tables.tables, np.empty(BASIS), places, 0, rates, 0)
        for k, identity in enumerate(ASTEROIDS):
            truth = data.ephemeris.position(identity, 0, np.array([tdb]))[0]
            apart = places.reshape(3, BODIES)[:, FIRST_ASTEROID + k] - truth
            assert np.linalg.norm(apart) < KERNEL_ERROR


def test_without_the_kernel_the_message_names_it(installed):
    bare = DataContext({name: each for name, each in installed.datasets.items() if name != "sb441-n16"})
    with pytest.raises(MissingData, match="sb441-n16"):
        perturbers(bare, start_tdb=START, stop_tdb=STOP, asteroids="kernel")
