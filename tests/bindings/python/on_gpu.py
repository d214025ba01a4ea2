"""What stays on a GPU: vectors there outlive their run, and are read through DLPack as they are. Run by CTest with an emulated GPU
(tests/cuda/emulator), whose memory is the host's, so that what a capsule points to can be read here."""

import ctypes
import gc
import pickle
import tempfile
import threading
import unittest

import numpy as np

import adjoin

CUDA = 2  # DLPack's kDLCUDA


class Device(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("ordinal", ctypes.c_int)]


class Tensor(ctypes.Structure):
    """DLPack's DLTensor."""

    _fields_ = [("data", ctypes.c_void_p), ("device", Device), ("dimensions", ctypes.c_int), ("type_code", ctypes.c_uint8),
                ("type_bits", ctypes.c_uint8), ("type_lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)), ("byte_offset", ctypes.c_uint64)]


def tensor_of(capsule):
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return Tensor.from_address(pointer(capsule, b"dltensor"))


def numbers_of(tensor):
    rows, columns = tensor.shape[0], tensor.shape[1]
    stride = tensor.strides[0]
    memory = (ctypes.c_float * ((rows - 1) * stride + columns)).from_address(tensor.data + tensor.byte_offset)
    return np.lib.stride_tricks.as_strided(np.ctypeslib.as_array(memory), (rows, columns), (4 * stride, 4))


class OnGpu(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.graph = adjoin.as_graph(np.random.default_rng(1).integers(0, 400, size=(3000, 2)))
        cls.on_host = adjoin.fastrp(cls.graph, dim=33, device="cuda")
        cls.expected = np.array(cls.on_host.vectors)

    def stay(self, **options):
        return adjoin.fastrp(self.graph, dim=33, device="cuda", on_device=True, **options)

    def test_vectors_are_the_processors(self):
        on_cpu = adjoin.fastrp(self.graph, dim=33, device="cpu")
        np.testing.assert_allclose(self.expected, on_cpu.vectors, atol=1e-5)
        self.assertEqual(self.on_host.device, "cpu")
        self.assertEqual(self.on_host.record["device"], "cuda:0")

    def test_they_stay_and_come_home_when_asked(self):
        stays = self.stay()
        self.assertEqual(repr(stays), "<adjoin.Embedding: 400 nodes x 33, cuda:0>")
        self.assertEqual(stays.__dlpack_device__(), (CUDA, 0))
        np.testing.assert_array_equal(stays.vectors, self.expected)
        np.testing.assert_array_equal(np.asarray(stays), self.expected)
        np.testing.assert_array_equal(stays["7"], self.expected[self.graph.names.index("7")])

    def test_a_capsule_shares_the_gpus_memory_and_keeps_it(self):
        stays = self.stay()
        capsule = stays.__dlpack__()
        tensor = tensor_of(capsule)
        self.assertEqual((tensor.device.kind, tensor.device.ordinal, tensor.dimensions), (CUDA, 0, 2))
        self.assertEqual((tensor.type_code, tensor.type_bits, tensor.type_lanes), (2, 32, 1))
        self.assertEqual((tensor.shape[0], tensor.shape[1], tensor.strides[0], tensor.strides[1]), (400, 33, 36, 1))
        del stays
        gc.collect()
        adjoin.fastrp(self.graph, dim=64, device="cuda")  # which would take the memory if it were free
        np.testing.assert_array_equal(numbers_of(tensor), self.expected)

    def test_many_and_from_many_threads(self):
        found = []
        threads = [threading.Thread(target=lambda: found.append(self.stay())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 4)
        for stays in found:
            np.testing.assert_array_equal(stays.vectors, self.expected)

    def test_what_is_done_with_them_is_what_is_done_on_the_host(self):
        stays = self.stay()
        self.assertEqual(stays.nearest("5", top=4, device="cpu"), self.on_host.nearest("5", top=4, device="cpu"))
        self.assertEqual([name for name, _ in stays.nearest("5", top=4)], [name for name, _ in self.on_host.nearest("5", top=4, device="cpu")])
        copied = pickle.loads(pickle.dumps(stays))
        self.assertEqual(copied.device, "cpu")
        np.testing.assert_array_equal(copied.vectors, self.expected)
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            stays.save(file.name)
            np.testing.assert_array_equal(np.load(file.name), self.expected)

    def test_where_there_is_no_room(self):
        with self.assertRaisesRegex(adjoin.DeviceError, "does not fit into the 10.0 KiB that are free on cuda:0; use device cpu"):
            self.stay(device_memory="10KiB")
        instead = adjoin.fastrp(self.graph, dim=33, device_memory="10KiB", on_device=True)
        self.assertEqual(instead.device, "cpu")
        with self.assertRaisesRegex(adjoin.DeviceError, "device cuda:1: this machine has 1 GPU, from cuda:0 on"):
            adjoin.fastrp(self.graph, device="cuda:1")

    def test_scores_of_pairs(self):
        pairs = np.random.default_rng(2).integers(0, 390, size=(300, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        scores = [adjoin.link_scores(self.graph, pairs, ["cn", "aa", "ra", "jc"], by_row=True, device=device) for device in ("cuda", "cpu")]
        np.testing.assert_allclose(*scores, rtol=1e-6)


if __name__ == "__main__":
    unittest.main()
