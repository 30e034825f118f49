"""From a scenario to results: plan, tasks, store and engine."""
