"""Plots, one a file: frames in, axes out."""
