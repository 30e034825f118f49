"""The whole span at once: least squares with the unknowns of single epochs eliminated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ZENITH_STEP, GRADIENT_STEP = 900.0, 3600.0  # [s] between nodes; lines between them
ZENITH_WALK, GRADIENT_WALK = 1e-4, 5e-6  # [m/s^0.5] 6 and 0.3 mm in an hour
ZENITH_SIGMA, GRADIENT_SIGMA = 0.15, 1e-3  # [m] of the mean atmosphere (RTCA DO-229: 0.12); of a gradient
LONGEST_SPAN = 10.0 * SECONDS_PER_DAY  # [s] some thousand unknowns
FREE_POSITION = 1e5  # [m] what is known beforehand of a moving receiver: nothing
CODE_BIAS_SIGMA = {"G": 0.5, "E": 0.5, "J": 0.5, "C": 2.0, "R": 3.0, "I": 3.0, "S": 3.0}
"""[m] Spread of the code biases of a system's satellites: clocks of products against other codes and receivers (0.5 m),
BeiDou's two generations, GLONASS' channels."""


@dataclass(frozen=True, eq=False)
class Equations:
    """Observation equations of M rows, sorted by epoch; see `normal_kernels` for the unknowns.

    Attributes
    ----------
    static : bool
        One position for all epochs, or one for each.
    systems : tuple of str
        Each with its receiver clock.
    columns_of_systems : tuple of str
        The system of each code bias.
    start : (E + 1,) int
        First row of each epoch.
    node, share : (E, 2) int, (E, 2) [1]
        Place of each epoch between the nodes of zenith delay and gradients.
    nodes : (int, int)
        Number of nodes of each.
    names : (M, 3) int
        System, arc and satellite of each row.
    partials : (M, 6) [1]
        Change of the range with position, zenith delay, gradients.
    measured : (M, 2) [m]
        Phase and code less their models.
    arcs : int
        Number of ambiguities.
    """

    static: bool
    systems: tuple[str, ...]
    columns_of_systems: tuple[str, ...]
    start: Indices
    node: Indices
    share: Array
    nodes: tuple[int, int]
    names: Indices
    partials: Array
    measured: Array
    arcs: int

    @property
    def layout(self) -> Indices:
        """What the kernels want to know: first columns and their number."""
        zenith = 3 if self.static else 0
        north = zenith + self.nodes[0]
        east = north + self.nodes[1]
        arcs = east + self.nodes[1]
        biases = arcs + self.arcs
        width = biases + len(self.columns_of_systems)
        return np.array([self.static, len(self.systems), zenith, north, east, arcs, biases, width], dtype=np.int64)

    @property
    def locals(self) -> int:
        """Number of unknowns of one epoch."""
        return len(self.systems) + (0 if self.static else 3)


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a batch answers.

    Attributes
    ----------
    unknowns : (P,) [m]
        Global ones.
    epochs : (E, L) [m]
        Receiver clocks and, when it moves, coordinates of each epoch.
    residuals : (M, 2) [m]
        Of phase and code, used or not.
    factor : tuple [1], [m]
        Cholesky factor of the scaled normal matrix, as scipy has it, and the scale (P,).
    """

    unknowns: Array
    epochs: Array
    residuals: Array
    factor: tuple[tuple[Array, bool], Array]

    def covariance(self, columns: Sequence[int] | None = None) -> Array:
        """Covariance [m2] of all global unknowns, or of some columns against each other."""
        from scipy.linalg import cho_solve

        factor, scale = self.factor
        picked = np.arange(scale.size) if columns is None else np.asarray(columns)
        unit = np.zeros((scale.size, picked.size))
        unit[picked, np.arange(picked.size)] = scale[picked]
        return np.asarray(scale[picked, None] * cho_solve(factor, unit)[picked])


def nodes_of(gpst: Array, first: int = 0, last: int = -1) -> tuple[Indices, Array, tuple[int, int]]:
    """Where epochs lie between the nodes of zenith delay and gradients.

    Parameters
    ----------
    gpst : (E,) [s]
        Epochs, rising.
    first, last : int
        Those between which there are measurements; others take the values at these.

    Returns
    -------
    node, share, nodes : (E, 2) int, (E, 2) [1], (int, int)
        As in `Equations`.

    Raises
    ------
    InvalidInput
        The span asks for more nodes than one batch can hold.

    Source
    ------
    Straight lines between equally spaced nodes.
    """
    since = np.clip(gpst, gpst[first], gpst[last]) - gpst[first]
    if since[last] > LONGEST_SPAN:
        raise InvalidInput(
            f"the measurements span {since[last] / SECONDS_PER_DAY:.1f} days; one batch holds "
            f"{LONGEST_SPAN / SECONDS_PER_DAY:.0f}: give shorter files"
        )
    node, share, nodes = np.empty((since.size, 2), dtype=np.int64), np.empty((since.size, 2)), []
    for part, step in enumerate((ZENITH_STEP, GRADIENT_STEP)):
        whole = np.floor(since / step)
        node[:, part], share[:, part] = whole, since / step - whole
        nodes.append(int(whole[-1]) + 2)
    return node, share, (nodes[0], nodes[1])


def normals(equations: Equations, weight: Array, first: int = 0, last: int | None = None) -> tuple[Array, Array]:
    """Normal equations of some epochs, without what is known beforehand.

    Parameters
    ----------
    equations : Equations
        Of M rows.
    weight : (M, 2) [1/m2]
        Of phase and code; 0 where not used.
    first, last : int
        Epochs to take, the last one exclusive.

    Returns
    -------
    normal, right : (P, P) [1/m2], (P,) [1/m]
        The upper triangle alone is filled.

    Source
    ------
    Elimination of unknowns by blocks (Helmert), as in Ge et al. (2006), J. Geodesy 80, 199,
    doi:10.1007/s00190-006-0044-x.
    """
    prepare()
    from moonstead.navigation.ppp.normal_kernels import add_normals

    layout = equations.layout
    normal, right = np.zeros((layout[7], layout[7])), np.zeros(layout[7])
    stop = equations.start.size - 1 if last is None else last
    add_normals(layout, *_rows(equations), weight, FREE_POSITION**-2, first, stop, normal, right)
    return normal, right


def with_prior(equations: Equations, normal: Array) -> Array:
    """Normal equations with what is known of atmosphere and code biases before any measurement.

    Parameters
    ----------
    equations : Equations
        Names the unknowns.
    normal : (P, P) [1/m2]
        Of the measurements; upper triangle.

    Returns
    -------
    (P, P) [1/m2]
        Upper triangle; a phase's ambiguity that nothing measures is held at zero.

    Source
    ------
    Random walks between nodes; constants of this module.
    """
    layout, total = equations.layout, np.array(normal)
    diagonal = np.einsum("ii->i", total)
    parts = ((2, 0, ZENITH_STEP, ZENITH_WALK, ZENITH_SIGMA), (3, 1, GRADIENT_STEP, GRADIENT_WALK, GRADIENT_SIGMA))
    for which, part, step, walk, sigma in (*parts, (4, *parts[1][1:])):
        place = layout[which] + np.arange(equations.nodes[part])
        diagonal[place] += sigma**-2 / place.size
        tie = 1.0 / (walk**2 * step)
        diagonal[place[:-1]] += tie
        diagonal[place[1:]] += tie
        total[place[:-1], place[1:]] -= tie
    diagonal[layout[6] :] += [CODE_BIAS_SIGMA[system] ** -2 for system in equations.columns_of_systems]
    silent = layout[5] + np.flatnonzero(diagonal[layout[5] : layout[6]] <= 0.0)
    diagonal[silent] = 1.0
    return total


def solve(equations: Equations, weight: Array) -> Estimate:
    """Solve all epochs together.

    Parameters
    ----------
    equations : Equations
        Of M rows.
    weight : (M, 2) [1/m2]
        Of phase and code; 0 where not used.

    Returns
    -------
    Estimate

    Raises
    ------
    NumericalFailure
        The measurements leave a direction undetermined.

    Source
    ------
    Weighted least squares; the unknowns of epochs by going back into the eliminated equations.
    """
    normal, right = normals(equations, weight)
    unknowns, factor = solve_normals(with_prior(equations, normal), right)
    from moonstead.navigation.ppp.normal_kernels import solve_epochs

    epochs = np.empty((equations.start.size - 1, equations.locals))
    residuals = np.empty_like(equations.measured)
    solve_epochs(equations.layout, *_rows(equations), weight, FREE_POSITION**-2, unknowns, epochs, residuals)
    return Estimate(unknowns, epochs, residuals, factor)


def solve_normals(normal: Array, right: Array) -> tuple[Array, tuple[tuple[Array, bool], Array]]:
    """Solve normal equations by Cholesky factors, each unknown first scaled to unit information.

    Parameters
    ----------
    normal : (P, P) [1/m2]
        Upper triangle.
    right : (P,) [1/m]
        Right side.

    Returns
    -------
    unknowns, factor : (P,) [m], tuple
        As in `Estimate`.

    Raises
    ------
    NumericalFailure
        The measurements leave a direction undetermined.

    Source
    ------
    Golub & Van Loan, Matrix Computations, section 4.2.
    """
    from scipy.linalg import LinAlgError, cho_factor, cho_solve

    scale = 1.0 / np.sqrt(np.maximum(np.diagonal(normal), np.finfo(float).tiny))
    try:
        factor = cho_factor(normal * np.outer(scale, scale), lower=False, overwrite_a=True, check_finite=True)
    except (LinAlgError, ValueError) as fault:
        raise NumericalFailure(
            f"the measurements do not determine all unknowns of the precise position ({fault}); more satellites, a "
            "longer span or fewer systems may help"
        ) from fault
    return scale * cho_solve(factor, right * scale), (factor, scale)


def epoch_covariances(equations: Equations, weight: Array, covariance: Array) -> Array:
    """Covariances of the unknowns of each epoch.

    Parameters
    ----------
    equations : Equations
        Of M rows.
    weight : (M, 2) [1/m2]
        Of phase and code; 0 where not used.
    covariance : (P, P) [m2]
        Of the global unknowns.

    Returns
    -------
    (E, L, L) [m2]

    Source
    ------
    Propagation through the eliminated equations.
    """
    prepare()
    from moonstead.navigation.ppp.normal_kernels import epoch_covariances as kernel

    answer = np.empty((equations.start.size - 1, equations.locals, equations.locals))
    kernel(equations.layout, *_rows(equations, measured=False), weight, FREE_POSITION**-2, covariance, answer)
    return answer


def _rows(equations: Equations, measured: bool = True) -> tuple[Array | Indices, ...]:
    rows = (equations.start, equations.node, equations.share, equations.names, equations.partials)
    return (*rows, equations.measured) if measured else rows
