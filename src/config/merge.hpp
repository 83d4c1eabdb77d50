#pragma once

#include "config/layers.hpp"

#include <set>

namespace flame::config {

// Takes the rows of all layers, lowest first. Internal to layers.cpp.
class Merge {
public:
  explicit Merge(const Caller& caller) : caller_(caller) {}
  void begin_layer(Rank rank);
  void add(const Row& row);
  Configured finish() &&;

private:
  void add_file(const Row& row);
  void add_env_file(const Row& row, const std::string& text);
  void add_map(const Row& row, std::map<std::string, std::string>& map);
  void add_entry(const Row& row, std::map<std::string, std::string>& map, const std::string& name,
                 const std::string& value);
  void add_copy(const Row& row, std::map<std::string, std::string>& map, const std::string& name);
  void put(const Row& row, std::map<std::string, std::string>& map, const std::string& name,
           const std::string& value);
  void add_list(const Row& row, std::vector<std::string>& list);
  void copy_env_from();
  void mistake(const Row& row, const Error& error);

  const Caller& caller_;
  Configured done_ = {};
  Rank rank_ = Rank::metadata;
  std::set<std::string_view> seen_ = {}; // keys that this layer has set
};

} // namespace flame::config
