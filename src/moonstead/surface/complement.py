"""What several sites give together: light at one of them at least, and the nights that all share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput

__all__ = ["Complement", "light_complement"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Complement:
    """Light of two or more sites together.

    Attributes
    ----------
    lit_any : float [1]
        Share of the span with light at one site at least.
    lit_all : float [1]
        Share of the span with light at every site.
    longest_common_night : float [s]
        Longest time with light at none.
    longest_common_night_start : float [s TDB past J2000]
        When it begins; NaN where there is no common night.
    common_nights : Windows
        All times with light at none.
    pairs : (S, S) [1]
        Share of the span with light at one of two sites at least; each site's own share on the diagonal.
    """

    lit_any: float
    lit_all: float
    longest_common_night: float
    longest_common_night_start: float
    common_nights: Windows
    pairs: Array


def light_complement(light: Sequence[Windows]) -> Complement:
    """Light of two or more sites together.

    Parameters
    ----------
    light : sequence of Windows
        Where each site has light, all over one span.

    Returns
    -------
    Complement

    Raises
    ------
    InvalidInput
        There are fewer than two sites, or their windows cover different spans.

    Source
    ------
    Union and intersection of windows. Use: Bussey et al. (2010), Icarus 208, 558, doi:10.1016/j.icarus.2010.03.028.
    """
    if len(light) < 2:
        raise InvalidInput(f"sites complement one another from two on; got {len(light)}")
    dark = ~reduce(or_, light)
    lengths = dark.durations()
    pairs = np.array([[(first | second).fraction() for second in light] for first in light])
    return Complement(
        lit_any=1.0 - dark.fraction(),
        lit_all=reduce(and_, light).fraction(),
        longest_common_night=dark.longest(),
        longest_common_night_start=float(dark.starts[int(np.argmax(lengths))]) if lengths.size else float("nan"),
        common_nights=dark,
        pairs=pairs,
    )
