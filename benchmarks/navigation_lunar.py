"""Navigation at the Moon: published shares of weak signals, constellations at the south pole over a month, and costs.

    python -m benchmarks.navigation_lunar [weak|pole ...]

CPU seconds are of one process without compilation.
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.navigation.lunar.availability import Budget, availability, losses
from moonstead.navigation.lunar.constellation_paths import fly_constellation
from moonstead.navigation.lunar.constellations import constellation_names, lunar_constellation
from moonstead.navigation.lunar.gnss_orbits import nominal_sky
from moonstead.navigation.lunar.weak_signal import MoonReceiver, fix_dilution, site_ground, user_places, weak_signals

DAY, MONTH = 86_400.0, 27.32 * 86_400.0  # [s]
LANDING = (math.radians(18.562), math.radians(61.810), -3700.0)  # Blue Ghost 1, [rad, rad, m]
POLE = (math.radians(-88.8), math.radians(123.4))
GROUPS = ("GE", "GEC", "GECJIS", "GER", "GERC", "GERCJIS", "RC")


def weak(data: DataContext) -> None:
    """Epochs with four satellites and more at 26 dB-Hz; Sciacca et al. (2025) have 11 % for GE and 46 % for GECJIS."""
    tdb = Epoch.parse("2025-03-02T08:34:00").tdb() + np.arange(0.0, MONTH, 900.0)
    user, moon = user_places(SurfacePoint("landing", "MOON", MOON_ME, *LANDING), tdb, data)
    ground = site_ground(*LANDING[:2], 0.0, tdb, data)
    began = time.process_time()
    sky = nominal_sky("GERCJIS", tdb)
    for gain, two_bands in ((16.0, False), (15.0, False), (16.0, True)):
        receiver = MoonReceiver(gain, 162.0, 1.0, 26.0, two_bands, 1.5)
        heard = weak_signals(sky, user, moon, receiver, ground=ground)
        print(f"{gain:g} dBi, {'L1 and L5' if two_bands else 'L1'}: {len(sky.names)} satellites, {tdb.size} epochs")
        for letters in GROUPS:
            low, nominal, high = heard.share(4, letters)
            mean = heard.acquired(letters).sum(axis=1).mean()
            dilution = fix_dilution(heard, user, letters)
            middle = np.median(dilution[np.isfinite(dilution)]) if np.isfinite(dilution).any() else math.inf
            print(f"  {letters:8} {mean:5.2f} heard, {nominal:6.1%} ({low:.1%} to {high:.1%}), PDOP {middle:.0f}")
    print(f"  {time.process_time() - began:.2f} CPU s")


def pole(data: DataContext) -> None:
    """Each preset at the hub near the south pole over 30 days in steps of 10 minutes, with and without a height."""
    tdb = Epoch.parse("2035-01-01T00:00:00").tdb() + np.arange(0.0, 30.0 * DAY + 1.0, 600.0)
    for name in constellation_names():
        found = lunar_constellation(name)
        if not found.satellites:
            continue
        began = time.process_time()
        paths = fly_constellation(found, tdb, data)
        plain, known = (
            availability(paths, *POLE, budget=Budget(found.signal_error, 3.0, height)) for height in (None, 10.0)
        )
        worst = losses(paths, plain)[0]
        error = known.error[np.isfinite(known.error[:, 1])]
        told = "no position" if not error.size else " to ".join(f"{v:.0f}" for v in np.quantile(error, 0.95, axis=0))
        print(
            f"{name:24} {len(paths.names):2} satellites, {plain.count.mean():5.2f} seen, PDOP <= 6 {plain.share:6.1%}, "
            f"gap {plain.longest_gap / 3600.0:6.1f} h; without {worst.satellite} {worst.share:6.1%}; "
            f"height known {known.share:6.1%}, 95 % {told} m; {time.process_time() - began:.2f} CPU s",
            flush=True,
        )


def main() -> None:
    data = DataContext.installed()
    parts = {"weak": weak, "pole": pole}
    for name in sys.argv[1:] or parts:
        parts[name](data)


if __name__ == "__main__":
    main()
