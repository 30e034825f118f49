"""Fixed-interval smoothing: what later measurements say about earlier states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.estimation.gaussian import Gaussian, Passage, lower_root
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


def smooth(filtered: Sequence[Gaussian], passages: Sequence[Passage]) -> tuple[Gaussian, ...]:
    """The states of a filter as all measurements know them, the later ones included.

    Parameters
    ----------
    filtered : K Gaussian
        After the measurements of each time, in the order of time.
    passages : K - 1 Passage
        From each to the next, of the extended or of the unscented filter.

    Returns
    -------
    K Gaussian
        The last one is the filter's own.

    Raises
    ------
    InvalidInput
        The numbers do not match.

    Source
    ------
    Rauch, Tung & Striebel (1965), AIAA J. 3, 1445, doi:10.2514/3.3166; in square-root form, so that no difference of
    covariances is formed: Park & Kailath (1995), Signal Processing 41, 163, doi:10.1016/0165-1684(94)00099-J.
    """
    if len(filtered) != len(passages) + 1:
        raise InvalidInput(
            f"{len(filtered)} states need {len(filtered) - 1} passages between them; got {len(passages)}"
        )
    out = [filtered[-1]]
    for before, passage in zip(reversed(filtered[:-1]), reversed(passages), strict=True):
        after = out[-1]
        gain = _gain(passage)
        mean = before.mean + gain @ (after.mean - passage.predicted)
        columns = (passage.earlier - gain @ passage.later, gain @ passage.noise, gain @ after.root)
        out.append(Gaussian(mean, lower_root(np.hstack(columns))))
    return tuple(reversed(out))


def _gain(passage: Passage) -> Array:
    """Earlier later^T (later later^T + noise noise^T)^-1, also where a direction of the prediction has no spread."""
    wide = np.hstack((passage.later, passage.noise))
    scale = np.linalg.norm(wide, axis=1)
    scale = np.where(scale > 0.0, scale, 1.0)
    padded = np.hstack((passage.earlier, np.zeros_like(passage.noise)))
    # least squares X of X wide = padded, rows scaled to compare
    solution = np.linalg.lstsq((wide / scale[:, None]).T, padded.T, rcond=1e-13)[0].T
    return np.asarray(solution / scale, dtype=np.float64)
