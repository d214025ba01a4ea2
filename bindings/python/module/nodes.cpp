#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/bindings/python/module/arrays.hpp>
#include <adjoin/bindings/python/module/nodes.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::python {
namespace {

/// More names than this are not all looked at for what somebody may have meant.
constexpr std::size_t most_names_compared = 1'000'000;

[[noreturn]] void refuse_node(const NodeIndex& nodes, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(nodes.size(), most_names_compared); ++i) names.push_back(nodes.name(node_id(i)));
  const auto meant = nearest_word(name, names);
  throw InvalidData(fmt::format("{} is not the name of a node{}", quote_for_message(name),
                                meant ? fmt::format("; did you mean {}?", quote_for_message(*meant)) : ""));
}

nb::list names_of(const Nodes& nodes) {
  nb::list names;
  for (std::size_t i = 0; i < nodes.index->size(); ++i) names.append(python_name(nodes.index->name(node_id(i))));
  return names;
}

nb::str name_of(const Nodes& nodes, std::size_t row) {
  if (row >= nodes.index->size()) {
    throw nb::index_error(fmt::format("row {} of {}", row, nodes.index->size()).c_str());
  }
  return python_name(nodes.index->name(node_id(row)));
}

std::vector<std::string> names_from_python(const nb::iterable& given) {
  std::vector<std::string> names;
  for (const nb::handle item : given) names.push_back(name_from_python(item));
  return names;
}

nb::object rows_of(const Nodes& nodes, const nb::object& names) {
  const std::vector<NodeId> found = find_nodes(*nodes.index, names);
  Array<std::int64_t> rows(found.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(index(found[i]));
  return nb::cast(numpy_of(std::move(rows)));
}

}  // namespace

nb::str python_name(const std::string& name) {
  return nb::steal<nb::str>(PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "surrogateescape"));
}

std::string name_from_python(const nb::handle& name) {
  const nb::object bytes = nb::steal(PyUnicode_AsEncodedString(nb::str(name).ptr(), "utf-8", "surrogateescape"));
  if (!bytes.is_valid()) throw nb::python_error();
  return {PyBytes_AsString(bytes.ptr()), static_cast<std::size_t>(PyBytes_Size(bytes.ptr()))};
}

Nodes nodes_in_order(const std::vector<std::string>& names) {
  NodeIndex sorted = NodeIndex::from_names(names);
  if (sorted.size() < names.size()) {
    std::vector<std::string> all = names;
    std::ranges::sort(all);
    const auto twice = std::ranges::adjacent_find(all);
    throw InvalidData(fmt::format("{} names two nodes", quote_for_message(*twice)));
  }
  std::vector<NodeId> places(names.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = *sorted.find(names[i]);
  if (std::ranges::is_sorted(places)) return {std::make_shared<const NodeIndex>(std::move(sorted))};
  return {std::make_shared<const NodeIndex>(std::move(sorted).reordered(places))};
}

std::vector<NodeId> find_nodes(const NodeIndex& nodes, const nb::handle& names) {
  std::vector<NodeId> found;
  for (const nb::handle item : nb::iter(names)) {
    const std::string name = name_from_python(item);
    const std::optional<NodeId> node = nodes.find(name);
    if (!node) refuse_node(nodes, name);
    found.push_back(*node);
  }
  return found;
}

void bind_nodes(nb::module_& module) {
  nb::class_<Nodes>(module, "Nodes")
      .def("__len__", [](const Nodes& nodes) { return nodes.index->size(); })
      .def("names", names_of)
      .def("name", name_of, nb::arg("row"))
      .def("rows", rows_of, nb::arg("names"));
  module.def(
      "nodes_in_order", [](const nb::iterable& names) { return nodes_in_order(names_from_python(names)); },
      nb::arg("names"));
  module.def(
      "sorted_nodes",
      [](const nb::iterable& names) {
        return Nodes{std::make_shared<const NodeIndex>(NodeIndex::from_names(names_from_python(names)))};
      },
      nb::arg("names"));
  module.def("numbered_nodes", [](std::size_t count) {
    if (count > max_node_count) throw InvalidData(fmt::format("{} nodes are more than adjoin can number", count));
    return Nodes{std::make_shared<const NodeIndex>(NodeIndex::range(count))};
  });
}

}  // namespace adjoin::python
