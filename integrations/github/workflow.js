"use strict";
// What a runner of GitHub Actions and an action say to each other: variables, files and lines of output.
// Source: GitHub's documentation, "Workflow commands for GitHub Actions", "Variables".

const crypto = require("crypto");
const fs = require("fs");

// "" when it is not set.
function input(name) {
  return (process.env[`INPUT_${name.toUpperCase()}`] || "").trim();
}

// Appends NAME and a value of any characters to the file that this variable names.
function append(variable, name, value) {
  const file = process.env[variable];
  if (!file) {
    throw new Error(`${variable} is not set: this runs in a step of GitHub Actions only`);
  }
  const end = `end-${crypto.randomUUID()}`;
  fs.appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
}

const setOutput = (name, value) => append("GITHUB_OUTPUT", name, value);
const saveState = (state) => append("GITHUB_STATE", "flame_ec2", JSON.stringify(state));

// What main has saved; null when it did not come so far.
function readState() {
  const text = process.env.STATE_flame_ec2;
  return text ? JSON.parse(text) : null;
}

const escaped = (text) => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapedProperty = (text) => escaped(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

function command(name, title, text) {
  process.stdout.write(`::${name} title=${escapedProperty(title)}::${escaped(text)}\n`);
}

const error = (title, text) => command("error", title, text);
const notice = (title, text) => command("notice", title, text);

// An error object of flame-ec2, with all that was found in the same run.
function describe(failure) {
  const one = ({ message, hint }) => (hint ? `${message}\nhint: ${hint}` : message);
  return [failure, ...(failure.also || [])].map(one).join("\n");
}

// Runs `action` while no line of output is a command: what a machine prints must not steer the job.
async function withoutCommands(action) {
  const token = crypto.randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  try {
    return await action();
  } finally {
    process.stdout.write(`::${token}::\n`);
  }
}

module.exports = { input, setOutput, saveState, readState, error, notice, describe, withoutCommands };
