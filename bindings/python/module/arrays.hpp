// Memory of the library as NumPy's, and NumPy's as the library's, without a copy.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <nanobind/ndarray.h>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::python {

/// One-dimensional and side by side. Given by callers who have made it so: adjoin/_arrays.py.
template <class Value>
using Vector = nb::ndarray<const Value, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using FloatMatrix = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

/// Keeps a Python object for as long as some shared_ptr lives, whichever thread lets go of it.
inline std::shared_ptr<const void> owner_of(const nb::object& object) {
  PyObject* const kept = object.ptr();
  Py_INCREF(kept);
  return {kept, [](const void* held) {
            if (Py_IsInitialized() == 0) return;
            const nb::gil_scoped_acquire acquired;
            Py_DECREF(static_cast<PyObject*>(const_cast<void*>(held)));
          }};
}

/// NumPy's numbers as an array of the library's that keeps them alive; Value and Stored differ in name alone.
template <class Value, class Stored>
Array<Value> shared_array(const Vector<Stored>& values) {
  static_assert(sizeof(Value) == sizeof(Stored));
  return Array<Value>::shared({reinterpret_cast<const Value*>(values.data()), values.shape(0)},
                              owner_of(nb::cast(values)));
}

template <class Value>
std::span<const Value> span_of(const Vector<Value>& values) {
  return {values.data(), values.shape(0)};
}

/// Hands memory to NumPy, which lets go of `owner` with the array. Read-only where Value is const.
template <class Value, class Owner>
nb::ndarray<nb::numpy, Value, nb::ndim<1>> numpy_of(std::span<Value> values, Owner owner) {
  auto* const held = new Owner(std::move(owner));
  const nb::capsule capsule(held, [](void* memory) noexcept { delete static_cast<Owner*>(memory); });
  return {values.data(), {values.size()}, capsule};
}

template <class Value>
nb::ndarray<nb::numpy, Value, nb::ndim<1>> numpy_of(Array<Value> values) {
  const std::span<Value> view = values.span();
  return numpy_of(view, std::move(values));
}

template <class Owner>
nb::ndarray<nb::numpy, float, nb::ndim<2>> numpy_of(MatrixView<float> values, Owner owner) {
  auto* const held = new Owner(std::move(owner));
  const nb::capsule capsule(held, [](void* memory) noexcept { delete static_cast<Owner*>(memory); });
  return {values.data(), {values.rows(), values.columns()}, capsule};
}

inline nb::ndarray<nb::numpy, float, nb::ndim<2>> numpy_of(Matrix matrix) {
  const MatrixView<float> view = matrix.view();
  return numpy_of(view, std::move(matrix));
}

}  // namespace adjoin::python
