#pragma once

#include "base/error.hpp"
#include "base/toml.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads values of a file, and collects what is wrong with them, each with its line.
namespace flame::sandbox {

class TomlReading {
public:
  explicit TomlReading(std::string_view name) : name_(name) {} // the file's; must outlive this

  const Mistakes& mistakes() const { return mistakes_; } // of kind usage

  void wrong(const TomlValue& at, const std::string& message, std::string hint = {});
  void unknown(const TomlValue& entry, std::string_view where,
               const std::vector<std::string_view>& known);
  // nullopt for what is none, which is then among the mistakes.
  std::optional<int> number(const TomlValue& value); // whole, from 0 on
  std::optional<Millis> time(const TomlValue& value);

private:
  std::string_view name_;
  Mistakes mistakes_ = Mistakes(ErrorKind::usage);
};

} // namespace flame::sandbox
