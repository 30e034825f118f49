"""What every frame can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.frames.rotation import Rotation

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


@runtime_checkable
class Frame(Protocol):
    """A set of axes that knows how the axes of the ICRF turn into it."""

    @property
    def name(self) -> str:
        """What messages, files and reports call it."""

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000]."""


def rotation(source: Frame, target: Frame, tdb: Array, data: DataContext) -> Rotation:
    """Rotation from `source` to `target` at times (N,) [s TDB past J2000].

    Parameters
    ----------
    source, target : Frame
        Axes to come from and to go to.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where orientation data come from.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Source
    ------
    Definition: both frames by way of the ICRF; the models are those of the frames.
    """
    to_target = target.from_icrf(tdb, data)
    return to_target.after(source.from_icrf(tdb, data).inverse())
