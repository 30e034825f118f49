"""Writes small synthetic maps in the layouts of published lunar products: nothing in them was measured.

The layouts follow the products' labels as quoted in public: PGDA products 69, 78 and 90 (GeoTIFF) and the LOLA gridded
data records of the PDS (IMG or JP2 with a PDS3 label), data set LRO-L-LOLA-4-GDR-V1.0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOON_RADIUS = 1_737_400.0  # [m] of the sphere of all these products
POLAR = "POLAR STEREOGRAPHIC"


def polar_crs(pole: str = "south", longitude_deg: float = 0.0, radius: float = MOON_RADIUS) -> str:
    """PROJ text of a polar stereographic map, true at the pole, as in PGDA products 78 and 90."""
    latitude = {"south": -90, "north": 90}[pole]
    return (
        f"+proj=stere +lat_0={latitude} +lat_ts={latitude} +lon_0={longitude_deg} +x_0=0 +y_0=0 "
        f"+R={radius} +units=m +no_defs"
    )


def write_geotiff(
    path: Path,
    values: ArrayLike,
    spacing: float,
    x: float | None = None,
    y: float | None = None,
    *,
    crs: str | None = None,
    pole: str = "south",
    dtype: str = "float32",
    nodata: float | None = None,
    scale: float = 1.0,
    offset: float = 0.0,
    unit: str | None = None,
    blocks: int | None = None,
) -> Path:
    """Write one band as GeoTIFF; `x`, `y` are the centre [m] of the top left pixel (default: centred on the origin).

    `blocks` writes square tiles of that many pixels (a multiple of 16), as cloud-optimised files have.
    """
    import rasterio
    from rasterio.transform import Affine

    values = np.asarray(values, dtype=dtype)
    rows, columns = values.shape
    x = -0.5 * (columns - 1) * spacing if x is None else x
    y = 0.5 * (rows - 1) * spacing if y is None else y
    layout = {"tiled": True, "blockxsize": blocks, "blockysize": blocks, "compress": "deflate"} if blocks else {}
    transform = Affine(spacing, 0.0, x - 0.5 * spacing, 0.0, -spacing, y + 0.5 * spacing)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=1,
        dtype=dtype,
        crs=crs or polar_crs(pole),
        transform=transform,
        nodata=nodata,
        **layout,
    ) as target:
        target.write(values, 1)
        if (scale, offset) != (1.0, 0.0):
            target.scales, target.offsets = (scale,), (offset,)
        if unit:
            target.units = (unit,)
    return Path(path)


def write_site_tile(
    folder: Path, heights: ArrayLike, x: float, y: float, *, site: str = "Site04", spacing: float = 5.0
) -> Path:
    """Write heights [m] as a site tile of PGDA product 78: float32 above 1737.4 km, south polar stereographic."""
    return write_geotiff(folder / f"{site}_final_adj_5mpp_surf.tif", heights, spacing, x, y)


def write_polar_cap(folder: Path, heights: ArrayLike, spacing: float = 20.0, *, pole: str = "south") -> Path:
    """Write heights [m] around a pole like PGDA product 90, LDEM_80S_20MPP_ADJ.TIF, in tiles of 256 pixels."""
    name = f"LDEM_80{pole[0].upper()}_{spacing:.0f}MPP_ADJ.TIF"
    return write_geotiff(folder / name, heights, spacing, pole=pole, blocks=256)


def gdr_label(
    image: str,
    shape: tuple[int, int],
    spacing: float,
    line_offset: float,
    sample_offset: float,
    *,
    projection: str = POLAR,
    center_latitude: float = -90.0,
    center_longitude: float = 0.0,
    map_scale: str | None = None,
    sample_type: str = "LSB_INTEGER",
    sample_bits: int = 16,
    unit: str = "METER",
    scaling_factor: str = "0.5",
    offset: str = "1737400.",
    quantity: str = "HEIGHT",
    missing: str | None = None,
    changes: dict[str, str] | None = None,
    record_bytes: int | None = None,
    compressed: str | None = None,
) -> str:
    """PDS3 label of a LOLA gridded data record. `changes` replaces the text after the `=` of a keyword."""
    lines, samples = shape
    map_scale = map_scale or f"{spacing:g} <METERS/PIXEL>"
    record_bytes = record_bytes or samples * sample_bits // 8
    pointer = f'^IMAGE = "{image}"'
    image_object = [
        "OBJECT = IMAGE",
        f"  NAME = {quantity}",
        '  DESCRIPTION = "Each sample is relative to a reference radius (OFFSET).',
        '    Synthetic values in the layout of a LOLA map; END_OBJECT = IMAGE in a text ends nothing."',
        f"  LINES = {lines}",
        f"  LINE_SAMPLES = {samples}",
        f"  SAMPLE_TYPE = {sample_type}",
        f"  SAMPLE_BITS = {sample_bits}",
        f"  UNIT = {unit}",
        f"  SCALING_FACTOR = {scaling_factor}",
        f"  OFFSET = {offset}",
        *([f"  MISSING_CONSTANT = {missing}"] if missing else []),
        "  /* HEIGHT = (DN * SCALING_FACTOR).",
        "     PLANETARY_RADIUS = (DN * SCALING_FACTOR) + OFFSET */",
        "END_OBJECT = IMAGE",
    ]
    if compressed:
        body = [
            "OBJECT = COMPRESSED_FILE",
            f'  FILE_NAME = "{compressed}"',
            "  RECORD_TYPE = UNDEFINED",
            '  ENCODING_TYPE = "JP2"',
            "  INTERCHANGE_FORMAT = BINARY",
            f'  UNCOMPRESSED_FILE_NAME = "{image}"',
            f"  REQUIRED_STORAGE_BYTES = {lines * record_bytes} <BYTES>",
            "END_OBJECT = COMPRESSED_FILE",
            "OBJECT = UNCOMPRESSED_FILE",
            f'  FILE_NAME = "{image}"',
            "  RECORD_TYPE = FIXED_LENGTH",
            f"  RECORD_BYTES = {record_bytes}",
            f"  FILE_RECORDS = {lines}",
            f"  {pointer}",
            *image_object,
            "END_OBJECT = UNCOMPRESSED_FILE",
        ]
    else:
        body = [
            "RECORD_TYPE = FIXED_LENGTH",
            f"RECORD_BYTES = {record_bytes}",
            f"FILE_RECORDS = {lines}",
            pointer,
            *image_object,
        ]
    text = [
        'PDS_VERSION_ID = "PDS3"',
        "/*** GENERAL DATA DESCRIPTION PARAMETERS ***/",
        'PRODUCT_VERSION_ID = "V2.0"',
        'DATA_SET_ID = "LRO-L-LOLA-4-GDR-V1.0"',
        f'PRODUCT_ID = "{image}"',
        'INSTRUMENT_NAME = "LUNAR ORBITER LASER ALTIMETER"',
        'MISSION_PHASE_NAME = {"COMMISSIONING","NOMINAL MISSION","SCIENCE',
        '                      MISSION"}',
        "TARGET_NAME = MOON",
        "START_TIME = 2009-07-13T17:33:17",
        *body,
        "OBJECT = IMAGE_MAP_PROJECTION",
        '  ^DATA_SET_MAP_PROJECTION = "DSMAP_POLAR.CAT"',
        f'  MAP_PROJECTION_TYPE = "{projection}"',
        "  A_AXIS_RADIUS = 1737.4 <km>",
        "  B_AXIS_RADIUS = 1737.4 <km>",
        "  C_AXIS_RADIUS = 1737.4 <km>",
        "  FIRST_STANDARD_PARALLEL = 'N/A'",
        '  POSITIVE_LONGITUDE_DIRECTION = "EAST"',
        '  KEYWORD_LATITUDE_TYPE = "PLANETOCENTRIC"',
        f"  CENTER_LATITUDE = {center_latitude:g} <deg>",
        f"  CENTER_LONGITUDE = {center_longitude:g} <deg>",
        "  LINE_FIRST_PIXEL = 1",
        f"  LINE_LAST_PIXEL = {lines}",
        "  SAMPLE_FIRST_PIXEL = 1",
        f"  SAMPLE_LAST_PIXEL = {samples}",
        "  MAP_PROJECTION_ROTATION = 0.0",
        f"  MAP_RESOLUTION = {np.pi * MOON_RADIUS / 180.0 / spacing:.6f} <PIX/DEG>",
        f"  MAP_SCALE = {map_scale}",
        f"  LINE_PROJECTION_OFFSET = {line_offset}",
        f"  SAMPLE_PROJECTION_OFFSET = {sample_offset}",
        '  COORDINATE_SYSTEM_TYPE = "BODY-FIXED ROTATING"',
        '  COORDINATE_SYSTEM_NAME = "MEAN EARTH/POLAR AXIS OF DE421"',
        "END_OBJECT = IMAGE_MAP_PROJECTION",
        "END",
    ]
    for keyword, value in (changes or {}).items():
        found = [i for i, line in enumerate(text) if line.strip().startswith(f"{keyword} =")]
        assert found, f"the label has no {keyword}"
        for i in found:
            text[i] = f"{text[i].split('=')[0]}= {value}"
    return "\r\n".join(text) + "\r\n"


def center_offsets(shape: tuple[int, int], x: float | None, y: float | None, spacing: float) -> tuple[float, float]:
    """LINE and SAMPLE_PROJECTION_OFFSET [pixel]: where the origin lies, counted from the first pixel's centre."""
    rows, columns = shape
    line = 0.5 * (rows - 1) if y is None else y / spacing
    sample = 0.5 * (columns - 1) if x is None else -x / spacing
    return line, sample


def write_gdr_polar(
    folder: Path,
    numbers: ArrayLike,
    spacing: float,
    *,
    name: str = "LDEM_80S_20M",
    pole: str = "south",
    x: float | None = None,
    y: float | None = None,
    dtype: str = "<i2",
    **label: object,
) -> Path:
    """Write digital numbers (0.5 m each unless the label says otherwise) as `name`.IMG and .LBL; gives the label."""
    numbers = np.asarray(numbers, dtype=dtype)
    line, sample = center_offsets(numbers.shape, x, y, spacing)
    (folder / f"{name}.IMG").write_bytes(numbers.tobytes())
    text = gdr_label(
        f"{name}.IMG",
        numbers.shape,
        spacing,
        line,
        sample,
        **{"center_latitude": {"south": -90.0, "north": 90.0}[pole], **label},  # type: ignore[arg-type]
    )
    path = folder / f"{name}.LBL"
    path.write_text(text, newline="")
    return path


def write_gdr_cylindrical(folder: Path, numbers: ArrayLike, **label: object) -> Path:
    """Write (rows, 2 rows) numbers of the whole Moon like LDEM_4: 0 to 360 degrees east, named by pixels per degree."""
    numbers = np.asarray(numbers, dtype="<i2")
    per_degree = numbers.shape[0] / 180.0
    spacing = np.pi * MOON_RADIUS / 180.0 / per_degree
    return write_gdr_polar(
        folder,
        numbers,
        spacing,
        name=f"LDEM_{per_degree:g}",
        **{  # type: ignore[arg-type]
            "projection": "SIMPLE CYLINDRICAL",
            "center_latitude": 0.0,
            "center_longitude": 180.0,
            "map_scale": f"{spacing / 1e3:.10f} <KM/PIXEL>",
            **label,
        },
    )


def write_gdr_jp2(
    folder: Path, numbers: ArrayLike, spacing: float, *, name: str = "LDEM_80S_20M", pole: str = "south"
) -> Path:
    """Write digital numbers of 0.5 m as lossless `name`.JP2 with its label; gives the label."""
    import rasterio
    from rasterio.transform import Affine

    numbers = np.asarray(numbers, dtype=np.int16)
    rows, columns = numbers.shape
    with rasterio.open(
        folder / f"{name}.JP2",
        "w",
        driver="JP2OpenJPEG",
        width=columns,
        height=rows,
        count=1,
        dtype="int16",
        crs=polar_crs(pole),
        transform=Affine(spacing, 0.0, -0.5 * columns * spacing, 0.0, -spacing, 0.5 * rows * spacing),
        QUALITY="100",
        REVERSIBLE="YES",
    ) as target:
        target.write(numbers, 1)
    line, sample = center_offsets((rows, columns), None, None, spacing)
    latitude = {"south": -90.0, "north": 90.0}[pole]
    text = gdr_label(
        f"{name}.IMG", (rows, columns), spacing, line, sample, center_latitude=latitude, compressed=f"{name}.JP2"
    )
    path = folder / f"{name}.LBL"
    path.write_text(text, newline="")
    return path


def hills(rows: int, columns: int, spacing: float, *, amplitude: float = 300.0, seed: int = 1) -> NDArray[np.float64]:
    """Smooth synthetic heights [m]: a few waves of random direction, the shortest 12 pixels long."""
    generator = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(columns) * spacing, np.arange(rows) * spacing)
    heights = np.zeros((rows, columns))
    for length in (12.0, 30.0, 80.0):
        direction, phase = generator.uniform(0.0, 2.0 * np.pi, 2)
        along = x * np.cos(direction) + y * np.sin(direction)
        heights += amplitude * (length / 80.0) * np.sin(2.0 * np.pi * along / (length * spacing) + phase)
    return heights
