"""The desk once more, compiled: numba functions over one array of whole numbers, a module for each of its parts."""
