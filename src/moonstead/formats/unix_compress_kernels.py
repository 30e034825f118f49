"""Kernel of .Z files: arrays in, arrays out."""

import numpy as np
from numba import njit

CLEAR = 256


@njit(cache=True)
def expand_kernel(packed, widest, block, out):
    """Write the text of codes and return its size [bytes] and a status: 0 good, 1 damaged, 2 `out` too small.

    packed: bytes after the header; widest [bit]: of the longest code; block: whether code 256 clears the table.
    """
    prefix = np.zeros(1 << widest, dtype=np.int32)
    suffix = np.zeros(1 << widest, dtype=np.uint8)
    stack = np.empty(1 << widest, dtype=np.uint8)
    for code in range(256):
        suffix[code] = code
    first_free = 257 if block else 256
    free, width = first_free, 9
    previous, first = -1, 0
    group = 0  # [bit] where the codes of this width began
    bit, bits = 0, packed.size * 8
    size = 0
    while bit + width <= bits:
        code = 0
        byte, shift = bit >> 3, bit & 7
        for place in range(3):
            if byte + place < packed.size:
                code |= int(packed[byte + place]) << (8 * place)
        code = (code >> shift) & ((1 << width) - 1)
        bit += width
        if block and code == CLEAR:
            used = bit - group
            bit = group + -(-used // (8 * width)) * 8 * width
            group, width, free, previous = bit, 9, first_free, -1
            continue
        if previous < 0:
            if code > 255:
                return size, 1
            if size >= out.size:
                return size, 2
            out[size] = code
            size += 1
            previous, first = code, code
            continue
        if code > free or (code == free and free >= 1 << widest):
            return size, 1
        height = 0
        walk = code
        if code == free:
            stack[0] = first
            height, walk = 1, previous
        while walk > 255:
            if height >= stack.size:
                return size, 1
            stack[height] = suffix[walk]
            height += 1
            walk = prefix[walk]
        first = walk
        if size + height + 1 > out.size:
            return size, 2
        out[size] = first
        size += 1
        for place in range(height - 1, -1, -1):
            out[size] = stack[place]
            size += 1
        if free < 1 << widest:
            prefix[free] = previous
            suffix[free] = first
            free += 1
            if free == 1 << width and width < widest:
                used = bit - group
                bit = group + -(-used // (8 * width)) * 8 * width
                group = bit
                width += 1
        previous = code
    return size, 0
