"""Where the numbers of an atmosphere stand in the array that its kernels read.

`air` holds one or the other. Layers: how many, then of each the base altitude [m] and the cubic of the logarithm of
density [kg/m^3] by altitude above it [m], four numbers from the constant on. A grid: the header that the names below
tell, then coefficients of cubic B-splines of the logarithm of density, by time, by local solar time, by latitude, by
logarithm of altitude, the last one running fastest.
"""

LAYERS = 0  # [1] number of layers; 0 where there is a grid
FIRST_LAYER = 1
LAYER = 5  # numbers of a layer
TIME_START = 1  # [s TDB past J2000] of the first node
TIME_STEP = 2  # [s]
TIMES = 3  # coefficients along time, two more than nodes; so with latitude and altitude
SUN_ANGLE = 4  # [rad] local solar time less longitude, at the first node
SUN_RATE = 5  # [rad/s]
HOURS = 6  # nodes of local solar time around the day; three coefficients more are stored
LATITUDES = 7  # [1] coefficients from pole to pole
LOWEST = 8  # [m] altitude of the first node
LOG_STEP = 9  # [1] step of the logarithm of altitude
ALTITUDES = 10
HEADER = 11  # numbers before the coefficients
