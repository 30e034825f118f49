import pytest

from moonstead.foundation.data import DataContext
from moonstead.smallbodies.motion.perturbers import perturbers


@pytest.fixture(scope="session")
def installed():
    return DataContext.installed()


@pytest.fixture(scope="session")
def pulling(installed):
    """Everything that pulls, 1990 to 2140."""
    return perturbers(installed)
