#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <adjoin/bindings/python/module/keywords.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::python {
namespace {

std::string replaced(std::string text, char from, char to) {
  std::ranges::replace(text, from, to);
  return text;
}

/// What Option::assign reads: numbers in full precision, items of a sequence with commas between.
std::string text_of(nb::handle value) {
  if (PyBool_Check(value.ptr())) return value.ptr() == Py_True ? "true" : "false";
  if (PyUnicode_Check(value.ptr())) return nb::cast<std::string>(value);
  if (PyIndex_Check(value.ptr()) != 0) {
    const nb::object number = nb::steal(PyNumber_Index(value.ptr()));
    if (number.is_valid()) return nb::cast<std::string>(nb::str(number));
    PyErr_Clear();  // an array of NumPy's looks as if it were a number
  }
  if (PyFloat_Check(value.ptr()) || (PyNumber_Check(value.ptr()) && !PySequence_Check(value.ptr()))) {
    const double number = PyFloat_AsDouble(value.ptr());
    if (number == -1.0 && PyErr_Occurred() != nullptr) throw nb::python_error();
    return format_number(number);
  }
  if (nb::hasattr(value, "__fspath__")) return nb::cast<std::string>(value.attr("__fspath__")());
  std::string text;
  for (const nb::handle item : nb::iter(value)) text += (text.empty() ? "" : ",") + text_of(item);
  return text;
}

}  // namespace

void assign_keywords(std::string_view function, const nb::dict& keywords, const std::vector<Option>& options) {
  for (const auto& [key, value] : keywords) {
    const std::string keyword = nb::cast<std::string>(key);
    const auto option = std::ranges::find(options, replaced(keyword, '_', '-'), &Option::name);
    if (option == options.end()) {
      std::vector<std::string> names;
      for (const Option& known : options) names.push_back(replaced(known.name, '-', '_'));
      const auto meant = nearest_word(keyword, names);
      throw nb::type_error(fmt::format("{}() has no option {}{}", function, quote_for_message(keyword),
                                       meant ? fmt::format("; did you mean {}?", *meant)
                                             : fmt::format("; it has {}", fmt::join(names, ", ")))
                               .c_str());
    }
    if (!value.is_none()) option->assign(text_of(value));
  }
}

nb::list describe(const std::vector<Option>& options) {
  constexpr auto kind_name = [](OptionKind kind) {
    switch (kind) {
      case OptionKind::flag:
        return "flag";
      case OptionKind::whole_number:
        return "whole_number";
      case OptionKind::number:
        return "number";
      case OptionKind::number_list:
        return "number_list";
      case OptionKind::choice:
        return "choice";
      case OptionKind::text:
        break;
    }
    return "text";
  };
  nb::list rows;
  for (const Option& option : options) {
    nb::dict row;
    row["name"] = replaced(option.name, '-', '_');
    row["kind"] = kind_name(option.kind);
    row["help"] = option.help;
    row["source"] = option.source;
    row["range"] = option.range;
    nb::list choices;
    for (const std::string& choice : option.choices) choices.append(choice);
    row["choices"] = choices;
    row["default"] = option.default_text;
    rows.append(row);
  }
  return rows;
}

}  // namespace adjoin::python
