"""Sparse matrices as scipy.sparse.save_npz writes them and edges as numpy.save does: read by tests/io/formats/npz_test.cpp.

Made with SciPy 1.17.1 and NumPy; run in this folder: python3 make_scipy_golden.py
"""
import numpy
import scipy.sparse

rows = numpy.array([0, 0, 1, 3, 3])
columns = numpy.array([1, 3, 0, 2, 0])
values = numpy.array([0.5, 2, 1, 7, 0.25])
matrix = scipy.sparse.coo_matrix((values, (rows, columns)), shape=(4, 4))
scipy.sparse.save_npz("scipy/csr.npz", matrix.tocsr())
scipy.sparse.save_npz("scipy/csc_stored.npz", matrix.tocsc(), compressed=False)
scipy.sparse.save_npz("scipy/coo.npz", matrix)
symmetric = (matrix + matrix.T).tocsr()
symmetric.data[:] = 1
scipy.sparse.save_npz("scipy/symmetric_int8.npz", symmetric.astype(numpy.int8))
scipy.sparse.save_npz("scipy/dia.npz", scipy.sparse.eye(3, format="dia"))
numpy.save("scipy/pairs.npy", numpy.array([[7, 9], [9, 20], [7, 20]], dtype=numpy.int32))
numpy.save("scipy/pairs_across.npy", numpy.array([[7, 9, 7], [9, 20, 20]], dtype=numpy.uint64))
numpy.save("scipy/pairs_fortran.npy", numpy.asfortranarray(numpy.array([[7, 9], [9, 20], [7, 20]], dtype=numpy.int64)))
