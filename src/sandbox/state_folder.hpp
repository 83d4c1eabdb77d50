#pragma once

#include "base/error.hpp"

#include <memory>
#include <string>

namespace flame::sandbox {

// The folder in which a sandbox keeps what it writes, its own from construction to destruction.
class StateFolder {
public:
  // "": a new one in the temporary folder, removed at the end; those whose sandboxes have died
  // without an end are removed first. A named one is made when it is not there and stays; kind
  // config when another sandbox has it.
  static Result<std::unique_ptr<StateFolder>> take(const std::string& path);
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  ~StateFolder();
  // Those of sandboxes that were killed; again once their machines are gone.
  static void remove_left_behind();
  const std::string& path() const { return path_; } // absolute

private:
  StateFolder(std::string path, int lock, bool temporary);
  std::string path_;
  int lock_;
  bool temporary_;
};

} // namespace flame::sandbox
