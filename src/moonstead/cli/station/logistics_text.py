"""The answer of `moonstead station logistics` as text."""

from __future__ import annotations

import sys
from typing import Any

from moonstead.cli.output import print_table


def print_answer(answer: dict[str, Any]) -> None:
    """Write the calendar, what losses do, and the plan of the campaign on standard output."""
    rows = [
        [
            one["mission"],
            one["vehicle"],
            one["to"],
            one["departure"][:16],
            one["arrival"][:16],
            f"{one['departure_mass_kg']:.0f}",
            f"{one['cargo_kg']:.0f}",
            f"{one['most_cargo_kg']:.0f}",
            str(one["people"]),
        ]
        for one in answer["missions"]
    ]
    head = ["mission", "vehicle", "to", "departs", "arrives", "leaves kg", "cargo kg", "most kg", "people"]
    print_table(head, rows, right=range(5, 9))
    for one in answer["lost"]:
        sys.stdout.write("\n" + _loss_text(one) + "\n")
    if "supply" in answer:
        chance = answer["supply"]
        low, high = chance["probability_low"], chance["probability_high"]
        sure = f"{low:.1%}" if high - low < 1e-3 else f"{low:.1%} to {high:.1%}"
        sys.stdout.write(f"\nPeople can stay as planned once they are there with a probability of {sure}.\n")
        for one in chance["stock_against_any_single_loss"]:
            stock = f"{one['mass_kg']:.1f} kg of {one['substance']} more at {one['site']}"
            sys.stdout.write(f"Against any single loss: {stock}.\n")
    if "campaign" in answer:
        _print_campaign(answer["campaign"])


def _loss_text(one: dict[str, Any]) -> str:
    words = [f"Without {one['mission']}:" if one["mission"] else "As planned:"]
    if one["then_not_flown"]:
        words.append(f"{', '.join(one['then_not_flown'])} cannot go;")
    words += [f"stay {name} does not begin;" for name in one["cancelled_stays"]]
    for dry in one["dry"]:
        after = f" ({dry['days_after_launch']:.0f} days after the launch)" if one["mission"] else ""
        when = f"on {dry['since'][:10]}{after}"
        words.append(f"{dry['substance']} at {dry['site']} runs dry {when}, {dry['missing_kg']:.1f} kg lack;")
    words += [f"{leave['crew']} must leave {leave['site']} by {leave['by'][:10]};" for leave in one["must_leave"]]
    if len(words) == 1:
        words.append("nobody goes short;")
    return " ".join(words)[:-1] + "."


def _print_campaign(campaign: dict[str, Any]) -> None:
    sure = "proven" if campaign["status"] == "optimal" else campaign["status"]
    if campaign["lost"]:
        sys.stdout.write(f"\nWithout {campaign['lost']}, planned anew: {campaign['more_launches']:+d} launches\n")
    sys.stdout.write(
        f"\nCampaign: {campaign['launches']} launches, {campaign['launched_kg'] / 1e3:.1f} t; {sure}, "
        f"gap {campaign['gap']:.1%}, {campaign['search_s']:.0f} s; mass balances to "
        f"{abs(campaign['imbalance_kg']):.2g} kg\n\n"
    )
    rows = [
        [
            one["flight"],
            one["to"],
            one["departure"][:10],
            one["arrival"][:10],
            f"{one['departure_mass_kg']:.0f}",
            f"{sum(item['mass_kg'] for item in one['cargo']):.0f}",
            ", ".join(dict.fromkeys(item["for"] for item in one["cargo"])),
        ]
        for one in campaign["flights"]
    ]
    print_table(["flight", "to", "departs", "arrives", "leaves kg", "cargo kg", "for"], rows, right=(4, 5))
    for one in campaign["late"]:
        comes = f"comes on {one['comes'][:10]}" if one["comes"] else "never comes"
        sys.stdout.write(f"Late: {one['mass_kg']:.1f} kg for {one['for']}, due on {one['due'][:10]}, {comes}.\n")
    sys.stdout.writelines(f"Cannot be: {one}\n" for one in campaign["violations"])
