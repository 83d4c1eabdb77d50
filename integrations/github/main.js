"use strict";
// Boots, and tells the job about it. What the end needs is saved before the program is started.

const fs = require("fs");
const os = require("os");
const path = require("path");
const { readInputs } = require("./inputs");
const { findProgram, runProgram } = require("./program");
const { describe, error, saveState, setOutput, withoutCommands } = require("./workflow");

// A file of settings of our own: the end must not depend on what the job does to its files.
function settingsFile(inputs, folder) {
  const file = path.join(folder, "settings.toml");
  if (inputs.settings !== "") {
    fs.writeFileSync(file, `${inputs.settings}\n`, { mode: 0o600 });
  } else if (inputs.config !== "") {
    fs.copyFileSync(inputs.config, file);
    fs.chmodSync(file, 0o600);
  }
  return fs.existsSync(file) ? ["--config", file] : [];
}

function writeOutputs(result, line) {
  const first = result.instances[0];
  setOutput("run-id", result.run_id);
  setOutput("region", result.region);
  setOutput("instance-id", first.instance_id);
  setOutput("instance-ids", result.instances.map((machine) => machine.instance_id).join(" "));
  setOutput("private-ip", first.private_ip || "");
  setOutput("public-ip", first.public_ip || "");
  setOutput("result", line);
}

// Resolves to the status, and the error when there was one.
async function boot(state, inputs) {
  let failure = null;
  // A line is a result, to which `up` is the answer, or an error.
  const take = (object, line, child) => {
    if (object.error) {
      failure = object.error;
      return;
    }
    writeOutputs(object, line);
    state.runId = object.run_id;
    state.region = object.region;
    state.instances = object.instances.map((machine) => machine.instance_id);
    saveState(state);
    child.stdin.write("up\n");
  };
  // Attached: when we are killed, and cannot say anything any more, the program ends its machine.
  const args = ["boot", "--attached", "--json", "--run-id-file", state.runIdFile, ...state.where];
  const status = await withoutCommands(() => runProgram(state.program, args,
    { variables: inputs.variables, firstLine: "{}\n", onLine: take }));
  return { status, failure };
}

function sayFailure(status, failure) {
  if (failure) {
    setOutput("error-kind", failure.kind);
    error(`flame-ec2: ${failure.kind}`, describe(failure));
  } else {
    error("flame-ec2", `flame-ec2 boot has ended with status ${status}`);
  }
}

async function main() {
  const inputs = readInputs();
  const folder = fs.mkdtempSync(path.join(process.env.RUNNER_TEMP || os.tmpdir(), "flame-ec2-"));
  const state = {
    folder,
    program: findProgram(inputs, folder),
    runIdFile: path.join(folder, "run-id"),
    where: settingsFile(inputs, folder).concat(inputs.pool !== "" ? ["--pool", inputs.pool] : []),
    region: inputs.region,
    settle: inputs.settle,
    known: false, // what of it lives: else the end has to look for it
    instances: [],
  };
  saveState(state);
  if (process.env.GITHUB_PATH) {
    fs.appendFileSync(process.env.GITHUB_PATH, `${path.dirname(state.program)}\n`);
  }
  const { status, failure } = await boot(state, inputs);
  if (status !== 0) {
    sayFailure(status, failure);
  }
  state.known = status === 0 || (failure !== null && failure.kind !== "leftover");
  saveState(state);
  process.exitCode = status;
}

main().catch((e) => {
  error("flame-ec2", e.message);
  process.exitCode = 1;
});
