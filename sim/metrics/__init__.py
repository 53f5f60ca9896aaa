"""What it means: journals in, frames out. Nothing here knows an engine."""
