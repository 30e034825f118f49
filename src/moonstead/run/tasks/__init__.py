"""The tasks of a run, one file for each capability; each has `plan(scenario)`. The planner finds them in this folder."""
