"""The examples of docs/ci.md, as their CI sees them: ci_examples.py FILE CI [NAME=VALUE...]

Prints JSON: the job's environment, and its scripts, each with whether it always runs. The values
are those that the CI itself would put in: github.run_id=…, CI_JOB_ID=….
"""

import json
import re
import string
import sys

import yaml


def section(text, title, language):
    part = re.split(r"^## ", text, flags=re.M)
    (found,) = [one for one in part if one.startswith(title + "\n")]
    return re.search(rf"^```{language}\n(.*?)^```", found, flags=re.M | re.S).group(1)


def github(text, given):
    def fill(value):
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda hit: given[hit.group(1)], str(value))

    workflow = yaml.safe_load(section(text, "GitHub Actions", "yaml"))
    (job,) = workflow["jobs"].values()
    environment = {**workflow["env"], **job["env"]}
    steps = [step for step in job["steps"] if "run" in step]
    return {
        "env": {name: fill(value) for name, value in environment.items()},
        "scripts": [
            {"text": fill(step["run"]), "always": step.get("if") == "always()"} for step in steps
        ],
    }


def gitlab(text, given):
    (job,) = yaml.safe_load(section(text, "GitLab", "yaml")).values()
    variables = {
        name: string.Template(str(value)).safe_substitute(given)
        for name, value in job["variables"].items()
    }
    tokens = {name: "token-of-the-job" for name in job["id_tokens"]}
    return {
        "env": {**given, **tokens, **variables},
        "scripts": [
            {"text": "\n".join(job["script"]) + "\n", "always": False},
            {"text": "\n".join(job["after_script"]) + "\n", "always": True},
        ],
    }


def shell(text, _given):
    return {"env": {}, "scripts": [{"text": section(text, "A shell", "sh"), "always": False}]}


def main():
    path, which, *pairs = sys.argv[1:]
    given = dict(pair.split("=", 1) for pair in pairs)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    print(json.dumps({"github": github, "gitlab": gitlab, "shell": shell}[which](text, given)))


main()
