"""Kernels of RINEX observation files: bytes in, tables of epochs and records, then values out."""

import numpy as np
from numba import njit

from moonstead.formats.compact_rinex_kernels import changed_types, line_end, slot_of

BLANK, MINUS, PLUS, POINT, ZERO, NINE, NEWLINE, GREATER = 32, 45, 43, 46, 48, 57, 10, 62
# Columns of the tables.
YEAR, MONTH, DAY, HOUR, MINUTE, FLAG, EPOCH_LINE = range(7)  # of an epoch
OFFSET, STOP, EPOCH, SLOT, RECORD_LINE = range(5)  # of a record: one satellite at one epoch
EVENT_FLAG, EVENT_ROW, EVENT_RECORD, EVENT_OFFSET, EVENT_LINES, EVENT_LINE = range(6)  # of an event
# What a fault says.
BAD_EPOCH, TOO_FEW, STRAY, BAD_SATELLITE, REPEATED, BAD_FIELD, BAD_INDICATOR, CUT, BAD_CLOCK = range(1, 10)


@njit(cache=True)
def note(faults, counts, line, code):
    """Keep a fault (line, code) where there is room; counts[code] [1] counts all."""
    kept = counts[0]
    if kept < faults.shape[0]:
        faults[kept, 0] = line
        faults[kept, 1] = code
        counts[0] = kept + 1
    counts[code] += 1


@njit(cache=True)
def whole_at(text, start, stop, end):
    """Whole number [1] in bytes start to stop [byte] of a line that ends at `end`; -1 for none."""
    number, seen = 0, False
    for place in range(start, min(stop, end)):
        byte = text[place]
        if byte >= ZERO and byte <= NINE:
            number = number * 10 + byte - ZERO
            seen = True
        elif byte != BLANK or seen:
            return -1
    return number if seen else -1


@njit(cache=True)
def real_at(text, start, stop, end):
    """Number with a point in bytes start to stop [byte] of a line to `end`; (status, value): 0 blank, 2 bad."""
    stop = min(stop, end)
    place = start
    while place < stop and text[place] == BLANK:
        place += 1
    while stop > place and text[stop - 1] == BLANK:
        stop -= 1
    if place >= stop:
        return 0, np.nan
    negative = text[place] == MINUS
    if negative or text[place] == PLUS:
        place += 1
    digits, number, scale, after = 0, 0, 1.0, False
    while place < stop:
        byte = text[place]
        if byte == POINT and not after:
            after = True
        elif byte >= ZERO and byte <= NINE and digits < 18:
            number = number * 10 + byte - ZERO
            digits += 1
            if after:
                scale *= 10.0
        else:
            return 2, np.nan
        place += 1
    if digits == 0:
        return 2, np.nan
    value = number / scale
    return 1, -value if negative else value


@njit(cache=True)
def epoch_fields(text, start, end, version, epochs, seconds, row):
    """Read the date, seconds [s] and flag of an epoch line into row `row`; whether it is one."""
    if version == 2:
        if end - start < 32 or text[start + 18] != POINT:
            return False
        for gap in (0, 3, 6, 9, 12):
            if text[start + gap] != BLANK:
                return False
        first, width, flag, second, second_end = start + 1, 2, start + 28, start + 15, start + 26
    else:
        if end - start < 35 or text[start] != GREATER or text[start + 21] != POINT:
            return False
        first, width, flag, second, second_end = start + 2, 4, start + 31, start + 18, start + 29
    epochs[row, YEAR] = whole_at(text, first, first + width, end)
    place = first + width + 1
    for column in (MONTH, DAY, HOUR, MINUTE):
        epochs[row, column] = whole_at(text, place, place + 2, end)
        if epochs[row, column] < 0:
            return False
        place += 3
    if epochs[row, YEAR] < 0:
        return False
    if version == 2:
        epochs[row, YEAR] += 1900 if epochs[row, YEAR] >= 80 else 2000
    status, seconds[row] = real_at(text, second, second_end, end)
    byte = ZERO if text[flag] == BLANK else text[flag]
    epochs[row, FLAG] = byte - ZERO
    return status == 1 and byte >= ZERO and byte <= ZERO + 6


@njit(cache=True)
def event_flag(text, start, end, version):
    """Flag [1] 2 to 6 of an event line, whose date may be blank; 0 for what is no event line."""
    flag, count = (start + 28, start + 29) if version == 2 else (start + 31, start + 32)
    if end - start < flag - start + 2 or whole_at(text, count, count + 3, end) < 0:
        return 0
    if version == 2:
        for place in range(start, start + 26):
            if text[place] != BLANK:
                return 0
    elif text[start] != GREATER:
        return 0
    byte = text[flag] - ZERO
    return byte if byte >= 2 and byte <= 6 else 0


@njit(cache=True)
def index_kernel(
    text, start, line, version, types, default, epochs, seconds, clocks, records, events, faults, fault_counts, sizes
):
    """Find epochs, records of satellites and events in the data of a RINEX file.

    text: bytes; start [byte], line: where data begin; version: 2 or 3 (also 4); types (8,): observation types of each
    system (of version 2: of all), changed as event lines say; default: letter of satellites without one; epochs
    (N, 7), seconds, clocks (N,) [s], records (M, 5), events (N, 6), faults (F, 2), fault_counts (10,): filled; sizes
    (3,): rows of epochs, records and events.
    """
    seen = np.full(800, -1, dtype=np.int64)  # row of the epoch that had a satellite last
    listed = np.empty(1000, dtype=np.int64)
    n_epochs, n_records, n_events = 0, 0, 0
    at = start
    stray = False
    while at < text.size:
        end = line_end(text, at)
        good = epoch_fields(text, at, end, version, epochs, seconds, n_epochs)
        flag = epochs[n_epochs, FLAG] if good else event_flag(text, at, end, version)
        place = at + (29 if version == 2 else 32)
        count = whole_at(text, place, place + 3, end) if good or flag > 0 else -1
        if count < 0:
            if not stray and not blank(text, at, end):
                note(faults, fault_counts, line, BAD_EPOCH if version != 2 and text[at] == GREATER else STRAY)
                stray = True
            at = end + 1
            line += 1
            continue
        stray = False
        epoch_line = line
        if flag > 1:
            row = n_events
            events[row, EVENT_FLAG] = flag
            events[row, EVENT_ROW] = n_epochs  # the row of this line, kept as an epoch where it has a date
            events[row, EVENT_RECORD] = n_records
            events[row, EVENT_LINE] = line
            at = end + 1
            line += 1
            events[row, EVENT_OFFSET] = at
            lines = count
            if flag == 6:  # as observations: not header lines
                lines = count if version != 2 else max(count - 1, 0) // 12 + count * ((types[0] + 4) // 5)
            taken = 0
            while taken < lines and at < text.size:
                end = line_end(text, at)
                if version != 2 and text[at] == GREATER:
                    break
                if flag != 6:
                    changed_types(text, at, end, 1 if version == 2 else 3, types)
                at = end + 1
                line += 1
                taken += 1
            if taken < lines:
                note(faults, fault_counts, line, TOO_FEW)
            events[row, EVENT_LINES] = 0 if flag == 6 else taken
            n_events += 1
            epochs[n_epochs, EPOCH_LINE] = epoch_line if good else -1
            clocks[n_epochs] = np.nan
            if not good:
                seconds[n_epochs] = np.nan
            n_epochs += 1
            continue
        status, clocks[n_epochs] = (
            real_at(text, at + 68, at + 80, end) if version == 2 else real_at(text, at + 41, at + 56, end)
        )
        if status == 2:
            note(faults, fault_counts, line, BAD_CLOCK)
        epochs[n_epochs, EPOCH_LINE] = line
        taken = 0
        if version == 2:
            n_listed = 0
            broken = False
            while True:
                column = at + 32
                while n_listed < count and column < at + 68:
                    if column + 2 >= end:
                        broken = True
                        break
                    letter = text[column] if text[column] != BLANK else default
                    listed[n_listed] = slot_of(letter, text[column + 1], text[column + 2])
                    if listed[n_listed] < 0:
                        note(faults, fault_counts, line, BAD_SATELLITE)
                    n_listed += 1
                    column += 3
                at = end + 1
                line += 1
                if broken or n_listed >= count or at >= text.size:
                    break
                end = line_end(text, at)
            if broken or n_listed < count:
                note(faults, fault_counts, epoch_line, BAD_EPOCH)
                stray = True
                continue
            lines = (types[0] + 4) // 5
            while taken < count and at < text.size:
                first, first_line = at, line
                whole = True
                for _ in range(lines):
                    if at >= text.size:
                        whole = False
                        break
                    end = line_end(text, at)
                    if end - at > 26 and text[at + 18] == POINT and text[at + 10] != POINT:
                        whole = False  # the next epoch's line
                        break
                    at = end + 1
                    line += 1
                if at > first:
                    keep(records, n_records, first, min(at, text.size), n_epochs, listed[taken], first_line)
                    slot = listed[taken]
                    if slot >= 0:
                        if seen[slot] == n_epochs:
                            note(faults, fault_counts, first_line, REPEATED)
                        else:
                            seen[slot] = n_epochs
                            n_records += 1
                if not whole:
                    break
                taken += 1
        else:
            at = end + 1
            line += 1
            while taken < count and at < text.size and text[at] != GREATER:
                end = line_end(text, at)
                slot = slot_of(text[at], text[at + 1], text[at + 2]) if end - at >= 3 and text[at] != BLANK else -1
                if slot < 0 or slot >= 700 or types[slot // 100] == 0:
                    note(faults, fault_counts, line, BAD_SATELLITE)
                elif seen[slot] == n_epochs:
                    note(faults, fault_counts, line, REPEATED)
                else:
                    seen[slot] = n_epochs
                    keep(records, n_records, at + 3, end, n_epochs, slot, line)
                    n_records += 1
                at = end + 1
                line += 1
                taken += 1
        if taken < count:
            note(faults, fault_counts, line, CUT if at >= text.size else TOO_FEW)
        n_epochs += 1
    if text.size > 0 and text[text.size - 1] != NEWLINE:
        note(faults, fault_counts, line, CUT)
    sizes[0], sizes[1], sizes[2] = n_epochs, n_records, n_events


@njit(cache=True)
def blank(text, start, stop):
    """Whether bytes start to stop [byte] are blanks."""
    place = start
    while place < stop and text[place] == BLANK:
        place += 1
    return place == stop


@njit(cache=True)
def keep(records, row, offset, stop, epoch, slot, line):
    """Fill one row of the table of records: offset, stop [byte], epoch, slot, line."""
    records[row, OFFSET] = offset
    records[row, STOP] = stop
    records[row, EPOCH] = epoch
    records[row, SLOT] = slot
    records[row, RECORD_LINE] = line


@njit(cache=True)
def fill_kernel(
    text, version, records, layouts, epoch_of, n_epochs, fields, field_counts, starts, satellites, satellite_counts,
    values, loss_of_lock, strength, faults, fault_counts,
):  # fmt: skip
    """Read the fields of records into values (flat: by system, code, epoch, satellite).

    text: bytes; records (M, 5); layouts (M,): which list of types holds; epoch_of: row of each raw epoch among the
    n_epochs kept, or -1; fields (layouts, 8, F): code of each field or -1; field_counts (layouts, 8); starts (8,):
    where a system's values begin; satellites (800,): place of a satellite in its system or -1; satellite_counts (8,);
    values [m, cycles, Hz or dB Hz], loss_of_lock, strength: filled; faults (F, 2), fault_counts (10,): as in
    `index_kernel`.
    """
    for row in range(records.shape[0]):
        slot = records[row, SLOT]
        epoch = epoch_of[records[row, EPOCH]]
        if epoch < 0 or satellites[slot] < 0:
            continue
        system = slot // 100
        layout = layouts[row]
        width = satellite_counts[system]
        line = records[row, RECORD_LINE]
        at, stop = records[row, OFFSET], records[row, STOP]
        end = line_end(text, at) if version == 2 else stop
        column = 0
        told = False
        for field in range(field_counts[layout, system]):
            if version == 2 and column == 5:
                at = min(end + 1, stop)
                end = min(line_end(text, at), stop)
                column = 0
                line += 1
            begin = at + 16 * column
            column += 1
            if begin >= end:
                if version != 2:
                    break
                continue
            code = fields[layout, system, field]
            status, value = field_at(text, begin, end)
            if status == 0 and begin + 14 >= end:
                continue
            if status == 2 and not told:
                note(faults, fault_counts, line, BAD_FIELD)
                told = True
            if code < 0 or status == 2:
                continue
            place = starts[system] + (code * n_epochs + epoch) * width + satellites[slot]
            if status == 1:
                values[place] = value
            lock = text[begin + 14] if begin + 14 < end else BLANK
            if lock >= ZERO and lock <= ZERO + 7:
                loss_of_lock[place] = lock - ZERO
            elif lock != BLANK and not told:
                note(faults, fault_counts, line, BAD_INDICATOR)
                told = True
            level = text[begin + 15] if begin + 15 < end else BLANK
            if level >= ZERO and level <= NINE:
                strength[place] = level - ZERO
            elif level != BLANK and not told:
                note(faults, fault_counts, line, BAD_INDICATOR)
                told = True


@njit(cache=True)
def field_at(text, begin, end):
    """Number of a field F14.3 at `begin` [byte] of a line that ends at `end`; (status, value): 0 blank or zero, 2 bad.

    Zero stands for a missing observation. A field without its point in column 11 or without three decimals is bad:
    its columns are shifted or its end is cut off.
    """
    place = begin
    last = min(begin + 14, end)
    while place < last and text[place] == BLANK:
        place += 1
    if place == last:
        return 0, np.nan
    if end < begin + 14 or text[begin + 10] != POINT or place > begin + 10:
        return 2, np.nan
    negative = text[place] == MINUS
    if negative:
        place += 1
    number = 0
    while place < begin + 10:
        byte = text[place]
        if byte < ZERO or byte > NINE:
            return 2, np.nan
        number = number * 10 + byte - ZERO
        place += 1
    for decimal in range(begin + 11, begin + 14):
        byte = text[decimal]
        if byte < ZERO or byte > NINE:
            return 2, np.nan
        number = number * 10 + byte - ZERO
    if number == 0:
        return 0, np.nan
    value = number / 1000.0
    return 1, -value if negative else value
