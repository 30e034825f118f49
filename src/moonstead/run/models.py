"""The models that results rest on, their papers, and what each assumes: printed in every report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A published model.

    Attributes
    ----------
    name : str
        What reports call it.
    source : str
        Where it is described.
    """

    name: str
    source: str


MODELS = {
    "de440": Model(
        "Planetary and lunar ephemeris and lunar orientation DE440",
        "Park et al. (2021), The JPL planetary and lunar ephemerides DE440 and DE441, AJ 161, 105, "
        "doi:10.3847/1538-3881/abd414",
    ),
    "moon-me": Model(
        "Lunar mean-Earth axes from the principal axes (67.8526, 78.6944, 0.2785 arcsec)",
        "Park et al. (2021), doi:10.3847/1538-3881/abd414; Archinal et al. (2018), CMDA 130, 22, "
        "doi:10.1007/s10569-017-9805-5",
    ),
    "earth-rotation": Model(
        "Earth rotation IAU 2006/2000A with IERS polar motion and UT1",
        "IERS Conventions (2010), Technical Note 36; Capitaine et al. (2003), A&A 412, 567; erfa",
    ),
    "grail": Model(
        "Lunar gravity field GRGM1200A",
        "Lemoine et al. (2014), GRGM900C, GRL 41, 3382, doi:10.1002/2014GL060027; "
        "Goossens et al. (2016), LPSC 47, 1484",
    ),
    "pines": Model(
        "Normalised spherical-harmonic gravity without singularity at the poles",
        "Pines (1973), AIAA J. 11, 1508, doi:10.2514/3.50619; Lundberg & Schutz (1988), JGCD 11, 31",
    ),
    "third-body": Model(
        "Third-body attraction without loss of digits",
        "Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, section 8.4, "
        "doi:10.2514/4.861543",
    ),
    "radiation-pressure": Model(
        "Solar radiation pressure on a sphere with the conical shadows of Moon and Earth",
        "Montenbruck & Gill (2000), Satellite Orbits, 3.4, doi:10.1007/978-3-642-58351-3",
    ),
    "dop853": Model(
        "Adaptive Runge-Kutta integration of order 8(5,3) with dense output",
        "Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations I, II.5 and II.6, "
        "doi:10.1007/978-3-540-78862-1",
    ),
    "frozen-ellipse": Model(
        "Frozen elliptic lunar orbits under the Earth's pull",
        "Ely (2005), J. Astronaut. Sci. 53, 301, doi:10.1007/BF03546355; Folta & Quinn (2006), AIAA 2006-6749",
    ),
    "sgp4": Model(
        "SGP4 propagation of two-line elements", "Vallado et al. (2006), AIAA 2006-6753, doi:10.2514/6.2006-6753"
    ),
    "lola": Model(
        "LOLA terrain, 8 pixels per degree",
        "Smith et al. (2010), GRL 37, L18204, doi:10.1029/2010GL043751",
    ),
    "horizon": Model(
        "Terrain horizon with the Moon's curvature, light from the Sun's disc above it",
        "Mazarico et al. (2011), Icarus 211, 1066, doi:10.1016/j.icarus.2010.10.030",
    ),
    "event-bounds": Model(
        "Windows by branch and bound with bounds on the rate",
        "Moore, Kearfott & Cloud (2009), Introduction to Interval Analysis, ch. 8, doi:10.1137/1.9780898717716",
    ),
    "link-budget": Model(
        "Free-space link budget",
        "Recommendation ITU-R P.525-4 (2019); Friis (1946), doi:10.1109/JRPROC.1946.234568; CCSDS 401.0-B",
    ),
    "power-ledger": Model(
        "Power ledger with exact balance in every step", "Conservation of energy; closed form for each step"
    ),
    "solar-constant": Model(
        "Total solar irradiance 1361 W/m2 at 1 au", "IAU 2015 resolution B3; Prsa et al. (2016), AJ 152, 41"
    ),
}

ASSUMPTIONS = {
    "radiation-pressure": "A spacecraft is a sphere to sunlight: one area, one coefficient, no attitude.",
    "frozen-ellipse": "Orbits fly without control: no station keeping, no orbit-determination error.",
    "horizon": "Light runs straight (no air, no dust above ground); the terrain is as smooth as its grid.",
    "link-budget": "Antennas point at each other without error, and every contact is served: conflicts for a dish are "
    "not resolved; rain and gas enter as a fixed allowance by band at the least elevation.",
    "power-ledger": "All facilities of a site share one bus without line losses; loads can be served in part.",
    "earth-rotation": "UT1 and polar motion beyond the last IERS prediction are held at their last value.",
    "sgp4": "Two-line elements are flown outside their usual days of validity where the scenario says so.",
}
