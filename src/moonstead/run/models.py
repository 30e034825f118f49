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
    "low-frozen": Model(
        "Low lunar orbits whose eccentricity vector repeats each sidereal month in the whole field",
        "Folta & Quinn (2006), AIAA 2006-6749; Russell & Lara (2007), JGCD 30, 982, doi:10.2514/1.27104",
    ),
    "frozen-ellipse": Model(
        "Frozen elliptic lunar orbits under the Earth's pull",
        "Ely (2005), J. Astronaut. Sci. 53, 301, doi:10.1007/BF03546355; Folta & Quinn (2006), AIAA 2006-6749",
    ),
    "lambert": Model(
        "Lambert's problem for all revolutions",
        "Izzo (2015), Revisiting Lambert's problem, CMDA 121, 1, doi:10.1007/s10569-014-9587-y",
    ),
    "porkchop": Model(
        "Ballistic arcs between planets from centre to centre, least departure energy of a window",
        "Burke, Falck & McGuire (2010), NASA/TM-2010-216764",
    ),
    "powered-descent": Model(
        "Powered descent and ascent with least propellant: arcs of constant thrust, nonlinear programming",
        "Betts (2010), Practical Methods for Optimal Control, 2nd ed., section 4.5; Kraft (1988), DFVLR-FB 88-28",
    ),
    "linear-tangent": Model(
        "Aborts at full thrust with a linear tangent of pitch",
        "Bryson & Ho (1975), Applied Optimal Control, section 2.7",
    ),
    "transfers": Model(
        "Transfers between Earth and Moon by backward targeting under the full forces, the cheapest of a window",
        "Miele & Mancuso (2001), Acta Astronautica 49, 59; Jesick & Ocampo (2011), JGCD 34, 98, doi:10.2514/1.50171",
    ),
    "three-body-families": Model(
        "Families of periodic orbits in the circular restricted three-body problem",
        "Szebehely (1967), Theory of Orbits; Howell (1984), CMDA 32, 53, doi:10.1007/BF01358403",
    ),
    "x-axis": Model(
        "Station keeping by x-axis crossing control",
        "Davis et al. (2017), AAS 17-269; Guzzetti et al. (2017), AAS 17-395",
    ),
    "target-point": Model(
        "Station keeping by target points",
        "Howell & Pernicka (1993), J. Guid. Control Dyn. 16, 151, doi:10.2514/3.11440",
    ),
    "burn-errors": Model(
        "Errors of execution of burns",
        "Gates (1963), A Simplified Model of Midcourse Maneuver Execution Errors, JPL Technical Report 32-504",
    ),
    "multiple-shooting": Model(
        "Three-body orbits carried over to all forces by multiple shooting with minimum-norm steps",
        "Pernicka (1990), PhD thesis, Purdue University; Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117, "
        "doi:10.1016/j.asr.2017.01.038",
    ),
    "sgp4": Model(
        "SGP4 propagation of two-line elements", "Vallado et al. (2006), AIAA 2006-6753, doi:10.2514/6.2006-6753"
    ),
    "nrlmsis": Model(
        "Density of the upper atmosphere, NRLMSISE-00",
        "Picone et al. (2002), J. Geophys. Res. 107, 1468, doi:10.1029/2002JA009430",
    ),
    "reentry-windows": Model(
        "Decay by drag averaged over revolutions, with windows of re-entry",
        "King-Hele (1987), Satellite Orbits in an Atmosphere; Pardini & Anselmo (2017), "
        "hdl.handle.net/20.500.14243/427627",
    ),
    "close-approaches": Model(
        "Screening complete by bounds on relative motion, not by samples",
        "decision record 0011; Hoots, Crawford & Roehrich (1984), Celest. Mech. 33, 143",
    ),
    "collision-probability": Model(
        "Probability of collision by the simplest method whose rules hold",
        "Hall, Baars & Casali (2023), AAS 23-398; Hall (2021), J. Spacecraft Rockets 58, 715, doi:10.2514/1.A34919; "
        "Foster & Estes (1992), NASA JSC-25898",
    ),
    "coverage": Model(
        "Coverage by sensors, views and gaps proven by bounds between the steps of a table",
        "Piyavskii (1972), doi:10.1016/0041-5553(72)90115-2; Vallado (2013), eqs. 9-37 to 9-41",
    ),
    "sight": Model(
        "Sight of spacecraft by telescopes: light, Lambert's sphere, limbs, elevation, night",
        "Hejduk (2011), AMOS conference; Montenbruck & Gill (2000), section 3.4.1, doi:10.1007/978-3-642-58351-3",
    ),
    "tracking": Model(
        "Orbits followed by a square-root filter through simulated measurements",
        "Tapley, Schutz & Born (2004), section 4.7; Kailath, Sayed & Hassibi (2000), section 12.3",
    ),
    "fireballs": Model(
        "Power law of fireballs by maximum likelihood",
        "Clauset, Shalizi & Newman (2009), SIAM Rev. 51, 661, doi:10.1137/070710111",
    ),
    "lola": Model(
        "LOLA terrain, 8 pixels per degree",
        "Smith et al. (2010), GRL 37, L18204, doi:10.1029/2010GL043751",
    ),
    "nested-terrain": Model(
        "Terrain in levels, the finest that has data at each distance, checked to show the same ground",
        "Mazarico et al. (2011), Icarus 211, 1066, doi:10.1016/j.icarus.2010.10.030; Barker et al. (2023), PSJ 4, 183",
    ),
    "limb-darkening": Model(
        "Sunlight of a disc that darkens towards its limb, in strips behind the skyline",
        "Hestroffer & Magnan (1998), A&A 333, 338; Mazarico et al. (2011), Icarus 211, 1066, "
        "doi:10.1016/j.icarus.2010.10.030",
    ),
    "relief-ensemble": Model(
        "What light owes to relief below the terrain's resolution: an ensemble of self-affine ground, H = 0.95",
        "Rosenburg et al. (2011), JGR 116, E02001, doi:10.1029/2010JE003716; Barker et al. (2021), PSS 203, 105119, "
        "doi:10.1016/j.pss.2020.105119",
    ),
    "horizon-map": Model(
        "Skylines of all pixels of a map as upper hulls along lines, on gnomonic maps, where light runs straight",
        "Dozier, Bruno & Downey (1981), Computers & Geosciences 7, 145, doi:10.1016/0098-3004(81)90026-1; Snyder "
        "(1987), USGS Professional Paper 1395, section 22, doi:10.3133/pp1395",
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
    "power-grid": Model(
        "Power flow on buses, lines and stores by priority of the loads",
        "Onaga (1967), Optimum flows in general communication networks, J. Franklin Inst. 283, 308, "
        "doi:10.1016/0016-0032(67)90033-X; Joule's law",
    ),
    "battery-ageing": Model(
        "Fading of lithium-ion cells with time, charge, warmth and rainflow cycles",
        "Xu et al. (2018), IEEE Trans. Smart Grid 9, 1131, doi:10.1109/TSG.2016.2578950; ASTM E1049-85",
    ),
    "fuel-cell": Model(
        "Regenerative fuel cell by the heat of formation of water",
        "Cox, Wagman & Medvedev (1989), CODATA Key Values for Thermodynamics",
    ),
    "array-shade": Model(
        "Shade of solar arrays on each other by projection along the rays of a point Sun",
        "Sutherland & Hodgman (1974), doi:10.1145/360767.360802; why it matters: Ross et al. (2023), arXiv:2102.11766",
    ),
    "stores-ledger": Model(
        "Stores and processes with every element in balance in every step",
        "Conservation of mass; typed stores after Kortenkamp & Bell (2003), BioSim, SAE 2003-01-2546, recalled",
    ),
    "crew-metabolism": Model(
        "What people take and give by activity",
        "NASA/TP-2015-218570, Life Support Baseline Values and Assumptions; Volk & Rummel (1987), "
        "doi:10.1016/0273-1177(87)90045-9",
    ),
    "in-situ-plants": Model(
        "Oxygen and water of the ground with published spread",
        "Leger et al. (2025), doi:10.1073/pnas.2306146122; Schreiner et al. (2016), doi:10.1016/j.asr.2016.01.006; "
        "Schwandt et al. (2012), doi:10.1016/j.pss.2012.06.011; others recalled, see the table of plants",
    ),
    "supply-classes": Model(
        "Imports by the ten classes of supply", "SpaceNet 2.5r2, default model of crew consumables"
    ),
    "deposit": Model(
        "Yield of a deposit: balance of mass and energy with log-normal spreads, seeded Monte Carlo",
        "Conservation of mass and energy; Cochran (1977), Sampling Techniques, ch. 2",
    ),
    "lunar-prospector": Model(
        "Element abundances and hydrogen from Lunar Prospector's gamma rays and neutrons",
        "Prettyman et al. (2006), JGR 111, E12007, doi:10.1029/2005JE002656; Feldman et al. (2001), JGR 106, 23231, "
        "doi:10.1029/2000JE001444",
    ),
    "kreep": Model(
        "Rare earths by thorium in the ratios of high-K KREEP",
        "Warren (1989), LPI Technical Report 89-03, 149 (recalled); Warren & Wasson (1979), Rev. Geophys. 17, 73; "
        "McLeod & Krekeler (2017), doi:10.3390/resources6030040",
    ),
    "regolith": Model(
        "Heat in the regolith: density, conductivity, heat capacity and albedo of Diviner's standard column",
        "Hayne et al. (2017), JGR Planets 122, 2371, doi:10.1002/2017JE005387",
    ),
    "surroundings": Model(
        "Light and heat of the ground around: a bowl with the same view of the sky",
        "Ingersoll, Svitek & Murray (1992), Icarus 100, 40, doi:10.1016/0019-1035(92)90017-2",
    ),
    "hardware-heat": Model(
        "Hardware as lumped nodes with blankets, radiators, louvres and heaters",
        "Gilmore (2002), Spacecraft Thermal Control Handbook, vol. 1",
    ),
    "solar-constant": Model(
        "Total solar irradiance 1361 W/m2 at 1 au", "IAU 2015 resolution B3; Prsa et al. (2016), AJ 152, 41"
    ),
    "traverse": Model(
        "Traverses by label-setting search over place, time and charge",
        "Hart, Nilsson & Raphael (1968), doi:10.1109/TSSC.1968.300136; Phillips & Likhachev (2011), "
        "doi:10.1109/ICRA.2011.5980306; Desrochers & Soumis (1988), doi:10.1287/trsc.22.1.1",
    ),
    "flights": Model(
        "Flights of staged vehicles: rocket equation burn by burn, least propellant, boil-off",
        "Tsiolkovsky (1903); legs of SpaceNet 2.5r2, quick start of a lunar sortie",
    ),
    "campaign": Model(
        "Campaigns as a time-expanded network of flights and stocks, solved with HiGHS",
        "Huangfu & Hall (2018), doi:10.1007/s12532-017-0130-5; crew supplies of SpaceNet 2.5r2",
    ),
    "lost-launch": Model(
        "Lost launches: stores without the lost mission and all that need it, independent failures",
        "Conservation of mass; enumeration of failures in falling probability",
    ),
    "landing-hazard": Model(
        "Landing hazards: plane fits, rocks by size, Gaussian dispersion",
        "Golombek & Rapp (1997), JGR 102, 4117, doi:10.1029/96JE03319; Golombek et al. (2008), "
        "doi:10.1029/2007JE003065",
    ),
    "small-bodies": Model(
        "Motion of small bodies: planets, Moon and sixteen asteroids with relativity, oblateness and outgassing",
        "Einstein, Infeld & Hoffmann in Park et al. (2021), doi:10.3847/1538-3881/abd414; Farnocchia (2021), "
        "IOM 392R-21-005; Marsden, Sekanina & Yeomans (1973), doi:10.1086/111402",
    ),
    "ranging": Model(
        "Orbits from nothing: systematic ranging, growing arcs, least squares in square-root form",
        "Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, doi:10.1016/j.icarus.2015.05.032; Bierman (1977)",
    ),
    "veres-weights": Model(
        "Weights of observations by station, catalogue and epoch",
        "Veres, Farnocchia, Chesley & Chamberlin (2017), Icarus 296, 139, doi:10.1016/j.icarus.2017.05.021",
    ),
    "line-of-variations": Model(
        "Impact probability along the line of variations, with random orbits as the check",
        "Milani et al. (2005), Icarus 173, 362, doi:10.1016/j.icarus.2004.09.002; Roa, Farnocchia & Chesley (2021), "
        "AJ 162, 277, doi:10.3847/1538-3881/ac193f",
    ),
    "palermo-torino": Model(
        "Palermo and Torino scales",
        "Chesley et al. (2002), Icarus 159, 423, doi:10.1006/icar.2002.6910; Binzel (2000), Planet. Space Sci. 48, 297",
    ),
    "hg-magnitudes": Model(
        "Brightness of asteroids by H and G", "Bowell et al. (1989), in Asteroids II, p. 524; IAU Commission 20 (1985)"
    ),
    "deflection": Model(
        "Deflection by small pushes on the target plane, proved by new flights; momentum enhancement of DART",
        "Opik (1976), Interplanetary Encounters; Cheng et al. (2023), Nature 616, 457, doi:10.1038/s41586-023-05878-z",
    ),
    "holsapple": Model(
        "Crater size by pi-scaling, between gravity and strength",
        "Holsapple (1993), Annu. Rev. Earth Planet. Sci. 21, 333, doi:10.1146/annurev.ea.21.050193.002001",
    ),
    "ejecta-scaling": Model(
        "Ejecta of impacts: mass and speed by point-source scaling, sizes by power laws",
        "Housen & Holsapple (2011), Icarus 211, 856, doi:10.1016/j.icarus.2010.09.017; Singer, Jolliff & McKinnon "
        "(2020), doi:10.1029/2019JE006313",
    ),
    "kepler-arcs": Model(
        "Flights of ejecta over the Moon: Keplerian arcs, exact on the sphere",
        "Bate, Mueller & White (1971), Fundamentals of Astrodynamics, 6.2; Izzo (2015), doi:10.1007/s10569-014-9587-y",
    ),
    "moonquakes": Model(
        "Moonquakes of impacts: seismic efficiency, rays in layers",
        "Collins, Melosh & Marcus (2005), doi:10.1111/j.1945-5100.2005.tb00157.x; Weber et al. (2011), Science 331, "
        "309, doi:10.1126/science.1199375",
    ),
    "flash-efficiency": Model(
        "Light of impacts by luminous efficiency",
        "Suggs et al. (2014), Icarus 238, 23, doi:10.1016/j.icarus.2014.04.032; Madiedo et al. (2014), MNRAS 439, 2364",
    ),
    "gruen": Model(
        "Flux of meteoroids at 1 au",
        "Gruen, Zook, Fechtig & Giese (1985), Icarus 62, 244, doi:10.1016/0019-1035(85)90121-6; speeds: NASA TM-4527",
    ),
    "ballistic-limits": Model(
        "What a wall stops: single walls and Whipple shields",
        "Cour-Palais in NASA/TP-2003-210788; Christiansen (1993), doi:10.1016/0734-743X(93)90016-Z",
    ),
    "lunar-constellations": Model(
        "Announced constellations about the Moon, with what each source says and what was chosen here",
        "table navigation/lunar/constellations.toml: ESA Moonlight, LunaNet Interoperability Specification v5, studies "
        "of Queqiao, SSTL; most orbits are not published",
    ),
    "dilution": Model(
        "Dilution of precision and weighted least squares of ranges",
        "Kaplan & Hegarty (2017), Understanding GPS/GNSS, 3rd ed., sections 11.2 and 11.3",
    ),
    "broadcast-messages": Model(
        "Satellites by their broadcast messages",
        "IS-GPS-200; Galileo OS SIS ICD 2.1; GLONASS ICD 5.1; BDS-SIS-ICD B1I 3.0; offsets and delays as they say",
    ),
    "sisre": Model(
        "Signal-in-space range errors: broadcast less precise orbits and clocks",
        "Montenbruck, Steigenberger & Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8",
    ),
    "navigation-orbit-fit": Model(
        "Orbits of navigation satellites fitted to precise positions, with empirical solar radiation (ECOM2)",
        "Arnold et al. (2015), J. Geod. 89, 775, doi:10.1007/s00190-015-0814-4; light of the Earth: Rodriguez-Solano "
        "et al. (2012), doi:10.1016/j.asr.2012.01.016; Earth rotation: IERS Conventions (2010)",
    ),
    "single-point": Model(
        "Positions from codes, with the ionosphere as a random delay about a model",
        "Teunissen & Montenbruck (2017), Springer Handbook of Global Navigation Satellite Systems, chapter 21",
    ),
    "ppp": Model(
        "Precise point positioning, ambiguities left real",
        "Zumberge et al. (1997), doi:10.1029/96JB03860; Kouba & Heroux (2001), doi:10.1007/PL00012883",
    ),
    "lunar-tracking": Model(
        "Orbits of lunar spacecraft from two-way ranges and Doppler, by batch least squares",
        "Tapley, Schutz & Born (2004), Statistical Orbit Determination, chapter 4",
    ),
    "weak-signal": Model(
        "The Earth's navigation satellites at the Moon: main beams past the limb and side lobes",
        "table navigation/lunar/gnss_transmitters.toml: Marquis & Reigh (2015), doi:10.1002/navi.123; Donaldson et al. "
        "(2020), doi:10.1002/navi.361; others by analogy. Held against Sciacca et al. (2025), arXiv:2601.06081",
    ),
}

ASSUMPTIONS = {
    "line-of-variations": "The errors of an orbit are Gaussian with the covariance as given; bodies that pull are "
    "known exactly; nothing brakes in the air.",
    "ejecta-scaling": "Ground of the published kinds; one blow at one point; ejecta leave at 30 to 60 degrees, evenly "
    "to all sides unless the path is flat; sizes of pieces are known to powers of ten.",
    "moonquakes": "Nothing of the waves is lost on their way; the Moon is alike in all directions.",
    "flash-efficiency": "Efficiencies were measured on impacts of grams to tons and are carried to megatons.",
    "gruen": "Meteoroids come evenly from all sides, and mass and speed do not depend on each other; no streams, no "
    "dust of the Moon's own.",
    "ballistic-limits": "Aluminium walls; a hole counts, whatever lies behind it.",
    "regolith": "Ground is level, free of rocks and alike everywhere; its surface radiates evenly in all directions.",
    "hardware-heat": "A facility has one temperature, stores heat as aluminium does, and its load is always served.",
    "radiation-pressure": "A spacecraft is a sphere to sunlight: one area, one coefficient, no attitude.",
    "frozen-ellipse": "Orbits fly without control: no station keeping, no orbit-determination error.",
    "horizon": "Light runs straight (no air, no dust above ground); the terrain is as smooth as its grid.",
    "link-budget": "Antennas point at each other without error, and every contact is served: conflicts for a dish are "
    "not resolved; rain and gas enter as a fixed allowance by band at the least elevation.",
    "power-ledger": "All facilities of a site share one bus without line losses; loads can be served in part.",
    "power-grid": "Lines react at once and lose what their rating says; stores never charge each other; no voltage or "
    "frequency is solved for.",
    "battery-ageing": "Constants of lithium-manganese-oxide cells; a share of the fading goes with the charge moved.",
    "fuel-cell": "Tanks are tight, and efficiency does not depend on load.",
    "array-shade": "Arrays are opaque rectangles and the Sun a point; a part in shade does not stop the rest.",
    "stores-ledger": "The air of a cabin is not a volume: what people breathe comes straight from the stores, and what "
    "they exhale goes straight into them. A facility draws its load also while its process waits for stores.",
    "crew-metabolism": "All that people take and give follows their oxygen; people differ by a fifth from the mean "
    "(unverified).",
    "in-situ-plants": "Yields and energies are far from flight: most figures are recalled or second-hand (unverified).",
    "supply-classes": "Spares and packing are shares of mass (unverified); research, infrastructure and carriers are "
    "not counted.",
    "earth-rotation": "UT1 and polar motion beyond the last IERS prediction are held at their last value.",
    "deposit": "Grade, recovery and energies vary independently; ground is as good everywhere as its grade says.",
    "lunar-prospector": "An orbital footprint is no ore map: values are means over tens to hundreds of kilometres.",
    "kreep": "Ratios hold where KREEP carries the thorium; elsewhere the range is widened by judgement.",
    "sgp4": "Two-line elements are flown outside their usual days of validity where the scenario says so.",
    "nrlmsis": "Driven with daily Ap; density errs by some 15 %, more in storms.",
    "reentry-windows": "The ballistic coefficient stays what the history shows, within its scatter; no manoeuvre, no "
    "Sun or Moon; re-entry is 80 km over the ellipsoid.",
    "collision-probability": "Elements bring no errors: standard deviations are those that the scenario assumes.",
    "coverage": "Satellites of a sensor fly by two bodies and secular J2; geometry and light alone, no clouds, no duty "
    "cycles; stereo views are sampled at the steps.",
    "sight": "Craft are white spheres of their hard body with an albedo of 0.2; no terrain, no weather, no light time.",
    "tracking": "Radars measure to 30 m and 0.5 mrad, telescopes to one arc second, without biases, clouds or a limit "
    "of brightness; forces are known but for small accelerations.",
    "fireballs": "The list misses no event above the energy from which it follows the law.",
    "traverse": "A rover drives between middles of pixels, light holds for one slice of time, the array gives its full "
    "power wherever half of the Sun shines; slip, rocks and what is smaller than a pixel are not seen.",
    "flights": "Burns are impulsive changes of velocity as the legs give them; propellant carried as cargo does not "
    "boil off; a person weighs 100 kg (unverified).",
    "campaign": "What arrives within a step counts from its end; people are not planned; crews are supplied without "
    "recycling.",
    "lost-launch": "Nobody replans, nothing is rationed, and launches fail independently of each other.",
    "landing-hazard": "A landing fails on ground that is too steep or too rough and on a rock that is too tall; "
    "touchdowns scatter as a Gaussian.",
    "lunar-constellations": "Satellites fly without control from places that are mostly chosen here; their clocks and "
    "orbits err as the budget says, evenly and independently.",
    "dilution": "Errors of ranges are independent and alike in every direction; no multipath, no bias.",
    "sisre": "The precise product is the truth: good to centimetres, for geostationary orbits to 2 m along the track; "
    "medians of clocks and means of radial errors are removed by group.",
    "navigation-orbit-fit": "No manoeuvre; nominal attitude; tides of the oceans and higher Love numbers are left to "
    "the empirical parameters; what the precise product errs by is no part of the sigmas.",
    "lunar-tracking": "The forces of the fit are those of the flight but for the pressure of sunlight: what gravity "
    "and manoeuvres add is not told.",
    "weak-signal": "Nominal orbits, good for shares of time; patterns of some blocks are those of others by analogy; a "
    "satellite is acquired as soon as it is strong enough.",
}
