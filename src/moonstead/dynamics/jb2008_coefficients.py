"""Coefficients of the model Jacchia-Bowman 2008.

Source: Bowman, Tobiska, Marcos, Huang, Lin & Burke (2008), A New Empirical Thermospheric Density Model JB2008 Using New
Solar and Geomagnetic Indices, AIAA 2008-6438, with the digits of the authors' code as Orekit has them.
"""

from __future__ import annotations

MOLAR_MASS = (28.0134, 31.9988, 15.9994, 39.9480, 4.0026, 1.00797)  # [g/mol] N2, O2, O, Ar, He, H
SEA_LEVEL_SHARE = (0.78110, 0.20955, 9.3400e-3, 1.2890e-5)  # [1] of volume: N2, O2, Ar, He
SEA_LEVEL_MASS = 28.960  # [g/mol]
HELIUM_DIFFUSION = -0.38  # [1] thermal
DENSITY_90_KM = 3.46e-6  # [kg/m3]
AVOGADRO = 6.02257e26  # [1/kmol] of the model
GAS = 8.31432  # [J/mol/K] of the model
EARTH_RADIUS = 6356.766  # [km] of the model

# Mean molar mass from 90 km to 105 km by height over 100 km [km], eq. 1.
MEAN_MASS = (28.15204, -8.5586e-2, 1.2840e-4, -1.0056e-5, -1.0210e-5, 1.5044e-6, 9.9826e-8)
# Exospheric correction above 1000 km.
HIGH = (0.22, -0.20e-2, 0.115e-2, -0.211e-5)
# Amplitude and phase of the semiannual variation.
AMPLITUDE = (0.2689, -0.1176e-1, 0.2782e-1, -0.2782e-1, 0.3470e-3)
PHASE = (-0.3633, 0.8506e-1, 0.2401, -0.1897, -0.2554, -0.1790e-1, 0.5650e-3, -0.6407e-3, -0.3418e-2, -0.1252e-2)
# Correction of the exospheric temperature by local time and latitude: above and below 240 km.
UPPER = (
    (-4.57512297,),
    (-5.12114909, -69.3003609, 203.716701, 703.316291, -1943.49234, 1106.51308),
    (-174.378996, 1885.94601, -7093.71517, 9224.54523, -3845.08073),
    (-6.45841789, 40.9703319, -482.006560, 1818.70931, -2373.89204, 996.703815),
    (36.1416936,),
)
LOWER_SLOPE = (
    (-15.5986211,),
    (-5.12114909, -69.3003609, 203.716701, 703.316291, -1943.49234, 1106.51308),
    (-220.835117, 1432.56989, -3184.81844, 3289.81513, -1353.32119),
    (19.9956489,),
    (-12.7093998, 21.2825156, -2.75555432),
)
LOWER = ((11.0234982,), (148.881951, -751.640284, 637.876542), (12.7093998, -21.2825156, 2.75555432))
