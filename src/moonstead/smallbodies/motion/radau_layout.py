"""Where the kernels of the flight of one small body keep their settings, what they carry and their work."""

from moonstead.smallbodies.motion.perturber_tables import HEAVY, LANES

DONE, FULL, HIT, STALLED = range(4)  # how a call ends

# places in `settings`
TOLERANCE, NOISE, PARTIALS, STOPS, END = range(5)
SETTINGS = 5

# places in `carry`: what goes on from call to call
TIME, STEP, LAST, FLOWN, KEPT, EVALUATIONS, BODY, HIT_TIME, READY = range(9)
STATE = 16  # x, y, z, vx, vy, vz
LOST = 22  # what the sums of the state lost to rounding
PULL = 32  # accelerations at the nodes of the step at hand, component by component
LAST_PULL = PULL + 3 * LANES  # of the step before
FORESEEN = PULL + 6 * LANES  # what the last step's polynomial alone predicts for the step at hand
MISSED = PULL + 9 * LANES  # by which the prediction of the step before was wrong
COLUMNS = 9  # partials by the state and by A1, A2, A3
SERIES = 3 * COLUMNS
TANGENT = PULL + 12 * LANES  # partials of place, component by component, then of velocity
TANGENT_PULL = TANGENT + 2 * SERIES  # their accelerations at the nodes
LAST_TANGENT = TANGENT_PULL + LANES * SERIES
CARRY = LAST_TANGENT + LANES * SERIES

# places in `work`
TIMES = 0
PATH, SPEEDS, SMALL, NEW = (LANES * (1 + 3 * k) for k in range(4))
GRADIENT = LANES * 13
AXES_AT = LANES * 19
PULLED = LANES * 28
TANGENT_PATH = PULLED + LANES * 4 * HEAVY
TANGENT_SMALL = TANGENT_PATH + LANES * SERIES
FUTURE = TANGENT_SMALL + LANES * SERIES
SCRATCH = FUTURE + LANES * LANES
MOVED = SCRATCH + LANES * 9
MOVED_SPEEDS = MOVED + LANES * 3
MOVED_AXES = MOVED_SPEEDS + LANES * 3
WORK = MOVED_AXES + LANES * 9
