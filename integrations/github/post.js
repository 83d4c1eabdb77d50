"use strict";
// Ends the run that main has begun, however that went. Runs when the job is over, also a cancelled one.

const fs = require("fs");
const { runProgram } = require("./program");
const { describe, error, notice, readState, withoutCommands } = require("./workflow");

// The run: of the file that was written before the first request, or as main has seen it.
function selection(state) {
  if (fs.existsSync(state.runIdFile)) {
    return ["--run-id-file", state.runIdFile];
  }
  return state.runId ? ["--run-id", state.runId] : [];
}

async function post() {
  const state = readState();
  const run = state ? selection(state) : [];
  if (run.length === 0) {
    console.log("no machine was asked for: there is nothing to end");
    return;
  }
  const args = ["terminate", ...run, ...state.where, "--json", "--settle", state.known ? "0s" : state.settle];
  if (state.region !== "") {
    args.push("--region", state.region);
  }
  let ended = {};
  const status = await withoutCommands(() => runProgram(state.program, args,
    { onLine: (object) => { ended = object; } }));
  if (status !== 0) {
    const why = ended.error || { message: `flame-ec2 terminate has ended with status ${status}` };
    error("flame-ec2: machines may still run", describe(why));
    process.exitCode = status;
    return;
  }
  if (state.instances.length > 0 && (ended.terminated || []).length === 0) {
    notice("flame-ec2", `${state.instances.join(" ")}: not there any more, or not to be seen with the `
      + "credentials that the job has now");
  }
  fs.rmSync(state.folder, { recursive: true, force: true });
}

post().catch((e) => {
  error("flame-ec2: machines may still run", e.message);
  process.exitCode = 1;
});
