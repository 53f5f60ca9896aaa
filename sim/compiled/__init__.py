"""Functions compiled by numba, and the machine code of them kept on disk."""
