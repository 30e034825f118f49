"""Authority: measured scan of the planar three-body problem (notes), and energy seen from both ends."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.transfers.planar import cheapest_planar_transfer, planar_transfer

DAY = 86_400.0
TABLE = 0.01  # [1] what the acceptance of direct transfers asks
SCAN = 0.1  # [m/s] the scan states its cheapest case to this digit


@pytest.mark.truth
def test_the_scan_of_direct_transfers_is_met_at_its_flight_times(validation):
    scan = [(2.8, 3162.5 + 937.0), (3.0, 3150.0 + 888.5), (4.14, 3132.5 + 816.4)]  # 3 d: middle of 884..893
    error = max(abs(planar_transfer(days * DAY).delta_v / cost - 1.0) for days, cost in scan)
    validation(
        capability="direct transfers",
        quantity="planar 200 km to 100 km at 2.8, 3 and 4.14 d, both burns",
        authority="independent scan of the planar three-body problem",
        error=error,
        unit="1",
        tolerance=TABLE,
        cases=len(scan),
    )


def test_the_cheapest_case_of_the_scan_is_met_in_both_burns():
    found = planar_transfer(4.14 * DAY)
    assert found.departure == pytest.approx(3132.5, abs=SCAN)
    assert found.arrival == pytest.approx(816.4, abs=SCAN)


def test_between_the_flight_times_of_the_scan_it_gets_cheaper_still():
    best = cheapest_planar_transfer()
    assert best.delta_v < planar_transfer(4.14 * DAY).delta_v
    for days in np.linspace(3.0, 5.5, 6):
        assert best.delta_v <= planar_transfer(days * DAY).delta_v


def test_an_orbit_below_the_ground_and_a_flight_of_an_hour_are_refused():
    with pytest.raises(InvalidInput, match="both altitudes are positive"):
        planar_transfer(4.0 * DAY, departure_altitude=-1.0)
    with pytest.raises(NumericalFailure, match="possible are"):
        planar_transfer(3600.0)
