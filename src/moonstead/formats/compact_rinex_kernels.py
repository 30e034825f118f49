"""Kernels of compact RINEX: bytes and tables of state in, bytes out."""

from numba import njit

BLANK, AMPERSAND, MINUS, POINT, ZERO, NEWLINE, GREATER = 32, 38, 45, 46, 48, 10, 62
NO_ARC = -1
MOST_ORDER = 9  # of differences: one digit in the file
MOST_DIGITS = 17  # of a number: more would run over an int64
POSITION, LINE, WRITTEN, EPOCH_LENGTH, FAULT, FAULT_LINE, SEEK, COUNT = range(8)  # of `cursor`
# What `FAULT` says.
CUT, BAD_EPOCH, BAD_NUMBER, NO_START, BAD_SATELLITE, TOO_LONG, TOO_LARGE = range(1, 8)
# What the kernel returns.
DONE, FULL, DAMAGED = range(3)


@njit(cache=True)
def slot_of(letter, tens, units):
    """Place [1] of a satellite in the tables of state, 0 to 799; -1 for what is none. Blank letter: GPS."""
    if letter == 71 or letter == 32:  # G
        system = 0
    elif letter == 82:  # R
        system = 1
    elif letter == 69:  # E
        system = 2
    elif letter == 67:  # C
        system = 3
    elif letter == 74:  # J
        system = 4
    elif letter == 73:  # I
        system = 5
    elif letter == 83:  # S
        system = 6
    elif letter == 76:  # L, low orbits, as some writers have it
        system = 7
    else:
        return -1
    if tens == BLANK:
        tens = ZERO
    if tens < ZERO or tens > 57 or units < ZERO or units > 57:
        return -1
    return system * 100 + (tens - ZERO) * 10 + units - ZERO


@njit(cache=True)
def line_end(text, start):
    """Place [byte] of the line feed at or after `start` [byte], or the size of the text."""
    stop = start
    while stop < text.size and text[stop] != NEWLINE:
        stop += 1
    return stop


@njit(cache=True)
def patch(text, start, stop, kept, length):
    """Apply a line of changed characters to `kept`, `length` [byte] of it in use; new length, -1: too long."""
    if stop - start > kept.size:
        return -1
    for place in range(stop - start):
        byte = text[start + place]
        if place >= length:
            kept[place] = BLANK if byte == AMPERSAND else byte
        elif byte == AMPERSAND:
            kept[place] = BLANK
        elif byte != BLANK:
            kept[place] = byte
    return max(length, stop - start)


@njit(cache=True)
def write_number(value, decimals, width, out, at):
    """Write an integer of units 10^-decimals as text of `width` [byte] at `at` [byte]; False where it does not fit."""
    negative = value < 0
    rest = -value if negative else value
    place = at + width - 1
    for _ in range(decimals):
        out[place] = ZERO + rest % 10
        rest //= 10
        place -= 1
    out[place] = POINT
    place -= 1
    while rest > 0:  # no zero before the point, as the program of the format's author writes it
        if place < at:
            return False
        out[place] = ZERO + rest % 10
        rest //= 10
        place -= 1
    if negative:
        if place < at:
            return False
        out[place] = MINUS
        place -= 1
    while place >= at:
        out[place] = BLANK
        place -= 1
    return True


@njit(cache=True)
def read_arc(text, start, stop, orders, counts, differences, row, column):
    """Next value of a series of differences from the field of bytes start to stop [byte]; (status, value).

    orders, counts (R, K): order of the differences, NO_ARC without start, and how many of them there are yet;
    differences (R, K, MOST_ORDER + 1): those of the value before, by order. Status 0, or what `FAULT` says.
    """
    begins = stop - start >= 2 and text[start + 1] == AMPERSAND
    place = start
    if begins:
        if text[start] < ZERO or text[start] > 57:
            return BAD_NUMBER, 0
        orders[row, column] = text[start] - ZERO
        place = start + 2
    elif orders[row, column] == NO_ARC:
        return NO_START, 0
    negative = place < stop and text[place] == MINUS
    if negative:
        place += 1
    if place >= stop or stop - place > MOST_DIGITS:
        return BAD_NUMBER, 0
    number = 0
    while place < stop:
        if text[place] < ZERO or text[place] > 57:
            return BAD_NUMBER, 0
        number = number * 10 + text[place] - ZERO
        place += 1
    if negative:
        number = -number
    if begins:
        counts[row, column] = 0
        differences[row, column, 0] = number
        return 0, number
    order = orders[row, column]
    known = counts[row, column]
    if known < order:
        known += 1
        counts[row, column] = known
    above = number
    for level in range(known - 1, -1, -1):
        below = differences[row, column, level] + above
        differences[row, column, level + 1] = above
        above = below
    differences[row, column, 0] = above
    return 0, above


@njit(cache=True)
def forget(last_seen, clock_orders):
    """End all series: each satellite's epoch [1] becomes long ago, the clock has no order [1]."""
    for slot in range(last_seen.size):
        last_seen[slot] = -2
    clock_orders[0, 0] = NO_ARC


@njit(cache=True)
def restore_kernel(
    text, version, types, cursor, epoch, orders, counts, differences, flags, last_seen, clock_state, out, margin
):
    """Write the RINEX lines of compact RINEX until the text or the room in `out` ends, or a line is damaged.

    version: 1 (RINEX 2) or 3; types (8,): observation types of each system, changed by event lines;
    cursor (8,): see the names above; epoch: epoch line before; orders, counts (800, K), differences (800, K, 10),
    flags (800, 2 K): series of each satellite; last_seen (800,): number of the epoch that had it last;
    clock_state: orders (1, 1), counts (1, 1), differences (1, 1, 10) of the receiver clock; margin: room [bytes] that
    one epoch may need. Returns DONE, FULL or DAMAGED; after damage `cursor` says what and where, output is cut back to
    the last whole epoch, and the next call seeks a full epoch line. Values are in 0.001 of [m, cycles, Hz or dB Hz].
    """
    clock_orders, clock_counts, clock_differences = clock_state
    marker = GREATER if version == 3 else AMPERSAND
    list_start = 41 if version == 3 else 32
    while True:
        if cursor[SEEK]:  # after damage: to the next full epoch line; all series start anew there
            forget(last_seen, clock_orders)
            cursor[EPOCH_LENGTH] = 0
            while cursor[POSITION] < text.size and text[cursor[POSITION]] != marker:
                cursor[POSITION] = line_end(text, cursor[POSITION]) + 1
                cursor[LINE] += 1
            cursor[SEEK] = 0
        start = cursor[POSITION]
        ahead = start
        while ahead < text.size and (text[ahead] == NEWLINE or text[ahead] == BLANK):
            ahead += 1
        if start >= text.size or (ahead >= text.size and text[ahead - 1] == NEWLINE):
            cursor[POSITION] = text.size
            return DONE
        if out.size - cursor[WRITTEN] < margin:
            return FULL
        written = cursor[WRITTEN]
        line = cursor[LINE]
        fault = 0
        stop = line_end(text, start)
        if stop >= text.size:  # no line feed: what stands there may have lost its end
            fault = CUT
        if text[start] == marker:
            cursor[EPOCH_LENGTH] = 0
        elif cursor[EPOCH_LENGTH] == 0:
            fault = BAD_EPOCH
        length = patch(text, start, stop, epoch, cursor[EPOCH_LENGTH])
        if length < list_start - 9:
            fault = BAD_EPOCH if length >= 0 else TOO_LONG
            length = 0
        cursor[EPOCH_LENGTH] = length
        if version == 1:
            epoch[0] = BLANK
        position = stop + 1
        line += 1
        count, flag = 0, 0
        if fault == 0:
            flag_place, count_place = (31, 32) if version == 3 else (28, 29)
            flag = 0 if epoch[flag_place] == BLANK else epoch[flag_place] - ZERO
            for place in range(count_place, count_place + 3):
                byte = epoch[place] if place < length else BLANK
                if byte >= ZERO and byte <= 57:
                    count = count * 10 + byte - ZERO
                elif byte != BLANK or count > 0:
                    fault = BAD_EPOCH
            if flag < 0 or flag > 6:
                fault = BAD_EPOCH
        if fault == 0 and flag > 1:  # an event: its lines stand as they are, and series start anew after it
            end = length
            while end > 0 and epoch[end - 1] == BLANK:
                end -= 1
            for place in range(end):
                out[written + place] = epoch[place]
            written += end
            out[written] = NEWLINE
            written += 1
            for _ in range(count):
                stop = line_end(text, position)
                if stop >= text.size:
                    fault = CUT
                    break
                if stop - position > 1000 or out.size - written < 1100:
                    fault = TOO_LONG
                    break
                for place in range(position, stop):
                    out[written] = text[place]
                    written += 1
                out[written] = NEWLINE
                written += 1
                changed_types(text, position, stop, version, types)
                position = stop + 1
                line += 1
            cursor[EPOCH_LENGTH] = 0
            forget(last_seen, clock_orders)
            for system in range(types.size):
                if types[system] > orders.shape[1]:
                    fault = TOO_LARGE
        elif fault == 0:
            # Receiver clock.
            stop = line_end(text, position)
            has_clock = stop > position
            clock = 0
            if stop >= text.size:
                fault = CUT
            elif has_clock:
                fault, clock = read_arc(text, position, stop, clock_orders, clock_counts, clock_differences, 0, 0)
            else:
                clock_orders[0, 0] = NO_ARC
            if list_start + 3 * count > length and fault == 0:
                fault = BAD_SATELLITE
            position = stop + 1
            line += 1
            if fault == 0:
                written, fault = write_epoch(epoch, version, count, has_clock, clock, out, written)
            # Satellites.
            row = 0
            while row < count and fault == 0:
                name = list_start + 3 * row
                slot = slot_of(epoch[name], epoch[name + 1], epoch[name + 2])
                if slot < 0:
                    fault = BAD_SATELLITE
                    break
                stop = line_end(text, position)
                if stop >= text.size:
                    fault = CUT
                    break
                kinds = types[slot // 100]
                if last_seen[slot] != cursor[COUNT] - 1:
                    for kind in range(kinds):
                        orders[slot, kind] = NO_ARC
                        flags[slot, 2 * kind] = BLANK
                        flags[slot, 2 * kind + 1] = BLANK
                last_seen[slot] = cursor[COUNT]
                fault, written = write_satellite(
                    text,
                    position,
                    stop,
                    version,
                    kinds,
                    slot,
                    epoch,
                    name,
                    orders,
                    counts,
                    differences,
                    flags,
                    out,
                    written,
                )
                if fault != 0:
                    break
                position = stop + 1
                line += 1
                row += 1
        if fault != 0:
            cursor[FAULT] = fault
            cursor[FAULT_LINE] = line
            cursor[SEEK] = 1
            cursor[POSITION] = min(max(position, start + 1), text.size)
            if text[start] == marker and cursor[POSITION] == start:
                cursor[POSITION] = start + 1
            while cursor[POSITION] > 0 and cursor[POSITION] < text.size and text[cursor[POSITION] - 1] != NEWLINE:
                cursor[POSITION] += 1
            cursor[LINE] = line
            return DAMAGED
        cursor[POSITION] = position
        cursor[LINE] = line
        cursor[WRITTEN] = written
        cursor[COUNT] += 1


@njit(cache=True)
def write_epoch(epoch, version, count, has_clock, clock, out, written):
    """Write the epoch line of RINEX: satellites after it, twelve to a line, in version 2; (written [byte], fault)."""
    first = written
    if version == 3:
        for place in range(41):
            out[written + place] = epoch[place]
        written += 41
        if has_clock:
            if not write_number(clock, 12, 15, out, written):
                return first, TOO_LARGE
            written += 15
        written = trimmed(out, first, written)
        out[written] = NEWLINE
        return written + 1, 0
    for place in range(32):
        out[written + place] = epoch[place]
    written += 32
    on_line = 0
    wrote_clock = False
    for row in range(count):
        if on_line == 12:
            if has_clock and not wrote_clock:
                if not write_number(clock, 9, 12, out, written):
                    return first, TOO_LARGE
                written += 12
                wrote_clock = True
            out[written] = NEWLINE
            written += 1
            for _ in range(32):
                out[written] = BLANK
                written += 1
            on_line = 0
        for place in range(3):
            out[written] = epoch[32 + 3 * row + place]
            written += 1
        on_line += 1
    if has_clock and not wrote_clock:
        while on_line < 12:
            out[written : written + 3] = BLANK
            written += 3
            on_line += 1
        if not write_number(clock, 9, 12, out, written):
            return first, TOO_LARGE
        written += 12
    written = trimmed(out, first, written)
    out[written] = NEWLINE
    return written + 1, 0


@njit(cache=True)
def trimmed(out, first, written):
    """End [byte] of what is written without blanks at the end, not before `first` [byte]."""
    while written > first and out[written - 1] == BLANK:
        written -= 1
    return written


@njit(cache=True)
def write_satellite(
    text, start, stop, version, kinds, slot, epoch, name, orders, counts, differences, flags, out, written
):
    """Write the observations of one satellite from bytes start to stop [byte]; (fault, written [byte])."""
    first = written
    place = start
    for kind in range(kinds):
        field = place
        while place < stop and text[place] != BLANK:
            place += 1
        if place == field:
            orders[slot, kind] = NO_ARC
        else:
            fault, _ = read_arc(text, field, place, orders, counts, differences, slot, kind)
            if fault != 0:
                return fault, first
        place += 1
    if place < stop:  # changes of the flags
        if stop - place > 2 * kinds:
            return TOO_LONG, first
        patch(text, place, stop, flags[slot], 2 * kinds)
    begun = written
    if version == 3:
        for letter in range(3):
            out[written] = epoch[name + letter]
            written += 1
    for kind in range(kinds):
        if version == 1 and kind > 0 and kind % 5 == 0:
            written = trimmed(out, begun, written)
            out[written] = NEWLINE
            written += 1
            begun = written
        if orders[slot, kind] != NO_ARC:
            if not write_number(differences[slot, kind, 0], 3, 14, out, written):
                return TOO_LARGE, first
        else:
            for column in range(14):
                out[written + column] = BLANK
            if version == 1:
                flags[slot, 2 * kind] = BLANK
                flags[slot, 2 * kind + 1] = BLANK
        out[written + 14] = flags[slot, 2 * kind]
        out[written + 15] = flags[slot, 2 * kind + 1]
        written += 16
    written = trimmed(out, begun, written)
    out[written] = NEWLINE
    return 0, written + 1


@njit(cache=True)
def changed_types(text, start, stop, version, types):
    """Note a change of the numbers of observation types [1] that the header line at start to stop [byte] makes."""
    if stop - start < 79:
        return
    if version == 3:
        # SYS / # / OBS TYPES
        if text[start + 60] != 83 or text[start + 66] != 35 or text[start + 70] != 79:
            return
        slot = slot_of(text[start], ZERO, ZERO) if text[start] != BLANK else -1
        if slot < 0:
            return
    elif text[start + 60] != 35 or text[start + 64] != 84 or text[start + 73] != 79:  # # / TYPES OF OBSERV
        return
    number = 0
    for place in range(start + (3 if version == 3 else 0), start + 6):
        if text[place] >= ZERO and text[place] <= 57:
            number = number * 10 + text[place] - ZERO
    if number == 0:
        return
    if version == 3:
        types[slot // 100] = number
    else:
        for system in range(types.size):
            types[system] = number
