#!/usr/bin/env python3
"""Intel MKL's product of a sparse matrix and a dense one, called in the package mkl through ctypes. MKL inspects the matrix first
(mkl_sparse_set_mm_hint, mkl_sparse_optimize: loading, not counted) and multiplies into a result that is there already, on MKL's
threads with Intel's OpenMP."""
import ctypes
import importlib.metadata
import pathlib
import sys

import numpy as np

from driver import drive

NOT_TRANSPOSED, ROW_MAJOR, GENERAL = 10, 101, 20  # sparse_operation_t, sparse_layout_t, sparse_matrix_type_t of mkl_spblas.h


class Description(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("mode", ctypes.c_int), ("diagonal", ctypes.c_int)]


def load():
    """pip puts the library beside the interpreter, where the system's loader does not look."""
    return ctypes.CDLL(str(next(pathlib.Path(sys.prefix, "lib").glob("libmkl_rt.so*"))))


def check(status):
    if status != 0:
        raise RuntimeError(f"MKL answers with status {status}")


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def product(graph, options):
    mkl = load()
    mkl.MKL_Set_Num_Threads(options.threads)
    ones = np.ones(len(graph.targets), dtype=np.float32)
    offsets, targets = graph.offsets.astype(np.int32), graph.targets
    handle, plain = ctypes.c_void_p(), Description(GENERAL, 0, 0)
    check(mkl.mkl_sparse_s_create_csr(ctypes.byref(handle), 0, graph.n, graph.n, pointer(offsets), pointer(offsets[1:]),
                                      pointer(targets), pointer(ones)))
    check(mkl.mkl_sparse_set_mm_hint(handle, NOT_TRANSPOSED, plain, ROW_MAJOR, options.dim, 1000))
    check(mkl.mkl_sparse_optimize(handle))
    y = np.zeros((graph.n, options.dim), dtype=np.float32)

    def run(x, keep=(ones, offsets, targets)):  # MKL holds their addresses
        check(mkl.mkl_sparse_s_mm(NOT_TRANSPOSED, ctypes.c_float(1), handle, plain, ROW_MAJOR, pointer(x), options.dim, options.dim,
                                  ctypes.c_float(0), pointer(y), options.dim))
        return y

    return run


if __name__ == "__main__":
    drive("mkl", importlib.metadata.version("mkl"), spmm=product)
