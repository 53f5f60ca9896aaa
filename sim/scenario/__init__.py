"""What the planner writes: the schema of a scenario file, and the way from files to a validated `Scenario`."""
