"""NumPy arrays as the library takes them: side by side and of one type. What is so already is not copied."""

import numpy as np


def floats(values, shape=None):
    """Float32, C order; a ValueError where `shape` (None for any) is another."""
    array = np.ascontiguousarray(values, dtype=np.float32)
    if shape is not None and (array.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, array.shape))):
        wanted = " x ".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"an array of shape {wanted} is needed, not of {' x '.join(map(str, array.shape))}")
    return array


def weights(values, count):
    """One a edge, or None."""
    return None if values is None else floats(values, (count,))


def sparse_parts(matrix):
    """Offsets, columns, values of a SciPy matrix, columns increasing in every row."""
    matrix = matrix.tocsr()
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.indices.size and matrix.shape[1] > 2**31 - 1:
        raise ValueError(f"a matrix of {matrix.shape[1]} columns is too wide: its columns are kept in 32 bits")
    return (np.ascontiguousarray(matrix.indptr, dtype=np.int64), np.ascontiguousarray(matrix.indices, dtype=np.int32), matrix.data)


def dense_parts(matrix):
    """The same of the entries of a dense matrix that are not 0."""
    matrix = floats(matrix, (None, None))
    rows, columns = np.nonzero(matrix)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(matrix)))])
    return offsets.astype(np.int64), columns.astype(np.int32), matrix[rows, columns]


def is_sparse(data):
    """Whether it is one of SciPy's sparse matrices or arrays (which need not be installed)."""
    return hasattr(data, "tocsr") and hasattr(data, "nnz")
