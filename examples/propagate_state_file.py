"""What `moonstead propagate` does, from Python: a state file flown until it comes down, and where that is."""

from pathlib import Path

from moonstead.foundation.data import DataContext
from moonstead.run.flight import end_of_flight, fly
from moonstead.run.flight_answer import flight_answer
from moonstead.run.flight_check import planned_flight
from moonstead.scenario.load_state import load_state

data = DataContext.installed()
loaded = load_state(Path(__file__).parent / "states" / "landing_short.toml")
flight = planned_flight(loaded, end_of_flight("1 d", loaded.state.orbit.epoch), data)
answer = flight_answer(loaded, flight, fly(flight, data, tolerance=0.01, method="auto"), data)

ending = answer["ending"]
print(f"{answer['name']}: {ending['event']} of {ending['body']} on {ending['utc']} UTC")
print(f"latitude {ending['latitude_deg']:.4f} deg, longitude {ending['longitude_deg']:.4f} deg in {ending['frame']}")
