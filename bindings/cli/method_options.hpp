// One list of flags for a command that chooses among methods, each with an option table of its own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

/// Options that methods share by name are one flag; where their help, range or default differ, the flag's help says
/// which is whose. What is given on the command line is kept as text until the method is known.
class MethodOptions {
 public:
  /// flag: by which the command line chooses the method.
  explicit MethodOptions(std::string flag = "method") : flag_(std::move(flag)) {}

  /// options: bound to what the method reads, which must outlive this. The first method is the default one.
  void add(std::string method, std::vector<Option> options);

  /// One flag a name, in the order in which names were added. The flags must not outlive this.
  std::vector<Option> flags();

  /// Assigns what was given to the options of `method`. InvalidOption for a flag that only other methods have, or for a
  /// value that the method refuses.
  void assign_to(std::string_view method) const;

 private:
  struct Method {
    std::string name;
    std::vector<Option> options;
  };

  const Option* find(const Method& method, std::string_view name) const;
  Option merged(const std::string& name) const;
  /// The names of the methods that have the option: "randne and prone".
  std::string owners(std::string_view name) const;

  std::string flag_;
  std::vector<Method> methods_;
  std::map<std::string, std::string, std::less<>> given_;  // by name
};

}  // namespace adjoin::cli
