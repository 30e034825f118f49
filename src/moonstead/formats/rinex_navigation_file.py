"""What navigation files say, whatever their version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.gnss_faults import Fault
from moonstead.formats.rinex_navigation_header import IonosphereModel, TimeCorrection
from moonstead.formats.rinex_navigation_others import EarthOrientationRecord


@dataclass(frozen=True, slots=True, eq=False)
class NavigationFile:
    """What one or several navigation files say.

    Attributes
    ----------
    version : float [1]
        Of RINEX; the highest of several files.
    ionosphere_models : tuple of IonosphereModel
        In the order of the files.
    time_corrections : tuple of TimeCorrection
    earth_orientation : tuple of EarthOrientationRecord
    leap_seconds : int or None [s]
        GPS time less UTC as the header says.
    messages : BroadcastMessages
        In the order of satellites, kinds and times; what several stations received is there once.
    faults : tuple of Fault
        What could not be used, or contradicts itself.
    """

    version: float
    ionosphere_models: tuple[IonosphereModel, ...]
    time_corrections: tuple[TimeCorrection, ...]
    earth_orientation: tuple[EarthOrientationRecord, ...]
    leap_seconds: int | None
    messages: BroadcastMessages
    faults: tuple[Fault, ...]

    @property
    def ionosphere(self) -> dict[str, tuple[float, ...]]:
        """Parameters [as in the file] by kind ("GPSA" ...) as most satellites send them; "BDSA C05" is of that one."""
        found: dict[str, Counter[tuple[float, ...]]] = {}
        for model in self.ionosphere_models:
            found.setdefault(model.kind, Counter())[model.values] += 1
        best = {kind: count.most_common(1)[0][0] for kind, count in found.items()}
        return best | {f"{m.kind} {m.satellite}": m.values for m in self.ionosphere_models if m.satellite}
