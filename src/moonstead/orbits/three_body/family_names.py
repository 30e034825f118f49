"""Names of families of periodic orbits: their points, branches and resonances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Name = tuple[str, str | None, tuple[int, int] | None]

POINTS_OF: dict[str, tuple[str, ...]] = {
    "lyapunov": ("L1", "L2", "L3"),
    "halo": ("L1", "L2", "L3"),
    "nrho": ("L1", "L2"),
    "butterfly": ("L2",),
    "axial": ("L1", "L2", "L3"),
    "vertical": ("L1", "L2", "L3"),
    "dro": (),
    "dpo": (),
    "short-period": ("L4", "L5"),
    "long-period": ("L4", "L5"),
    "resonant": (),
}
FAMILIES = tuple(POINTS_OF)
MIRRORED = ("halo", "nrho", "butterfly", "axial")  # with a southern twin; the others are their own mirror image
BRANCHES = ("north", "south")
RESONANCES = ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 3), (3, 1), (3, 2), (4, 1))
BACKWARD = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])  # mirror in the plane y = 0 with time reversed
ACROSS = np.array([1.0, 1.0, -1.0, 1.0, 1.0, -1.0])  # mirror in the plane of the primaries


@dataclass(frozen=True)
class FamilyName:
    """A family, one of its branches, and how that follows from what was grown.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    point, branch : str or None
        Libration point and branch, where the family has them.
    resonance : tuple of int or None
        Revolutions around the primary and around the barycentre of the secondary.
    """

    family: str
    point: str | None
    branch: str | None
    resonance: tuple[int, int] | None

    @property
    def table(self) -> Name:
        """Key of the family's table; orbits around L5 mirror those around L4."""
        return self.family, "L4" if self.point == "L5" else self.point, self.resonance

    @property
    def mirror(self) -> Array:
        """Factors (6,) [1] that take a state of the grown branch to this one."""
        if self.point == "L5":
            return BACKWARD
        return ACROSS if self.branch == "south" else np.ones(6)

    @property
    def text(self) -> str:
        """The family in words."""
        parts = [self.family, *(part for part in (self.point, self.branch) if part)]
        if self.resonance:
            parts.append("{}:{}".format(*self.resonance))
        return " ".join(parts)

    def grown(self, state: Array) -> Array:
        """State of this branch as one of the branch that was grown.

        Parameters
        ----------
        state : (6,) [1]
            State of this branch.

        Returns
        -------
        (6,) [1]
            Its mirror image, or itself.
        """
        return np.asarray(self.mirror * state)


def family_name(
    family: str, point: str | None = None, branch: str | None = None, resonance: tuple[int, int] | None = None
) -> FamilyName:
    """Check what names a family and fill in what has only one value.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    point : str, optional
        Libration point.
    branch : str, optional
        "north" or "south"; north is the default where there are two.
    resonance : tuple of int, optional
        For "resonant".

    Returns
    -------
    FamilyName
        The family.

    Raises
    ------
    InvalidInput
        There is no such family, point, branch or resonance; the message says what there is.

    Source
    ------
    Names of JPL Three-Body Periodic Orbits.
    """
    if family not in POINTS_OF:
        raise InvalidInput(f"there is no family {family!r}; there are {', '.join(FAMILIES)}")
    points = POINTS_OF[family]
    if point is None and len(points) == 1:
        point = points[0]
    if points and point not in points:
        asked = "no point was given" if point is None else f"not {point}"
        raise InvalidInput(f"{family} orbits are known around {', '.join(points)}; {asked}")
    if not points and point is not None:
        raise InvalidInput(f"{family} orbits belong to no libration point; leave {point} out")
    if family in MIRRORED:
        branch = branch or "north"
        if branch not in BRANCHES:
            raise InvalidInput(f"{family} orbits have the branches {', '.join(BRANCHES)}, not {branch}")
    elif branch is not None:
        raise InvalidInput(f"{family} orbits are their own mirror image and have no branch {branch}; leave it out")
    if family == "resonant":
        if resonance not in RESONANCES:
            known = ", ".join(f"{p}:{q}" for p, q in RESONANCES)
            asked = "none was given" if resonance is None else "not {}:{}".format(*resonance)
            raise InvalidInput(f"resonant orbits are known for {known}; {asked}")
    elif resonance is not None:
        raise InvalidInput(f"only resonant orbits have a resonance; {family} has none")
    return FamilyName(family, point, branch, resonance)


def all_names() -> list[Name]:
    """Family, point and resonance of every table."""
    names: list[Name] = []
    for family, points in POINTS_OF.items():
        if family == "resonant":
            names += [(family, None, resonance) for resonance in RESONANCES]
        else:
            names += [(family, point, None) for point in (points or (None,)) if point != "L5"]
    return names
