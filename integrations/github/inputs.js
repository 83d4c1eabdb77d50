"use strict";
// What the step asks for. Settings reach flame-ec2 as variables, so that none is on a command line.

const { input } = require("./workflow");

// Inputs that are settings of the same name.
const SETTINGS = [
  "app", "bundle", "image", "image-id", "launch-template-id", "instance-type", "subnet-id",
  "security-group-id", "iam-instance-profile", "count", "max-lifetime", "boot-timeout", "wait-for",
  "region", "run-id",
];

const variable = (setting) => `FLAME_EC2_${setting.toUpperCase().replace(/-/g, "_")}`;

// KEY=VALUE a line as the object that FLAME_EC2_ENV is. A line without "=" is a mistake.
function parseEnv(text, mistakes) {
  const env = {};
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf("=");
    if (at > 0) {
      env[line.slice(0, at).trim()] = line.slice(at + 1);
    } else if (line.trim() !== "") {
      // Not the line: it may be a secret.
      mistakes.push("env: a line is not KEY=VALUE; values of several lines belong into `settings`");
    }
  }
  return env;
}

// { variables, settings, config, pool, region, path, version, sha256, settle }; throws all mistakes at once.
function readInputs() {
  const mistakes = [];
  const variables = {};
  for (const setting of SETTINGS) {
    const value = input(setting);
    if (value !== "") {
      variables[variable(setting)] = value;
    }
  }
  const env = parseEnv(input("env"), mistakes);
  if (Object.keys(env).length > 0) {
    variables[variable("env")] = JSON.stringify(env);
  }
  const inputs = { variables, region: input("region") };
  for (const name of ["settings", "config", "pool", "path", "version", "sha256", "settle"]) {
    inputs[name] = input(name);
  }
  if (inputs.settings !== "" && inputs.config !== "") {
    mistakes.push("settings and config are both set: keep one of them");
  }
  if (inputs.path !== "" && inputs.version !== "") {
    mistakes.push("path and version are both set: keep one of them");
  }
  if (inputs.sha256 !== "" && inputs.version === "") {
    mistakes.push("sha256 is that of the archive that version fetches: set version");
  }
  if (inputs.version !== "" && !/^v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$/.test(inputs.version)) {
    mistakes.push(`version: ${inputs.version} is none, as in 0.1.0`);
  }
  if (mistakes.length > 0) {
    throw new Error(mistakes.join("\n"));
  }
  return inputs;
}

module.exports = { SETTINGS, readInputs };
