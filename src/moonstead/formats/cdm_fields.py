"""Keywords of the Conjunction Data Message: their order, their units, and which of them a message cannot do without."""

from __future__ import annotations

HEADER_KEYS = ("CCSDS_CDM_VERS", "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_FOR", "MESSAGE_ID")
RELATIVE_STATE_KEYS = tuple(f"RELATIVE_{what}_{axis}" for what in ("POSITION", "VELOCITY") for axis in "RTN")
RELATIVE_KEYS = (
    *("CONJUNCTION_ID", "TCA", "MISS_DISTANCE", "MAHALANOBIS_DISTANCE", "RELATIVE_SPEED"),
    *RELATIVE_STATE_KEYS,
    *("APPROACH_ANGLE", "START_SCREEN_PERIOD", "STOP_SCREEN_PERIOD", "SCREEN_TYPE", "SCREEN_VOLUME_FRAME"),
    *("SCREEN_VOLUME_SHAPE", "SCREEN_VOLUME_RADIUS", "SCREEN_VOLUME_X", "SCREEN_VOLUME_Y", "SCREEN_VOLUME_Z"),
    *("SCREEN_ENTRY_TIME", "SCREEN_EXIT_TIME", "SCREEN_PC_THRESHOLD", "COLLISION_PERCENTILE"),
    *("COLLISION_PROBABILITY", "COLLISION_PROBABILITY_METHOD", "COLLISION_MAX_PROBABILITY", "COLLISION_MAX_PC_METHOD"),
    *("SEFI_COLLISION_PROBABILITY", "SEFI_COLLISION_PROBABILITY_METHOD", "SEFI_FRAGMENTATION_MODEL"),
    *("PREVIOUS_MESSAGE_ID", "PREVIOUS_MESSAGE_EPOCH", "NEXT_MESSAGE_EPOCH"),
)
METADATA_KEYS = (
    *("OBJECT", "OBJECT_DESIGNATOR", "CATALOG_NAME", "OBJECT_NAME", "INTERNATIONAL_DESIGNATOR", "OBJECT_TYPE"),
    *("OPS_STATUS", "OPERATOR_CONTACT_POSITION", "OPERATOR_ORGANIZATION", "OPERATOR_PHONE", "OPERATOR_EMAIL"),
    *("EPHEMERIS_NAME", "ODM_MSG_LINK", "ADM_MSG_LINK", "OBS_BEFORE_NEXT_MESSAGE", "COVARIANCE_METHOD"),
    *("COVARIANCE_SOURCE", "MANEUVERABLE", "ORBIT_CENTER", "REF_FRAME", "ALT_COV_TYPE", "ALT_COV_REF_FRAME"),
    *("GRAVITY_MODEL", "ATMOSPHERIC_MODEL", "N_BODY_PERTURBATIONS", "SOLAR_RAD_PRESSURE", "EARTH_TIDES"),
    "INTRACK_THRUST",
)
TRACKING_KEYS = (
    *("TIME_LASTOB_START", "TIME_LASTOB_END", "RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN", "OBS_AVAILABLE", "OBS_USED"),
    *("TRACKS_AVAILABLE", "TRACKS_USED", "RESIDUALS_ACCEPTED", "WEIGHTED_RMS", "OD_EPOCH"),
)
ADDITIONAL_KEYS = (
    *("AREA_PC", "AREA_PC_MIN", "AREA_PC_MAX", "AREA_DRG", "AREA_SRP", "RCS", "RCS_MIN", "RCS_MAX", "VM_ABSOLUTE"),
    *("VM_APPARENT", "VM_APPARENT_MIN", "VM_APPARENT_MAX", "REFLECTANCE", "MASS", "HBR", "CD_AREA_OVER_MASS"),
    *("CR_AREA_OVER_MASS", "THRUST_ACCELERATION", "SEDR", "MIN_DV", "MAX_DV", "LEAD_TIME_REQD_BEFORE_TCA"),
    *("APOAPSIS_ALTITUDE", "PERIAPSIS_ALTITUDE", "INCLINATION", "COV_CONFIDENCE", "COV_CONFIDENCE_METHOD"),
)
STATE_KEYS = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")

# Rows of the covariance: 6 always, then drag, radiation pressure, thrust.
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT", "DRG", "SRP", "THR")
COVARIANCE_KEYS = tuple(f"C{AXES[row]}_{AXES[column]}" for row in range(9) for column in range(row + 1))
COVARIANCE_PLACES = {f"C{AXES[row]}_{AXES[column]}": (row, column) for row in range(9) for column in range(row + 1)}
_AXIS_UNITS = ("m",) * 3 + ("m/s",) * 3 + ("m**2/kg",) * 2 + ("m/s**2",)
_PRODUCTS = {
    ("m", "m"): "m**2",
    ("m/s", "m"): "m**2/s",
    ("m/s", "m/s"): "m**2/s**2",
    ("m**2/kg", "m"): "m**3/kg",
    ("m**2/kg", "m/s"): "m**3/(kg*s)",
    ("m**2/kg", "m**2/kg"): "m**4/kg**2",
    ("m/s**2", "m"): "m**2/s**2",
    ("m/s**2", "m/s"): "m**2/s**3",
    ("m/s**2", "m**2/kg"): "m**3/(kg*s**2)",
    ("m/s**2", "m/s**2"): "m**2/s**4",
}
COVARIANCE_UNITS = {
    key: _PRODUCTS[(_AXIS_UNITS[row], _AXIS_UNITS[column])] for key, (row, column) in COVARIANCE_PLACES.items()
}
UNITS = {
    **COVARIANCE_UNITS,
    **dict.fromkeys(STATE_KEYS[:3], "km"),
    **dict.fromkeys(STATE_KEYS[3:], "km/s"),
    **dict.fromkeys(("MISS_DISTANCE", *RELATIVE_STATE_KEYS[:3]), "m"),
    **dict.fromkeys(("RELATIVE_SPEED", *RELATIVE_STATE_KEYS[3:]), "m/s"),
    **dict.fromkeys(("SCREEN_VOLUME_X", "SCREEN_VOLUME_Y", "SCREEN_VOLUME_Z", "SCREEN_VOLUME_RADIUS", "HBR"), "m"),
    **dict.fromkeys(("RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN"), "d"),
    **dict.fromkeys(("CD_AREA_OVER_MASS", "CR_AREA_OVER_MASS"), "m**2/kg"),
    "RESIDUALS_ACCEPTED": "%",
    "AREA_PC": "m**2",
    "MASS": "kg",
    "THRUST_ACCELERATION": "m/s**2",
    "SEDR": "W/kg",
}
# The numbers that a probability rests on: another unit than the standard's would be a wrong answer.
EXACT_UNITS = frozenset((*STATE_KEYS, *COVARIANCE_KEYS, "HBR"))
NEEDED = ("OBJECT", "REF_FRAME", *STATE_KEYS)
BLOCK_KEYS = {
    "header": frozenset(HEADER_KEYS),
    "relative": frozenset(RELATIVE_KEYS),
    "object": frozenset((*METADATA_KEYS, *TRACKING_KEYS, *ADDITIONAL_KEYS, *STATE_KEYS, *COVARIANCE_KEYS)),
}
USER_DEFINED = "USER_DEFINED_"
