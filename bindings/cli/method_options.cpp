#include <algorithm>

#include <fmt/format.h>

#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {
namespace {

using Names = std::vector<std::string>;

/// "a", "a and b", "a, b and c".
std::string list_of(const Names& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

/// The first method's text, then those that differ with the methods that they belong to: "512, with randne 128".
std::string told_by_method(const std::vector<std::pair<std::string, std::string>>& texts, std::string_view separator) {
  std::vector<std::pair<std::string, Names>> distinct;
  for (const auto& [method, text] : texts) {
    const auto same = std::ranges::find(distinct, text, &std::pair<std::string, Names>::first);
    if (same == distinct.end()) {
      distinct.push_back({text, {method}});
    } else {
      same->second.push_back(method);
    }
  }
  std::string told = distinct.front().first;
  for (auto other = distinct.begin() + 1; other != distinct.end(); ++other) {
    told +=
        fmt::format("{} with {}{} {}", separator, list_of(other->second), separator == ";" ? ":" : "", other->first);
  }
  return told;
}

}  // namespace

void MethodOptions::add(std::string method, std::vector<Option> options) {
  methods_.push_back({std::move(method), std::move(options)});
}

const Option* MethodOptions::find(const Method& method, std::string_view name) const {
  const auto option = std::ranges::find(method.options, name, &Option::name);
  return option == method.options.end() ? nullptr : &*option;
}

std::string MethodOptions::owners(std::string_view name) const {
  Names names;
  for (const Method& method : methods_) {
    if (find(method, name) != nullptr) names.push_back(method.name);
  }
  return list_of(names);
}

Option MethodOptions::merged(const std::string& name) const {
  Option result;
  std::vector<std::pair<std::string, std::string>> help;
  std::vector<std::pair<std::string, std::string>> range;
  std::vector<std::pair<std::string, std::string>> source;
  std::vector<std::pair<std::string, std::string>> standard;
  for (const Method& method : methods_) {
    const Option* const option = find(method, name);
    if (option == nullptr) continue;
    // A help that the first one begins with says no more than that does.
    const bool told = !help.empty() && help.front().second.starts_with(option->help);
    help.emplace_back(method.name, told ? help.front().second : option->help);
    range.emplace_back(method.name, option->range);
    standard.emplace_back(method.name, option->default_text);
    source.emplace_back(method.name, option->source);
    result.name = option->name;
    result.kind = option->kind;
    for (const std::string& choice : option->choices) {
      if (std::ranges::find(result.choices, choice) == result.choices.end()) result.choices.push_back(choice);
    }
  }
  result.help = told_by_method(help, ";");
  if (help.size() < methods_.size()) result.help = fmt::format("{}: {}", owners(name), result.help);
  result.range = told_by_method(range, ",");
  result.default_text = told_by_method(standard, ",");
  std::erase_if(source, [](const auto& of_method) { return of_method.second.empty(); });
  if (!source.empty()) result.source = told_by_method(source, ",");
  return result;
}

std::vector<Option> MethodOptions::flags() {
  std::vector<Option> result;
  for (const Method& method : methods_) {
    for (const Option& option : method.options) {
      if (std::ranges::find(result, option.name, &Option::name) != result.end()) continue;
      Option flag = merged(option.name);
      flag.assign = [this, name = option.name](std::string_view text) { given_[name] = text; };
      flag.text = [this, name = option.name, standard = option.default_text] {
        const auto given = given_.find(name);
        return given == given_.end() ? standard : given->second;
      };
      result.push_back(std::move(flag));
    }
  }
  return result;
}

void MethodOptions::assign_to(std::string_view method_name) const {
  const auto method = std::ranges::find(methods_, method_name, &Method::name);
  for (const auto& [name, text] : given_) {
    const Option* const option = find(*method, name);
    if (option == nullptr) {
      throw InvalidOption(fmt::format("--{} belongs to --{} {} and means nothing to {}; leave one of them out", name,
                                      flag_, owners(name), method_name));
    }
    option->assign(text);
  }
}

}  // namespace adjoin::cli
