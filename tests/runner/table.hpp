#pragma once

#include "scenes.hpp"

#include <optional>

namespace flame::tests {

// One way for a machine to end: what it is given, and what its console then says.
struct Row {
  std::string name = {};
  Scene scene = {};
  std::string_view stage = "failed"; // the last stage line; "" when it may be any
  std::string_view at = {};          // of a failure: where
  std::optional<int> status = {};
  std::string_view reason = {}; // in the last line's detail
  std::string_view says = {};   // anywhere on the console
  std::string_view never = {};  // nowhere on it
  Names stages = {};            // all of them, when given
};

// All at once: each machine is off in time, and says what its row wants.
inline void check_table(RunnerMachines& machines, const std::vector<Row>& rows)
{
  std::vector<Scene> scenes;
  for (const Row& row : rows) {
    scenes.push_back(row.scene);
  }
  const std::vector<Outcome> outcomes = machines.run_all(scenes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const Outcome& outcome = outcomes[i];
    const fleet::StageLine& last = outcome.last();
    CAPTURE(row.name);
    CAPTURE(outcome.console);
    CAPTURE(last.detail); // after the console: what is printed of a long one may end early
    CHECK(outcome.off);
    if (!row.stage.empty()) {
      CHECK(last.stage == row.stage);
      CHECK(last.at == (last.stage == "interrupted" ? last.at : row.at)); // a time there
    }
    if (row.status) {
      CHECK(last.exit_status == row.status);
    }
    CHECK(last.detail.find(row.reason) != std::string::npos);
    CHECK(outcome.console.find(row.says) != std::string::npos);
    if (!row.never.empty()) {
      CHECK(outcome.console.find(row.never) == std::string::npos);
    }
    if (!row.stages.empty()) {
      CHECK(outcome.stage_names() == row.stages);
    }
    for (const fleet::StageLine& line : outcome.stages) {
      CHECK(line.detail.find("http:") == std::string::npos); // the URL is a secret
    }
  }
}

} // namespace flame::tests
