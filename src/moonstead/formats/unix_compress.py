"""Files of the Unix program compress (.Z), as archives of satellite navigation kept them until 2020."""

from __future__ import annotations

import os

import numpy as np

from moonstead.formats.gnss_faults import format_error
from moonstead.foundation.kernel_cache import prepare

HEADER = 3  # [bytes]: two of magic, one of settings
WIDEST = 16  # [bits] of a code


def expand(raw: bytes, path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """Unpack a .Z file.

    Parameters
    ----------
    raw : bytes
        The file, its magic bytes checked.
    path : path
        Its name, for messages.
    most_bytes : int
        Of unpacked text.

    Returns
    -------
    bytes
        The text.

    Raises
    ------
    FormatError
        The file is damaged or unpacks to more than `most_bytes`.

    Source
    ------
    Welch (1984), Computer 17(6), 8, doi:10.1109/MC.1984.1659158; layout of the codes: RFC 2616 does not give it, the
    manual page compress(1) and the files themselves do (codes of 9 to 16 bits, least bit first, padded to groups of
    eight codes where the width changes; code 256 clears the table where bit 7 of the settings is set).
    """
    settings = raw[2] if len(raw) > 2 else 0
    widest, block = settings & 0x1F, bool(settings & 0x80)
    if not 9 <= widest <= WIDEST:
        raise format_error(path, 0, f"damaged .Z file: codes of {widest} bits", "fetch the file again")
    prepare()
    from moonstead.formats.unix_compress_kernels import expand_kernel

    packed = np.frombuffer(raw, dtype=np.uint8)[HEADER:]
    capacity = min(max(16 * packed.size, 1 << 16), most_bytes)
    while True:
        out = np.empty(capacity, dtype=np.uint8)
        size, status = expand_kernel(packed, widest, block, out)
        if status == 0:
            return out[:size].tobytes()
        if status == 1:
            raise format_error(path, 0, "damaged .Z file: a code that was never made", "fetch the file again")
        if capacity == most_bytes:
            raise format_error(path, 0, f"more than {most_bytes >> 20} MiB of text", "cut it into days or hours first")
        capacity = min(4 * capacity, most_bytes)
