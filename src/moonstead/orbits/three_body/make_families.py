"""Make the table of families that the package ships: `python -m moonstead.orbits.three_body.make_families`."""

from __future__ import annotations

from moonstead.orbits.three_body.family_names import all_names
from moonstead.orbits.three_body.family_table import make_table, write_tables
from moonstead.orbits.three_body.system import EARTH_MOON


def main() -> None:
    """Grow all families of Earth and Moon and write them."""
    write_tables([make_table(name, EARTH_MOON) for name in all_names()])


if __name__ == "__main__":
    main()
