"use strict";
// The program flame-ec2: where it is, and how it is run.

const { execFileSync, spawn } = require("child_process");
const crypto = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");
const readline = require("readline");

const ARCHITECTURES = { x64: "amd64", arm64: "arm64" };

function curl(url, file) {
  try {
    execFileSync("curl", ["--fail", "--silent", "--show-error", "--location", "--retry", "3",
      "--output", file, url], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (e) {
    throw new Error(`cannot fetch ${url}: ${String(e.stderr || e.message).trim()}`);
  }
}

// The digest of `name` in a file of sha256sum.
function digestOf(name, sums) {
  for (const line of fs.readFileSync(sums, "utf8").split("\n")) {
    const [digest, file] = line.trim().split(/\s+\*?/);
    if (file === name) {
      return digest;
    }
  }
  throw new Error(`SHA256SUMS of the release has no ${name}`);
}

// Fetches a release into the folder; the path of the program in it.
function fetchRelease({ version, sha256 }, folder) {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new Error(`no release is for ${process.platform} on ${process.arch}: build flame-ec2, and set path`);
  }
  const plain = version.replace(/^v/, "");
  const name = `flame-ec2-${plain}-linux-${architecture}.tar.gz`;
  const repository = process.env.GITHUB_ACTION_REPOSITORY || process.env.GITHUB_REPOSITORY;
  const base = `${process.env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/releases/download/v${plain}`;
  const archive = path.join(folder, name);
  curl(`${base}/${name}`, archive);
  let wanted = sha256.toLowerCase();
  if (wanted === "") {
    curl(`${base}/SHA256SUMS`, path.join(folder, "SHA256SUMS"));
    wanted = digestOf(name, path.join(folder, "SHA256SUMS"));
  }
  const got = crypto.createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
  if (got !== wanted) {
    throw new Error(`${name} has the SHA-256 ${got} instead of ${wanted}`);
  }
  const to = path.join(folder, "release");
  fs.mkdirSync(to);
  execFileSync("tar", ["-xzf", archive, "-C", to, "--strip-components=1", "--no-same-owner"]);
  return path.join(to, "bin", "flame-ec2");
}

// The path of the program, which is there.
function findProgram(inputs, folder) {
  if (inputs.version !== "") {
    return fetchRelease(inputs, folder);
  }
  const places = inputs.path !== ""
    ? [path.resolve(inputs.path)]
    : (process.env.PATH || "").split(":").filter(Boolean).map((place) => path.join(place, "flame-ec2"));
  for (const place of places) {
    try {
      fs.accessSync(place, fs.constants.X_OK);
      return place;
    } catch {
      // the next one
    }
  }
  throw new Error(inputs.path !== ""
    ? `path: ${inputs.path} is no program`
    : "flame-ec2 is not on the PATH: set path, or version to fetch it");
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

// Runs it with more variables, and `firstLine` on its stdin, which stays open. Its stderr goes to our stdout
// in whole lines; onLine(object, line, child) gets each line of its stdout, which is JSON. Signals are passed
// on. Resolves to its status, 128 + n after signal n, once it has left; rejects with what onLine threw.
function runProgram(program, args, { variables = {}, firstLine = "", onLine }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...variables }, stdio: "pipe" });
    let thrown = null;
    const passOn = (signal) => child.kill(signal);
    SIGNALS.forEach((signal) => process.on(signal, passOn));
    const end = (settle) => {
      SIGNALS.forEach((signal) => process.removeListener(signal, passOn));
      settle();
    };
    child.on("error", (e) => end(() => reject(e)));
    child.stdin.on("error", () => {}); // it has left; its status says why
    child.stdin.write(firstLine);
    readline.createInterface({ input: child.stderr }).on("line", (line) => process.stdout.write(`${line}\n`));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      try {
        onLine(JSON.parse(line), line, child);
      } catch (e) {
        thrown = thrown || e;
        child.stdin.destroy(); // who cannot take the result does not want the machine
      }
    });
    child.on("close", (status, signal) => end(() => {
      if (thrown) {
        reject(thrown);
      } else {
        resolve(signal ? 128 + os.constants.signals[signal] : status);
      }
    }));
  });
}

module.exports = { findProgram, runProgram };
