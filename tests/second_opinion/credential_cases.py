"""The cases of credentials.py: a folder, an environment, and whose keys are found there.

`want` is what botocore finds: ids of keys, "none" or "error". `why` says why we do otherwise, and
`ours` what we find. {HOME}, {URL}, {LATER}, {SOON} and {BEFORE} are filled in.
"""
import dataclasses
import datetime
import hashlib
import json
import typing

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)

PROVIDERS = ("environment", "role", "web identity", "SSO", "SSO legacy", "credentials file", "login",
             "process", "config file", "github", "container", "imds")


@dataclasses.dataclass
class Case:
    name: str
    provider: str
    outcome: str  # found, absent, broken, refresh
    want: str
    files: dict = dataclasses.field(default_factory=dict)
    env: dict = dataclasses.field(default_factory=dict)
    profile: typing.Optional[str] = None  # --profile
    faults: dict = dataclasses.field(default_factory=dict)  # of the server
    why: str = ""
    ours: str = ""
    leaves: dict = dataclasses.field(default_factory=dict)  # file: what is in it afterwards
    says: tuple = ()  # parts of our message
    region: str = ""  # for which EC2's requests are signed
    flags: tuple = ()  # of our command line
    said: dict = dataclasses.field(default_factory=dict)


CASES = []


def case(name, provider, outcome, want, **more):
    CASES.append(Case(name, provider, outcome, want, **more))


def keys(name, lines=""):
    return f"aws_access_key_id = {name}\naws_secret_access_key = STATICSECRET/{name}+=\n{lines}"


def config(text, **more):
    return {".aws/config": text, **more}


def env_keys(name="STATICENV", **more):
    return {"AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": f"STATICSECRET{name}", **more}


STOP = "what is set up and broken is an error, never passed over"
UNSET = "an empty variable or value counts as not set"
LOGIN = "botocore alone cannot use aws login without the package awscrt"
GITHUB = "no tool of AWS asks GitHub"
ALONE = "with --profile only the profile is asked"
GRAMMAR = "the grammar is that of AWS's cross-SDK tests; Python's INI parser is laxer or stricter"
USED = "keys are used once before they are asked for again, even if they end in a minute"
CLI = "AWS_REGION comes before AWS_DEFAULT_REGION, as in AWS's command line 2"
ORDER = "AWS_PROFILE comes before AWS_DEFAULT_PROFILE, as in AWS's command line 2"

# -- environment ------------------------------------------------------------------------------
case("env", "environment", "found", "STATICENV", env=env_keys())
case("env: with a token", "environment", "found", "STATICENV",
     env=env_keys(AWS_SESSION_TOKEN="token-of-env"))
case("env: the old name of the token", "environment", "found", "STATICENV",
     env=env_keys(AWS_SECURITY_TOKEN="token-of-env"))
case("env: both names of the token", "environment", "found", "STATICENV",
     env=env_keys(AWS_SECURITY_TOKEN="token-of-old", AWS_SESSION_TOKEN="token-of-new"),
     why="the documented name of the token comes before the old one", ours="STATICENV")
case("env: an end that is far", "environment", "found", "STATICENV",
     env=env_keys(AWS_CREDENTIAL_EXPIRATION="{LATER}"))
case("env: an end that is no time", "environment", "broken", "error",
     env=env_keys(AWS_CREDENTIAL_EXPIRATION="soon"), says=("AWS_CREDENTIAL_EXPIRATION",))
case("env: no secret", "environment", "broken", "error", env={"AWS_ACCESS_KEY_ID": "STATICENV"},
     says=("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not",))
case("env: no id", "environment", "broken", "none", env={"AWS_SECRET_ACCESS_KEY": "STATICSECRET"},
     why=STOP, ours="error")
case("env: empty", "environment", "absent", "none",
     env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
case("env: not set", "environment", "absent", "none")
case("env: the same again", "environment", "refresh", "STATICENV", env=env_keys(),
     says=("the keys are of environment",))
case("env: before AWS_PROFILE", "environment", "found", "STATICENV", env=env_keys(AWS_PROFILE="p"),
     files=config("[profile p]\n" + keys("STATICP")))
case("env: not with --profile", "environment", "absent", "STATICP", env=env_keys(), profile="p",
     files=config("[profile p]\n" + keys("STATICP")))
case("env: before web identity", "environment", "found", "STATICENV", env=env_keys(
    AWS_WEB_IDENTITY_TOKEN_FILE="{HOME}/token", AWS_ROLE_ARN="arn:aws:iam::1:role/web"),
     files={"token": "web-token"})
case("env: a line end in the secret", "environment", "broken", "STATICENV",
     env={"AWS_ACCESS_KEY_ID": "STATICENV", "AWS_SECRET_ACCESS_KEY": "STATICSECRET\n"},
     why="AWS would only call the key wrong", ours="error", says=("holds a blank or a line end",))

# -- files: which, and which profile ----------------------------------------------------------
DEFAULT = "[default]\n" + keys("STATICD")
case("credentials file", "credentials file", "found", "STATICD", files={".aws/credentials": DEFAULT})
case("credentials file: with a token", "credentials file", "found", "STATICD",
     files={".aws/credentials": DEFAULT + "aws_session_token = token-of-d\n"})
case("credentials file: the old name of the token", "credentials file", "found", "STATICD",
     files={".aws/credentials": DEFAULT + "aws_security_token = token-of-d\n"})
case("credentials file: not there", "credentials file", "absent", "none")
case("credentials file: empty", "credentials file", "absent", "none", files={".aws/credentials": ""})
case("credentials file: no secret", "credentials file", "broken", "error",
     files={".aws/credentials": "[default]\naws_access_key_id = STATICD\n"},
     says=("has aws_access_key_id and no aws_secret_access_key",))
case("credentials file: no id", "credentials file", "broken", "none",
     files={".aws/credentials": "[default]\naws_secret_access_key = STATICSECRET\n"},
     why=STOP, ours="error")
case("credentials file: the same again", "credentials file", "refresh", "STATICD",
     files={".aws/credentials": DEFAULT}, says=("the keys are of profile default",))
case("credentials file: binary", "credentials file", "broken", "error",
     files={".aws/credentials": bytes(range(256)) * 64}, says=("~/.aws/credentials, line",))
case("credentials file: a folder", "credentials file", "broken", "none",
     files={".aws/credentials": None}, why=STOP, ours="error", says=("directory",))
case("credentials file: too large", "credentials file", "broken", "STATICD",
     files={".aws/credentials": b"# comment\n" * 1_000_000 + DEFAULT.encode()},
     why="a file of so many megabytes is none of AWS's", ours="error", says=("more than",))
case("config file", "config file", "found", "STATICD", files=config(DEFAULT))
case("config file: no keys", "config file", "absent", "none", files=config("[default]\nregion = x\n"))
case("config file: no secret", "config file", "broken", "error",
     files=config("[default]\naws_access_key_id = STATICD\n"))
case("config file: the same again", "config file", "refresh", "STATICD", files=config(DEFAULT))
case("config file: behind the credentials file", "config file", "found", "STATICK",
     files=config(DEFAULT, **{".aws/credentials": "[default]\n" + keys("STATICK")}))
case("files: elsewhere", "config file", "found", "STATICD",
     env={"AWS_CONFIG_FILE": "{HOME}/c"}, files={"c": DEFAULT})
case("files: elsewhere below ~", "credentials file", "found", "STATICD",
     env={"AWS_SHARED_CREDENTIALS_FILE": "~/k"}, files={"k": DEFAULT})
case("files: elsewhere, not there", "config file", "absent", "none",
     env={"AWS_CONFIG_FILE": "{HOME}/c"}, files=config(DEFAULT))
TWO = config("[profile p]\n" + keys("STATICP") + "[profile q]\n" + keys("STATICQ") + DEFAULT)
case("profile: AWS_PROFILE", "config file", "found", "STATICP", env={"AWS_PROFILE": "p"}, files=TWO)
case("profile: AWS_DEFAULT_PROFILE", "config file", "found", "STATICP",
     env={"AWS_DEFAULT_PROFILE": "p"}, files=TWO)
case("profile: both variables", "config file", "found", "STATICQ",
     env={"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"}, files=TWO, why=ORDER, ours="STATICP")
case("profile: empty variable", "config file", "found", "error", env={"AWS_PROFILE": ""}, files=TWO,
     why=UNSET, ours="STATICD")
case("profile: --profile before the variable", "config file", "found", "STATICQ", profile="q",
     env={"AWS_PROFILE": "p"}, files=TWO)
case("profile: --profile default", "config file", "found", "STATICD", profile="default",
     env={"AWS_PROFILE": "p"}, files=TWO)
case("profile: not there", "config file", "broken", "error", env={"AWS_PROFILE": "pp"}, files=TWO,
     says=('did you mean "p"',))
case("profile: --profile not there", "config file", "broken", "error", profile="prod", files=TWO)
case("profile: not there, with keys in the environment", "config file", "broken", "error",
     env=env_keys(AWS_PROFILE="pp"), files=TWO)
case("profile: without keys, and the machine's role", "imds", "found", "IMDS1",
     env={"AWS_PROFILE": "p", "AWS_EC2_METADATA_DISABLED": None,
          "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"}, files=config("[profile p]\nregion = x-1\n"))
case("profile: --profile without keys, and the machine's role", "imds", "absent", "IMDS1", profile="p",
     env={"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"},
     files=config("[profile p]\nregion = x-1\n"), why=ALONE, ours="none")

# -- grammar ----------------------------------------------------------------------------------
P = keys("STATICP")


def grammar(name, text, want, profile="p", **more):
    more.setdefault("files", config(text))
    case(f"grammar: {name}", "config file", {"error": "broken", "none": "absent"}.get(want, "found"), want,
         profile=profile, **more)


grammar("blanks in the brackets", "[ profile p ]\n" + P, "error", why=GRAMMAR, ours="STATICP")
grammar("a tab in the brackets", "[profile\tp]\n" + P, "STATICP")
grammar("blanks between the words", "[profile   p]\n" + P, "STATICP")
grammar("a name in quotes", '[profile "a b"]\n' + P, "STATICP", profile="a b")
grammar("a name with blanks", "[profile a b]\n" + P, "error", profile="a b")
grammar("every letter of a name", "[profile a-_/.%@:+9]\n" + P, "STATICP", profile="a-_/.%@:+9")
grammar("a letter that no name has", "[profile p$]\n" + P, "STATICP", profile="p$", why=GRAMMAR,
        ours="error")
grammar("a comment behind the brackets", "[profile p] # c\n" + P, "STATICP")
grammar("a comment behind the brackets, no blank", "[profile p]; c\n" + P, "STATICP")
grammar("no prefix in the config file", "[p]\n" + P, "error", says=("they hold no profile",))
grammar("a prefix in the credentials file", "", "error",
        files={".aws/credentials": "[profile p]\n" + P})
grammar("default with the prefix", "[profile default]\n" + P, "STATICP", profile="default")
grammar("default twice", "[default]\n" + DEFAULT.partition("\n")[2] + "[profile default]\n" + P,
        "STATICP", profile="default")
grammar("default twice, the other way round",
        "[profile default]\n" + P + "[default]\n" + keys("STATICD"), "STATICD", profile="default",
        why=GRAMMAR, ours="STATICP")
grammar("a section twice", "[profile p]\naws_access_key_id = STATICP\n[profile q]\n[profile p]\n"
        "aws_secret_access_key = STATICSECRET\n", "error", why=GRAMMAR, ours="STATICP")
grammar("a key twice", "[profile p]\naws_access_key_id = STATICO\n" + P, "error", why=GRAMMAR,
        ours="STATICP")
grammar("keys in capitals", "[profile p]\nAWS_ACCESS_KEY_ID = STATICP\n"
        "Aws_Secret_Access_Key = STATICSECRET\n", "STATICP")
grammar("no blanks around =", "[profile p]\naws_access_key_id=STATICP\n"
        "aws_secret_access_key=STATICSECRET==\n", "STATICP")
grammar("tabs around =", "[profile p]\naws_access_key_id\t=\tSTATICP\t\n"
        "aws_secret_access_key = STATICSECRET\n", "STATICP")
grammar("a colon for =", "[profile p]\naws_access_key_id : STATICP\n"
        "aws_secret_access_key : STATICSECRET\n", "STATICP", why=GRAMMAR, ours="error")
grammar("a line without =", "[profile p]\nSTATICSECRET\n" + P, "error", says=("line 2",))
grammar("a line before the first section", "region = x\n[profile p]\n" + P, "error",
        says=("line 1",))
grammar("an unclosed section", "[profile p\n" + P, "error", says=("line 1",))
grammar("a line of a comment", "# c\n; c\n[profile p]\n#x\n;y\n" + P, "STATICP")
grammar("a comment behind a value", "[profile p]\naws_access_key_id = STATICP # c\n"
        "aws_secret_access_key = STATICSECRET ; c\n", "STATICP # c", why=GRAMMAR, ours="STATICP")
grammar("a comment sign within a value", "[profile p]\naws_access_key_id = STATIC#P\n"
        "aws_secret_access_key = STATICSECRET\n", "STATIC#P")
grammar("no line end at the end", "[profile p]\n" + P.rstrip("\n"), "STATICP")
grammar("CRLF", ("[profile p]\n" + P).replace("\n", "\r\n"), "STATICP")
grammar("a byte order mark", "", "error", files=config("\ufeff[profile p]\n" + P), why=GRAMMAR,
        ours="STATICP")
grammar("blank lines and indented ones", "\n[profile p]\n\n" + P + "\n   \n", "STATICP")
grammar("sub-properties", "[profile p]\ns3 =\n  addressing_style = path\n  x = y\n" + P, "STATICP")
grammar("a sub-property without =", "[profile p]\ns3 =\n  path\n" + P, "error")
grammar("a value that goes on", "[profile p]\noutput = json\n  and more\n" + P, "STATICP")
grammar("an indented key", "[profile p]\nregion = x\n aws_access_key_id = STATICP\n"
        "aws_secret_access_key = STATICSECRET\n", "none", why=STOP, ours="error")
grammar("unknown sections", "[plugins]\na = b\n[what ever]\nc = d\n[profile p]\n" + P, "STATICP")
grammar("a percent sign", "[profile p]\nx = %(y)s\n" + P, "STATICP")
grammar("merged across files", "[profile p]\nregion = eu-west-1\n", "STATICP",
        files=config("[profile p]\nregion = eu-west-1\n", **{".aws/credentials": "[p]\n" + P}))
grammar("empty keys", "[profile p]\naws_access_key_id =\naws_secret_access_key =\n", "", why=UNSET,
        ours="none")

# -- roles ------------------------------------------------------------------------------------
ROLE = "role_arn = arn:aws:iam::123456789012:role/{}\n"
BASE = "[profile base]\n" + keys("STATICBASE")


def role(name, want, text, outcome="found", **more):
    case(f"role: {name}", "role", outcome, want, files=config(text, **more.pop("extra", {})),
         profile=more.pop("profile", "p"), **more)


def p_role(lines, arn="app"):
    return "[profile p]\n" + ROLE.format(arn) + lines


role("source_profile", "APP1", BASE + p_role("source_profile = base\n"))
role("its keys in the credentials file", "APP1", p_role("source_profile = base\n"),
     extra={".aws/credentials": "[base]\n" + keys("STATICBASE", "aws_session_token = token-of-base\n")})
role("everything that may be said", "APP1", BASE + p_role(
    "source_profile = base\nexternal_id = e-1\nduration_seconds = 1800\nrole_session_name = me@x\n"))
role("a chain of two", "APP1", BASE + "[profile mid]\n" + ROLE.format("mid")
     + "source_profile = base\n" + p_role("source_profile = mid\n"))
role("a chain of three", "APP1", BASE + "[profile one]\n" + ROLE.format("one")
     + "source_profile = base\n[profile two]\n" + ROLE.format("two") + "source_profile = one\n"
     + p_role("source_profile = two\n"))
role("a source with a role and keys: its keys", "APP1", "[profile mid]\n" + keys("STATICMID")
     + ROLE.format("mid") + "source_profile = base\n" + BASE + p_role("source_profile = mid\n"))
role("itself, with keys", "APP1", p_role("source_profile = p\n" + keys("STATICP")))
role("itself, without keys", "error", p_role("source_profile = p\n"), "broken", says=("loop",))
MFA = {"RoleArn": "arn:aws:iam::123456789012:role/app", "SerialNumber": "arn:aws:iam::1:mfa/me",
       "ExternalId": "e-1", "DurationSeconds": 1800}
KEPT = ".aws/cli/cache/" + hashlib.sha1(json.dumps(MFA, sort_keys=True).encode()).hexdigest() + ".json"
for end, found in (("{LATER}", "KEPT"), ("{SOON}", "error")):
    role(f"a code, its keys kept by the command line until {end}", found, BASE + p_role(
        "source_profile = base\nexternal_id = e-1\nduration_seconds = 1800\nmfa_serial = "
        "arn:aws:iam::1:mfa/me\n"), "broken" if found == "error" else "found", extra={
            KEPT: json.dumps({"Credentials": {"AccessKeyId": "KEPT", "SecretAccessKey": "STATICSECRET",
                                              "SessionToken": "token-of-kept", "Expiration": end}})})
role("a loop", "error", "[profile q]\n" + ROLE.format("q") + "source_profile = p\n"
     + p_role("source_profile = q\n"), "broken", says=("p > q > p",))
role("keys beside it do not count", "APP1", BASE + p_role("source_profile = base\n" + keys("STATICP")))
role("source_profile not there", "error", BASE + p_role("source_profile = bas\n"), "broken",
     says=('did you mean "base"',))
role("source_profile without keys", "error", "[profile base]\nregion = x\n"
     + p_role("source_profile = base\n"), "broken", says=('"base", which has none',))
role("no source", "error", p_role(""), "broken", says=("neither source_profile nor",))
role("no source, but keys", "error", p_role(keys("STATICP")), "broken")
role("two sources", "error", BASE + p_role("source_profile = base\ncredential_source = Environment\n"),
     "broken", says=("both source_profile",))
role("credential_source: Environment", "APP1", p_role("credential_source = Environment\n"),
     env=env_keys())
role("credential_source: Environment, not set", "error", p_role("credential_source = Environment\n"),
     "broken", says=("from Environment, where there are none",))
role("credential_source: in small letters", "error", p_role("credential_source = environment\n"),
     "broken", env=env_keys(), says=("Ec2InstanceMetadata",))
role("credential_source: none that is known", "error", p_role("credential_source = Vault\n"), "broken")
role("credential_source: EcsContainer", "APP1", p_role("credential_source = EcsContainer\n"),
     env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{URL}/container"})
role("credential_source: Ec2InstanceMetadata", "APP1",
     p_role("credential_source = Ec2InstanceMetadata\n"),
     env={"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"})
role("credential_source: Ec2InstanceMetadata, turned off", "error",
     p_role("credential_source = Ec2InstanceMetadata\n"), "broken")
role("refused", "error", BASE + p_role("source_profile = base\n"), "broken",
     faults={"sts": (403, "AccessDenied")}, says=("AccessDenied", "profile p cannot have the role"))
role("the source's keys refused", "error", BASE + p_role("source_profile = base\n"), "broken",
     faults={"sts": (403, "InvalidClientTokenId")}, says=("keys of profile base",))
role("an answer that is none", "error", BASE + p_role("source_profile = base\n"), "broken",
     faults={"sts": (200, "<html/>")})
role("again", "APP1 APP2", BASE + p_role("source_profile = base\n"), "refresh")
role("a chain again", "APP1 APP2", BASE + "[profile mid]\n" + ROLE.format("mid")
     + "source_profile = base\n" + p_role("source_profile = mid\n"), "refresh")
role("MFA and nobody to ask", "error", BASE + p_role("source_profile = base\nmfa_serial = arn:mfa\n"),
     "broken", says=("wants an MFA code",))
role("a duration that is none", "APP1", BASE + p_role("source_profile = base\nduration_seconds = 1h\n"),
     "broken", why="botocore takes the default in silence", ours="error", says=("900 to 43200",))
role("a duration that is too short", "error",
     BASE + p_role("source_profile = base\nduration_seconds = 60\n"), "broken")
role("not set up", "none", "[profile p]\nregion = eu-west-1\n", "absent")
role("of the default profile, environment first", "STATICENV", "[default]\n" + ROLE.format("app")
     + "source_profile = base\n" + BASE, profile=None, env=env_keys())
role("of the default profile", "APP1", "[default]\n" + ROLE.format("app")
     + "source_profile = base\n" + BASE, profile=None)
role("before web identity of the environment", "APP1", "[default]\n" + ROLE.format("app")
     + "source_profile = base\n" + BASE, profile=None, extra={"token": "web-token"},
     env={"AWS_WEB_IDENTITY_TOKEN_FILE": "{HOME}/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"})
role("by a process", "APP1", "[profile base]\ncredential_process = {HOME}/bin/keys\n"
     + p_role("source_profile = base\n"), extra={"bin/keys": "#!/bin/sh\necho '" + json.dumps(
         {"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "STATICSECRET"}) + "'\n"})
role("by web identity", "APP1", "[profile base]\n" + ROLE.format("web")
     + "web_identity_token_file = {HOME}/token\n" + p_role("source_profile = base\n"),
     extra={"token": "web-token"})
role("environment's web identity is not its source", "error", "[profile base]\nregion = x\n"
     + p_role("source_profile = base\n"), "broken", extra={"token": "web-token"}, profile=None,
     env={"AWS_PROFILE": "p", "AWS_WEB_IDENTITY_TOKEN_FILE": "{HOME}/token",
          "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"})

# -- web identity -----------------------------------------------------------------------------
WEB_ENV = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{HOME}/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"}
WEB_PROFILE = "[profile p]\n" + ROLE.format("web") + "web_identity_token_file = {HOME}/token\n"
TOKEN = {"token": "web-token"}


def web(name, want, outcome="found", **more):
    more.setdefault("files", TOKEN)
    case(f"web identity: {name}", "web identity", outcome, want, **more)


web("environment", "WEB1", env=WEB_ENV)
web("environment, with a name", "WEB1", env={**WEB_ENV, "AWS_ROLE_SESSION_NAME": "me"})
web("environment, no role", "error", "broken", env={**WEB_ENV, "AWS_ROLE_ARN": None},
    says=("no role",))
web("environment, no file", "error", "broken", env=WEB_ENV, files={}, says=("is not there",))
web("environment, a line end in the file", "WEB1", env=WEB_ENV, files={"token": "web-token\n"},
    why="a line end is what an editor adds, and no part of a token", ours="WEB1")
web("environment, refused", "error", "broken", env=WEB_ENV,
    faults={"sts": (400, "InvalidIdentityToken")}, says=("InvalidIdentityToken",))
web("environment, ended", "error", "broken", env=WEB_ENV,
    faults={"sts": (400, "ExpiredTokenException")})
web("environment, role alone", "none", "absent", env={"AWS_ROLE_ARN": "arn:aws:iam::1:role/web"})
web("environment, again", "WEB1 WEB2", "refresh", env=WEB_ENV)
web("profile", "WEB1", profile="p", files=config(WEB_PROFILE, **TOKEN))
web("profile, with a name", "WEB1", profile="p",
    files=config(WEB_PROFILE + "role_session_name = me\n", **TOKEN))
web("profile, no role", "error", "broken", profile="p",
    files=config("[profile p]\nweb_identity_token_file = {HOME}/token\n", **TOKEN))
web("profile, again", "WEB1 WEB2", "refresh", profile="p", files=config(WEB_PROFILE, **TOKEN))
web("environment before the profile's", "ENV1", env={
    "AWS_PROFILE": "p", "AWS_WEB_IDENTITY_TOKEN_FILE": "{HOME}/other",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/env"}, files=config(WEB_PROFILE, other="web-token-2", **TOKEN))
web("half of each", "ENV1", env={"AWS_PROFILE": "p", "AWS_ROLE_ARN": "arn:aws:iam::1:role/env"},
    files=config("[profile p]\nweb_identity_token_file = {HOME}/token\n", **TOKEN))
web("environment not with --profile", "none", "absent", env=WEB_ENV, profile="p",
    files=config("[profile p]\nregion = x\n", **TOKEN))
web("source_profile beside the file does not count", "WEB1", profile="p",
    files=config(WEB_PROFILE + "source_profile = base\n" + BASE, **TOKEN))
web("before keys of the default profile", "WEB1", env=WEB_ENV, files=config(DEFAULT, **TOKEN))

# -- SSO --------------------------------------------------------------------------------------
START = "https://corp.awsapps.com/start"
SSO_PROFILE = "sso_account_id = 123456789012\nsso_role_name = admin\n"
SSO_WHERE = f"sso_start_url = {START}\nsso_region = eu-central-1\n"
SESSION = "[profile p]\nsso_session = corp\n" + SSO_PROFILE + "[sso-session corp]\n" + SSO_WHERE
LEGACY = "[profile p]\n" + SSO_PROFILE + SSO_WHERE


def token_file(key, until="{LATER}", **more):
    name = f".aws/sso/cache/{hashlib.sha1(key.encode()).hexdigest()}.json"
    return {name: json.dumps({"startUrl": START, "region": "eu-central-1", "accessToken": "access-token-1",
                              "expiresAt": until, **more})}


RENEWABLE = {"clientId": "client", "clientSecret": "client-secret", "refreshToken": "refresh-token-1",
             "registrationExpiresAt": "{LATER}"}
CORP = list(token_file("corp"))[0]


def sso(name, want, outcome="found", text=SESSION, tokens=None, **more):
    tokens = token_file("corp") if tokens is None else tokens
    legacy = "SSO legacy" if text == LEGACY else "SSO"
    case(f"{legacy}: {name}", legacy, outcome, want, profile="p", files=config(text, **tokens), **more)


sso("session", "SSO1")
sso("again", "SSO1 SSO2", "refresh")
sso("renewed", "SSO1", tokens=token_file("corp", "{SOON}", **RENEWABLE),
    leaves={CORP: ("new-access-token-1", "new-refresh-token-1", '"clientSecret"', "expiresAt")})
sso("ended and renewed", "SSO1", tokens=token_file("corp", "{BEFORE}", **RENEWABLE),
    leaves={CORP: ("new-access-token-1",)})
sso("ended, not to be renewed", "error", "broken", tokens=token_file("corp", "{BEFORE}"),
    says=("has expired", "aws sso login --profile p"))
sso("ended, registration too", "error", "broken", tokens=token_file(
    "corp", "{BEFORE}", **{**RENEWABLE, "registrationExpiresAt": "{BEFORE}"}))
sso("renewal refused while the old one lives", "SSO1", tokens=token_file("corp", "{SOON}", **RENEWABLE),
    faults={"oidc": (400, {"error": "invalid_grant"})})
sso("ended, renewal refused", "error", "broken", tokens=token_file("corp", "{BEFORE}", **RENEWABLE),
    faults={"oidc": (400, {"error": "invalid_grant"})}, says=("has expired",))
sso("not logged in", "error", "broken", tokens={}, says=("is not logged in",))
sso("a token file without a token", "error", "broken", tokens={CORP: "{}"})
sso("a token file that is no JSON", "error", "broken", tokens={CORP: "access-token"},
    says=("cannot be read",))
sso("refused", "error", "broken", faults={"sso": (401, {"message": "No"})},
    says=("HTTP 401", "aws sso login --profile p"))
sso("no such role", "error", "broken", faults={"sso": (403, {"message": "No"})}, says=("HTTP 403",))
sso("no such session", "error", "broken", text="[profile p]\nsso_session = corp\n" + SSO_PROFILE,
    says=("[sso-session corp]",))
sso("no account", "error", "broken", text=SESSION.replace("sso_account_id = 123456789012\n", ""),
    says=("sso_account_id",))
sso("the same said twice", "SSO1", text="[profile p]\nsso_session = corp\n" + SSO_PROFILE + SSO_WHERE
    + "[sso-session corp]\n" + SSO_WHERE)
sso("two different regions", "error", "broken", text="[profile p]\nsso_session = corp\n" + SSO_PROFILE
    + "sso_region = us-east-1\n[sso-session corp]\n" + SSO_WHERE, says=("sso_region",))
sso("session alone", "none", "absent", text="[profile p]\nsso_session = corp\n[sso-session corp]\n"
    + SSO_WHERE)
sso("start url alone", "none", "absent", text="[profile p]\n" + SSO_WHERE)
sso("before keys", "SSO1", text=SESSION.replace("[sso-session", keys("STATICP") + "[sso-session"))
sso("of a role", "APP1", text=SESSION.replace("[profile p]", "[profile base]")
    + p_role("source_profile = base\n"))
sso("a region that is none", "error", "broken", text=SESSION.replace("eu-central-1", "eu_central_1"))
OLD = token_file(START)
sso("session", "SSO1", text=LEGACY, tokens=OLD)
sso("a time as old tools wrote it", "SSO1", text=LEGACY,
    tokens=token_file(START, "2099-01-15T08:15:30UTC"))
sso("again", "SSO1 SSO2", "refresh", text=LEGACY, tokens=OLD)
sso("ended", "error", "broken", text=LEGACY, tokens=token_file(START, "{BEFORE}"))
sso("ended and never renewed", "error", "broken", text=LEGACY,
    tokens=token_file(START, "{BEFORE}", **RENEWABLE))
sso("not logged in", "error", "broken", text=LEGACY, tokens={})
case("SSO legacy: not set up", "SSO legacy", "absent", "none", profile="p",
     files=config("[profile p]\nregion = x\n", **OLD))

# -- aws login --------------------------------------------------------------------------------
LOGIN_ARN = "arn:aws:sts::123456789012:assumed-role/admin/me"
LOGIN_FILE = f"cache/{hashlib.sha256(LOGIN_ARN.encode()).hexdigest()}.json"
LOGIN_PROFILE = f"[profile p]\nlogin_session = {LOGIN_ARN}\n"
LOGIN_ENV = {"AWS_LOGIN_CACHE_DIRECTORY": "{HOME}/cache"}


def login_file(until="{LATER}"):
    return {LOGIN_FILE: json.dumps({"accessToken": {
        "accessKeyId": "LOGIN", "secretAccessKey": "STATICSECRET", "sessionToken": "token-of-login",
        "accountId": "123456789012", "expiresAt": until}, "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "refresh-token-1", "dpopKey": "-----BEGIN EC PRIVATE KEY-----\n"})}


def aws_program(out, status=0):
    return {"bin/aws": f"#!/bin/sh\necho \"$@\" >>{{HOME}}/ran\necho '{out}'\nexit {status}\n"}


EXPORTED = json.dumps({"Version": 1, "AccessKeyId": "EXPORTED", "SecretAccessKey": "STATICSECRET",
                       "SessionToken": "token-of-export", "Expiration": "{LATER}"})


def login(name, ours, outcome="found", files=None, want="error", **more):
    case(f"login: {name}", "login", outcome, want, profile="p", env=LOGIN_ENV, why=LOGIN, ours=ours,
         files=config(LOGIN_PROFILE, **(login_file() if files is None else files)), **more)


login("cached", "LOGIN")
login("ended, renewed by AWS's command line", "EXPORTED",
      files={**login_file("{BEFORE}"), **aws_program(EXPORTED)},
      leaves={"ran": ("configure export-credentials --profile p --format process",)})
login("about to end, and no command line", "LOGIN", files=login_file("{SOON}"))
case("login: ended, and no command line", "login", "broken", "error", profile="p",
     env={**LOGIN_ENV, "PATH": "{HOME}/bin"}, files=config(LOGIN_PROFILE, **login_file("{BEFORE}")),
     says=("has expired", "aws login --profile p"))
case("login: not logged in", "login", "broken", "error", profile="p", env=LOGIN_ENV,
     files=config(LOGIN_PROFILE), says=("is not there",))
case("login: a file that is none", "login", "broken", "error", profile="p", env=LOGIN_ENV,
     files=config(LOGIN_PROFILE, **{LOGIN_FILE: "[]"}))
case("login: not set up", "login", "absent", "none", env=LOGIN_ENV, files=login_file())
case("login: behind the credentials file", "login", "absent", "STATICP", profile="p", env=LOGIN_ENV,
     files=config(LOGIN_PROFILE, **{".aws/credentials": "[p]\n" + P, **login_file()}))
login("before keys in the config file", "LOGIN",
      files={**login_file(), ".aws/config": LOGIN_PROFILE + P})
login("the same again", "LOGIN", "refresh")

# -- credential_process -----------------------------------------------------------------------


def program(out, status=0, more=""):
    return {"bin/keys": f"#!/bin/sh\n{more}\ncat <<'END'\n{out}\nEND\nexit {status}\n"}


def process(name, want, out=None, outcome="found", line="{HOME}/bin/keys", files=None, **more):
    if isinstance(out, dict):
        out = json.dumps(out)
    text = f"[profile p]\ncredential_process = {line}\n"
    case(f"process: {name}", "process", outcome, want, profile="p",
         files=config(text, **(program(out) if files is None else files)), **more)


GOOD = {"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "STATICSECRET"}
process("keys", "PROCESS", GOOD)
process("with token and end", "PROCESS",
        {**GOOD, "SessionToken": "token-of-process", "Expiration": "{LATER}"})
process("null for what is not there", "PROCESS", {**GOOD, "SessionToken": None, "Expiration": None})
process("found in PATH", "PROCESS", GOOD, line="keys")
process("words in quotes", "PROCESS", files=program(json.dumps(GOOD), more='test "$1" = "a b" -a "$2" = "c\'d" '
        '-a "$3" = "e f" -a $# = 3 || exit 1'), line="{HOME}/bin/keys 'a b' \"c'd\" e\\ f")
process("no shell", "PROCESS", files=program(json.dumps(GOOD), more="test \"$1 $2\" = '$HOME *' || exit 1"),
        line="{HOME}/bin/keys $HOME *")
process("in the credentials file", "PROCESS", files={
    **program(json.dumps(GOOD)), ".aws/config": "",
    ".aws/credentials": "[p]\ncredential_process = {HOME}/bin/keys\n"})
process("before keys in the config file", "PROCESS", GOOD, line="{HOME}/bin/keys\n" + P)
process("behind keys in the credentials file", "STATICP", outcome="absent",
        files={**program(json.dumps(GOOD)), ".aws/credentials": "[p]\n" + P})
process("fails", "error", outcome="broken", files=program(
    "", 3, "echo 'no session STATICSECRET0123456789' >&2"), says=("status 3", "no session ***"))
process("is not there", "error", outcome="broken", files={}, says=("cannot run",))
process("may not be run", "error", outcome="broken", line="{HOME}/.aws/config", files={})
process("prints nothing", "error", outcome="broken", out="", says=("no JSON object",))
process("prints no JSON", "error", outcome="broken", out="STATICSECRET")
process("no version", "error", outcome="broken", out={"AccessKeyId": "A", "SecretAccessKey": "STATICSECRET"},
        says=('"Version": 1',))
process("another version", "error", {**GOOD, "Version": 2}, "broken")
process("no secret", "error", {"Version": 1, "AccessKeyId": "PROCESS"}, "broken",
        says=("no SecretAccessKey",))
process("an end that is no time", "error", {**GOOD, "SessionToken": "t", "Expiration": "soon"}, "broken")
process("a quote that is not closed", "error", GOOD, "broken", line="{HOME}/bin/keys 'a",
        says=("quote",))
process("floods", "error", outcome="broken", files=program("", 0, "yes STATICSECRET | head -c 10000000"),
        says=("more than",))
case("process: not set up", "process", "absent", "none", profile="p", files=config("[profile p]\na = b\n"))
case("process: again", "process", "refresh", "PROCESS2", profile="p", why=USED,
     ours="PROCESS1 PROCESS2", files=config(
    "[profile p]\ncredential_process = {HOME}/bin/keys\n", **{"bin/keys": """#!/bin/sh
echo x >>{HOME}/count
n=$(grep -c x {HOME}/count)
until={LATER}
[ "$n" -gt 1 ] || until={SOON}
echo '{"Version":1,"AccessKeyId":"PROCESS'$n'","SecretAccessKey":"STATICSECRET","SessionToken":"token-of-'$n'","Expiration":"'$until'"}'
"""}))

# -- GitHub -----------------------------------------------------------------------------------
JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "{URL}/github?api-version=2.0",
       "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "bearer-of-github", "AWS_ROLE_ARN": "arn:aws:iam::1:role/ci",
       "GITHUB_ACTIONS": "true"}


def github(name, want, outcome, env, ours, **more):
    case(f"github: {name}", "github", outcome, want, env=env, ours=ours,
         why=GITHUB if want != ours else "", **more)


github("job", "none", "found", JOB, "CI1")
github("again", "none", "refresh", JOB, "CI1 CI2")
github("refused", "none", "broken", JOB, "error", faults={"github": (403, {})},
       says=("HTTP 403", "id-token: write"))
github("no token in the answer", "none", "broken", JOB, "error", faults={"github": (200, {"count": 1})})
github("role refused", "none", "broken", JOB, "error", faults={"sts": (403, "AccessDenied")})
github("not over plain http", "none", "broken",
       {**JOB, "ACTIONS_ID_TOKEN_REQUEST_URL": "http://192.0.2.1/"}, "error", says=("no https URL",))
github("no role", "none", "absent", {**JOB, "AWS_ROLE_ARN": None}, "none",
       says=("AWS_ROLE_ARN names no role",))
github("no permission", "none", "absent", {**JOB, "ACTIONS_ID_TOKEN_REQUEST_URL": None}, "none",
       says=("id-token: write",))
github("keys come first", "STATICENV", "absent", {**JOB, **env_keys()}, "STATICENV")
github("profiles come first", "STATICD", "absent", JOB, "STATICD", files=config(DEFAULT))

# -- container --------------------------------------------------------------------------------
POD = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{URL}/container?a=b"}


def container(name, want, outcome="found", env=None, **more):
    case(f"container: {name}", "container", outcome, want, env=POD if env is None else {**POD, **env}, **more)


container("full", "CONTAINER1")
container("with a token", "CONTAINER1", env={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-token-1"})
container("with a token file", "CONTAINER1", env={
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{HOME}/token",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-token-1"}, files={"token": "container-token-2"})
container("a token file that is not there", "error", "broken", says=("is not there",), env={
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{HOME}/token"})
container("a line end in the token file", "error", "broken", says=("line end",), env={
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{HOME}/token"}, files={"token": "container-token-2\n"})
container("a line end in the token", "error", "broken",
          env={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-token\n"})
container("another host", "error", "broken", says=("no URL that may be asked",),
          env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/"})
container("a name that only begins like loopback", "error", "broken",
          env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.evil.example/"})
container("no URL", "error", "broken", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "container"})
container("refused", "error", "broken", faults={"container": (403, {"message": "No"})},
          says=("HTTP 403",))
container("no keys", "error", "broken", faults={"container": (200, {"AccessKeyId": "A"})})
container("no JSON", "error", "broken", faults={"container": (200, "no")})
container("again", "CONTAINER2", "refresh", why=USED, ours="CONTAINER1 CONTAINER2")
container("behind keys", "STATICD", "absent", files=config(DEFAULT))
container("before the machine's role", "CONTAINER1", env={
    "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"})
container("broken, never the machine's role", "error", "broken", faults={"container": (404, {})}, env={
    "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"})

# -- the machine's role -----------------------------------------------------------------------
MACHINE = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}"}


def imds(name, want, outcome="found", env=None, **more):
    case(f"imds: {name}", "imds", outcome, want, env={**MACHINE, **(env or {})}, **more)


imds("role", "IMDS1")
imds("again", "IMDS1", "refresh",
     why="botocore calls keys of a machine whose end is near good for some more minutes", ours="IMDS1 IMDS2")
imds("no role", "none", "absent", faults={"imds_role": (404, "<html/>")})
imds("turned off", "none", "absent", env={"AWS_EC2_METADATA_DISABLED": "TRUE"})
imds("no keys for the role", "none", "absent",
     faults={"imds": (200, {"Code": "AssumeRoleUnauthorizedAccess", "Message": "No"})})
imds("no JSON", "none", "broken", faults={"imds": (200, "no")}, why=STOP, ours="error")
imds("half the keys", "none", "broken", faults={"imds": (200, {"Code": "Success", "AccessKeyId": "A"})},
     why=STOP, ours="error")
imds("behind a profile", "STATICD", "absent", files=config(DEFAULT))
imds("nobody there", "none", "absent", env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"})

# -- regions ----------------------------------------------------------------------------------
REGIONS = config("[default]\nregion = ca-central-1\n" + keys("STATICD") + "[profile p]\n"
                 "region = sa-east-1\n" + keys("STATICP") + "[profile q]\n" + keys("STATICQ"))
NOWHERE = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None}


def region(name, region_name, env, want="STATICD", **more):
    case(f"region: {name}", "config file", "found", want, files=REGIONS, region=region_name,
         env={**NOWHERE, **env}, ours=want, **more)


region("AWS_REGION", "eu-north-1", {"AWS_REGION": "eu-north-1"}, why=CLI)
region("AWS_DEFAULT_REGION", "eu-north-1", {"AWS_DEFAULT_REGION": "eu-north-1"})
region("both variables", "eu-north-1", {"AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-west-3"},
       why=CLI)
region("the default profile", "ca-central-1", {})
region("empty variables", "ca-central-1", {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, why=UNSET)
region("AWS_PROFILE", "sa-east-1", {"AWS_PROFILE": "p"}, "STATICP")
region("--profile", "sa-east-1", {}, "STATICP", profile="p")
region("a variable before --profile", "eu-north-1", {"AWS_DEFAULT_REGION": "eu-north-1"}, "STATICP",
       profile="p")
region("--region", "eu-south-1", {"AWS_DEFAULT_REGION": "eu-north-1"}, flags=("--region", "eu-south-1"),
       why="botocore has no command line")
region("the machine's, at last", "ap-southeast-2", {
    "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{URL}", "AWS_PROFILE": "q"},
       "STATICQ", why="AWS's command line 2 asks the machine too, botocore does not")
case("region: none", "config file", "broken", "STATICQ", files=REGIONS, profile="q", env=NOWHERE,
     why="a request needs a region", ours="error", says=("region is not set",))
case("region: one that is none", "config file", "broken", "STATICD", files=REGIONS,
     env={"AWS_REGION": "us_east_1"}, why="botocore finds out later", ours="error",
     says=("did you mean us-east-1?",))

# -- endpoints: of STS, which both ask ---------------------------------------------------------
ENDPOINTS = (BASE + p_role("source_profile = base\nservices = s\nendpoint_url = {URL}/profile\n")
             + "[services s]\nsts =\n  endpoint_url = {URL}/services\n")


def endpoint(name, text=ENDPOINTS, **env):
    # EC2 is asked where it always is: botocore is not asked for it.
    case(f"endpoint: {name}", "role", "found", "APP1", files=config(text),
         env={"AWS_PROFILE": "p", "AWS_ENDPOINT_URL_STS": None, **env})


endpoint("of the service, by variable", AWS_ENDPOINT_URL_STS="{URL}/sts", AWS_ENDPOINT_URL="{URL}/all")
endpoint("of all, by variable", AWS_ENDPOINT_URL="{URL}/all")
endpoint("of the service, by services section")
endpoint("of the profile", ENDPOINTS.replace("services = s\n", ""))
endpoint("a slash at the end", AWS_ENDPOINT_URL_STS="{URL}/sts/")
case("endpoint: services that are not there", "role", "broken", "APP1", env={"AWS_PROFILE": "p"},
     why="a section that is named has to be there", ours="error",
     files=config(ENDPOINTS.replace("[services s]", "[services t]")), says=('services "s"',))
