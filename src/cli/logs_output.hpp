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

// JSON. `whole`: the console has its beginning.
std::string logs_output(const Listed& machine, const std::vector<fleet::StageLine>& lines,
                        const std::string& console, bool whole);

} // namespace flame::cli
