#!/usr/bin/env python3
"""botocore's opinion about whose keys a request is signed with.

  credentials.py FLAME_EC2 [NAME...]

For each case of credential_cases.py both look into the same folder and the same environment, each
with a server of its own that stands for AWS. They have to find the same keys, and to ask the same
of STS and the other services on the way. Where a case is ours, it says why, and that botocore does
otherwise is checked too. The table is closed: every provider is found, absent, broken and asked
again. Prints a line for each difference; status 1 when there is one.
"""
import concurrent.futures
import getpass
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens

import credential_cases
from credential_server import Server, iso

LOADER = botocore.loaders.create_loader()
SECRETS = ("secret-of-", "token-of-", "STATICSECRET", "access-token", "refresh-token", "github.jwt",
           "bearer-of-github", "web-token", "container-token")


def prepare(case, folder, server):
    """Writes the files; the environment that both get."""
    def fill(text):
        return (text.replace("{HOME}", str(folder)).replace("{URL}", server.url)
                .replace("{LATER}", iso(credential_cases.HOUR)).replace("{SOON}", iso(credential_cases.MINUTE))
                .replace("{BEFORE}", iso(-credential_cases.HOUR)))

    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.mkdir()
            continue
        path.write_bytes(text if isinstance(text, bytes) else fill(text).encode())
        path.chmod(0o700 if name.startswith("bin/") else 0o600)
    env = {"HOME": str(folder), "PATH": f"{folder}/bin:/usr/bin:/bin", "AWS_REGION": "eu-west-1",
           "AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"}
    for service in ("EC2", "STS", "SSO", "SSO_OIDC"):
        env[f"AWS_ENDPOINT_URL_{service}"] = server.url
    env.update({name: value and fill(value) for name, value in case.env.items()})
    return {name: value for name, value in env.items() if value is not None}


def no_answer(_):
    raise EOFError("nobody can be asked")


def botocore_finds(case, env, server):
    """What it would sign with: a list of (key id, token), "none" or "error"."""
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    cache = os.path.expanduser("~/.aws/sso/cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache
    try:
        session = botocore.session.Session(profile=case.profile)
        session.register_component("data_loader", LOADER)
        server.region = session.get_config_variable("region")
        roles = session.get_component("credential_provider").get_provider("assume-role")
        roles.cache = botocore.utils.JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))  # as the CLI
        found = session.get_credentials()
        if found is None:
            return "none"
        keys = []
        for _ in range(2 if case.outcome == "refresh" else 1):
            frozen = found.get_frozen_credentials()
            pair = (frozen.access_key, frozen.token or "")
            if pair not in keys:
                keys.append(pair)
        return keys
    except Exception as error:  # whatever it says, it has none
        case.said["botocore"] = f"{type(error).__name__}: {error}"
        return "error"
    finally:
        os.environ.clear()
        os.environ.update(saved)


def flame_finds(case, env, server, binary):
    profile = [] if case.profile is None else ["--profile", case.profile]
    done = subprocess.run([binary, "terminate", "--run-id", "none", "--settle", "0s", *profile,
                           *case.flags], env=env, cwd=env["HOME"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)
    case.said["flame-ec2"] = done.stderr.strip()
    if server.signed:
        return list(server.signed)
    if "no AWS credentials found" in done.stderr:
        return "none" if done.returncode == 4 else f"status {done.returncode}"
    return "error" if done.returncode in (3, 4, 7) else f"status {done.returncode}"


def names(found):
    return found if isinstance(found, str) else " ".join(name for name, _ in found)


def judge(case, ours, theirs, asked_by_us, asked_by_them):
    wanted = case.ours if case.why else case.want
    if names(ours) != wanted:
        yield f"flame-ec2 finds {names(ours)}, not {wanted}"
    if names(theirs) != case.want:
        yield f"botocore finds {names(theirs)}, not {case.want}"
    if case.why:
        if not case.region and ours == theirs and asked_by_us == asked_by_them:
            yield f"is no longer ours: {case.why}"
        return
    if not isinstance(ours, str) and ours != theirs:
        yield f"other keys: {ours} and botocore's {theirs}"
    # On the way to an error, one may have asked more often than the other.
    if ours != "error" and asked_by_us != asked_by_them:
        yield f"asks {asked_by_us}, and botocore {asked_by_them}"


def left_over(case, folder, server):
    """What has to be in files afterwards."""
    for name, parts in case.leaves.items():
        path = folder / name
        text = path.read_text()
        for part in parts:
            if part not in text:
                yield f"{name} has no {part}: {text}"
        if name.startswith(".aws/") and path.stat().st_mode & 0o077:
            yield f"{name} can be read by others"


def run_case(arguments):
    case, binary = arguments
    case.said = {}
    problems = []
    results = []
    regions = []
    for tool in ("flame-ec2", "botocore"):
        with tempfile.TemporaryDirectory(prefix="flame-ec2-test.") as name:
            folder = pathlib.Path(name)
            server = Server(case.faults, case.outcome == "refresh")
            try:
                env = prepare(case, folder, server)
                found = (flame_finds(case, env, server, binary) if tool == "flame-ec2"
                         else botocore_finds(case, env, server))
                if tool == "flame-ec2":
                    problems.extend(left_over(case, folder, server))
                asked = [line.replace(server.url, "{URL}").replace(name, "{HOME}")
                         for line in server.asked]
                results.append((found, asked))
                regions.append(server.region)
            finally:
                server.close()
    (ours, asked_by_us), (theirs, asked_by_them) = results
    problems.extend(judge(case, ours, theirs, asked_by_us, asked_by_them))
    if case.region and regions[0] != case.region:
        problems.append(f"flame-ec2 signs for {regions[0]}, not {case.region}")
    if case.region and (regions[0] == regions[1]) == bool(case.why):
        problems.append(f"botocore takes the region {regions[1]}")
    said = case.said["flame-ec2"]
    problems.extend(f"a secret is in what flame-ec2 says: {secret}" for secret in SECRETS
                    if secret in said)
    problems.extend(f"flame-ec2 does not say \"{part}\"" for part in case.says if part not in said)
    if problems:
        problems.extend(f"{tool} says: {text}" for tool, text in case.said.items())
    return [f"{case.name}: {problem}" for problem in problems]


def check_closed(cases):
    seen = {(case.provider, case.outcome) for case in cases}
    for provider in credential_cases.PROVIDERS:
        for outcome in ("found", "absent", "broken", "refresh"):
            if (provider, outcome) not in seen:
                yield f"no case in which {provider} is {outcome}"
    counted = [case.name for case in cases]
    yield from (f"two cases are called {name}" for name in set(counted) if counted.count(name) > 1)


def main():
    binary = os.path.abspath(sys.argv[1])
    chosen = sys.argv[2:]
    cases = [case for case in credential_cases.CASES if not chosen or case.name in chosen]
    for service in ("sts", "sso", "sso-oidc"):
        LOADER.load_service_model(service, "service-2")
        LOADER.load_service_model(service, "endpoint-rule-set-1")
    LOADER.load_data("endpoints")
    LOADER.load_data("partitions")
    problems = [] if chosen else list(check_closed(cases))
    init = botocore.credentials.AssumeRoleProvider.__init__
    init.__defaults__ = tuple(no_answer if value is getpass.getpass else value
                              for value in init.__defaults__)
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(4, mp_context=context) as pool:
        for found in pool.map(run_case, [(case, binary) for case in cases]):
            problems.extend(found)
    for problem in problems:
        print(problem)
    ours = sum(1 for case in cases if case.why)
    print(f"{len(cases)} cases, {ours} of them ours; {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
