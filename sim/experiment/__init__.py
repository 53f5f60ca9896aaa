"""How sure we are: replications, intervals, and where results are kept."""
