"""Where the numbers of a force model stand in the arrays that its kernels read.

`forces_tables` writes the arrays, the kernels read them. Lists come behind the fixed places; where a list begins is
told by an entry of `integers`.
"""

LANES = 8  # float64 numbers in a vector, as in `vector_kernels`

# numbers: (K,) float64
EPOCH = 0  # [s TDB past J2000] origin of the kernels' times
GM = 1  # [m^3/s^2] of the centre
FIELD_RADIUS = 2  # [m] reference radius of the centre's field
SPIN_RATE = 3  # [rad/s] of the air, about the third axis of the centre
RADIATION = 4  # [N m^2] pressure * area * cr * au^2; 0 without radiation pressure
SUN_RADIUS = 5  # [m]
DRAG_AREA = 6  # [m^2] area times coefficient; 0 without drag
AIR_RADIUS = 7  # [m] equatorial radius of the ellipsoid that altitude is measured from
AIR_FLATTENING = 8  # [1]
INVERSE_C2 = 9  # [s^2/m^2] 0 without relativity
MASS = 10  # [kg] at BURN_START
MASS_FLOW = 11  # [kg/s]
BURN_START = 12  # [s past the epoch]
THRUST = 13  # [N]
DIRECTION = 14  # three numbers: unit vector of the thrust
FIRST_LIST = 17

# integers: (K,) int64
SUN = 0  # index of the Sun among the bodies; CENTER where it is the centre or not needed
BODY_COUNT = 1  # B
HIDING_COUNT = 2  # H bodies that may hide the Sun
SURFACE_COUNT = 3  # W surfaces that end the motion
SWITCH_COUNT = 4  # L radii beyond which a lower degree serves
THRUST_AXES = 5  # 0: ICRF, 1: radial, transverse, normal
BODY_VECTORS = 6  # vectors of eight numbers that the positions of all bodies fill
BODY_GRIDS = 7  # grids of records whose series are added up to the positions
TURNS = 8  # 1 where the axes of the centre are tabulated
HARMONICS = 9  # 1 where the centre has a field, 0 for a point mass
BODY_GM = 10  # place in numbers: (B,) [m^3/s^2]; 0 for a body that only shines or hides
HIDING_RADIUS = 11  # place in numbers: (H,) [m]
SURFACE_RADIUS = 12  # place in numbers: (W,) [m]
SWITCH_RADIUS = 13  # place in numbers: (L,) [m], rising
GRID_TIMES = 14  # place in numbers: (grids, 3) start [s past the epoch], interval [s], 1 / interval [1/s]
HIDING_BODY = 15  # place in integers: (H,) indices of bodies, or CENTER
SURFACE_BODY = 16  # place in integers: (W,) likewise
FIELD_PLACE = 17  # place in integers: (L + 1,) where in `field` the field of each level begins
GRID_LAYOUT = 18  # place in integers: (grids, 3) place in `series`, records, terms
PARAMETER_COUNT = 19  # columns of partial derivatives by force parameters that are integrated
PARAMETERS = 20  # place in integers: (P,) kinds of these parameters
BODY_SERIES = 21  # place in integers: first grid, grids, vectors, place in the scratch space of the positions
AXES_SERIES = 22  # likewise of the quaternion of the centre's axes
FIRST_INTEGER_LIST = 23
CENTER = -1  # in place of a body's index

# scratch space of the kernels where the positions of the bodies and the quaternion are written
SERIES_WORK = (23, 0)

# kinds of force parameters
RADIATION_SCALE = 0  # factor of radiation pressure
GM_SCALE = 1  # factor of the centre's field
DRAG_SCALE = 2  # factor of drag
THRUST_SCALE = 3  # and 4, 5: parts of a thrust along the axes of the ICRF, over its strength

# field: for each level a header, the limits of each degree, the rows of its harmonics
ORDERS = 0  # eight numbers 0..7
BITS = 8  # three vectors: binary digits of the orders
BITS_1 = 32  # of the order before, 0 for none
BITS_2 = 56  # of the order two before
DEGREE = 80
CENTRAL = 81  # C(0, 0)
ROWS = 82  # where the rows begin, counted from the header
LIMITS = 83  # (N + 1,) values of R/r below which all higher degrees together are nothing
ROW = 3 * LANES  # a row: factors of the recurrence, cosines, sines
