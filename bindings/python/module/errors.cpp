// adjoin's exceptions as those of adjoin/errors.py.
#include <exception>
#include <regex>
#include <string>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::python {
namespace {

/// Messages name options as the command writes them, "--property-ratio" within and "property-ratio" at their beginning;
/// both are property_ratio here.
std::string in_python_words(const std::string& message) {
  static const std::regex option("--([a-z][a-z-]*)|^([a-z]+-[a-z-]+)(?= (=|and|needs|of) )");
  std::string text;
  std::size_t end = 0;
  for (std::sregex_iterator match(message.begin(), message.end(), option), none; match != none; ++match) {
    text.append(message, end, static_cast<std::size_t>(match->position()) - end);
    for (const char c : match->str(1) + match->str(2)) text += c == '-' ? '_' : c;
    end = static_cast<std::size_t>(match->position() + match->length());
  }
  return text.append(message, end);
}

void raise(const char* type, const std::string& message) {
  const nb::object errors = nb::module_::import_("adjoin.errors");
  PyErr_SetString(errors.attr(type).ptr(), in_python_words(message).c_str());
}

/// The operating system's reason decides which OSError it is, FileNotFoundError say.
void raise_os_error(const IoError& error) {
  if (error.error_number() == 0) return raise("IoError", error.what());
  const nb::object made = nb::module_::import_("adjoin.errors").attr("os_error")(error.error_number(), error.what());
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const InvalidOption& error) {
    raise("InvalidOption", error.what());
  } catch (const ParseError& error) {
    raise("ParseError", error.what());
  } catch (const InvalidData& error) {
    raise("InvalidData", error.what());
  } catch (const IoError& error) {
    raise_os_error(error);
  } catch (const DeviceError& error) {
    raise("DeviceError", error.what());
  } catch (const DeviceFailure& error) {
    raise("DeviceFailure", error.what());
  } catch (const BudgetExceeded& error) {
    raise("BudgetExceeded", error.what());
  } catch (const Cancelled&) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
  } catch (const Error& error) {
    raise("Error", error.what());
  }
}

}  // namespace

void bind_errors(nb::module_&) {
  nb::register_exception_translator(translate);
}

}  // namespace adjoin::python
