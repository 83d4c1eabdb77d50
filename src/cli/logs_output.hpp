#pragma once

#include "cli/fleet_output.hpp"
#include "fleet/stages.hpp"

#include <optional>
#include <string>
#include <vector>

// What logs prints. Pure; the texts are already without secrets.
namespace flame::cli {

std::string stage_detail(const fleet::StageLine& line); // "at fetch, status 22, HTTP 403"

// A table; "" for no stage.
std::string stages_output(const std::vector<fleet::StageLine>& lines, std::optional<int> width);

// What a machine has written into its store, nullopt what it has not.
struct Kept {
  std::optional<std::string> log = {};
  std::optional<std::string> journal = {};
};
std::string kept_output(const Kept& kept); // text; "" for nothing

// JSON. `whole`: the console has its beginning.
std::string logs_output(const Listed& machine, const std::vector<fleet::StageLine>& lines,
                        const std::string& console, bool whole, const Kept& kept = {});

} // namespace flame::cli
