"""The tasks of a run, one file for each capability with `plan(scenario)`; the planner finds them in this folder."""
