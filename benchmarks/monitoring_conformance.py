"""The readers and writers of elements in the words of the package `gpconf`; see `benchmarks.monitoring_catalogue`."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from typing import Any

from moonstead.dynamics.mean_elements import UNKNOWN
from moonstead.formats.mean_elements_file import parse_mean_elements
from moonstead.formats.omm_writer import LARGEST_NUMBER
from moonstead.formats.time_text import parse_times
from moonstead.formats.tle import catalog_field, parse_catalog_field
from moonstead.formats.tle_writer import format_tle, utc_days
from moonstead.foundation.time.epoch import Epoch

REVOLUTIONS = 86_400.0 / (2.0 * math.pi)  # a day, of one [rad/s]


class Parser:
    """What `gpconf` calls."""

    def parse(self, raw: bytes, form: str) -> list[dict[str, Any]]:
        found = parse_mean_elements(raw, form)
        one = found.elements
        days, seconds = utc_days(one)
        out: list[dict[str, Any]] = [{"_adapter": {"refusals": True}}]
        for row in range(len(one)):
            clock = timedelta(days=int(days[row]), seconds=int(seconds[row]) + float(one.epoch_fraction[row]))
            number = int(one.object_id[row])
            counts = {"element_set_no": int(one.element_set[row]), "rev_at_epoch": int(one.revolution[row])}
            out.append(
                {
                    "norad_cat_id": number if number <= LARGEST_NUMBER else None,
                    "object_name": one.name[row],
                    "object_id": one.designator[row] or None,
                    "classification_type": one.classification[row],
                    "epoch": datetime(2000, 1, 1) + clock,  # noqa: DTZ001 - naive dates are UTC there
                    "mean_motion": one.mean_motion[row] * REVOLUTIONS,
                    "eccentricity": float(one.eccentricity[row]),
                    "inclination": math.degrees(one.inclination[row]),
                    "ra_of_asc_node": math.degrees(one.node[row]),
                    "arg_of_pericenter": math.degrees(one.argument_of_perigee[row]),
                    "mean_anomaly": math.degrees(one.mean_anomaly[row]),
                    "bstar": float(one.drag_term[row]),
                    "mean_motion_dot": one.mean_motion_rate[row] * REVOLUTIONS * 86_400.0,
                    "mean_motion_ddot": one.mean_motion_second[row] * REVOLUTIONS * 86_400.0**2,
                    **{key: None if value == UNKNOWN else value for key, value in counts.items()},
                }
            )
        for fault in found.faults:
            field = fault.text[2:7] if form in ("tle", "2le") else (fault.text.split(",") + [""] * 12)[11]
            told = {"_refused": f"{fault.what}; {fault.remedy}", "_field": field, "_input": fault.text[-80:]}
            out.append(told)
        return out

    def write_tle(self, record: dict[str, Any]) -> list[str]:
        from gpconf import tle

        text = json.dumps([tle.omm_fields_from_record(record)], default=str)
        return format_tle(parse_mean_elements(text.encode(), "record").require_clean())

    def alpha5_decode(self, field: str) -> int:
        return parse_catalog_field(field)

    def alpha5_encode(self, number: int) -> str:
        return catalog_field(number)

    def parse_epoch(self, text: str) -> datetime:
        tdb = parse_times([text], "UTC")[0]
        if math.isnan(tdb):
            raise ValueError(text)
        return datetime.fromisoformat(Epoch.from_tdb(float(tdb)).text("UTC", 6).replace(":60", ":59"))
