"""EC2, STS, IAM Identity Center, GitHub, a container's service and instance metadata in one server
on the loopback interface. It notes what it is asked, and hands out keys with numbers."""
import datetime
import http.server
import json
import threading
import urllib.parse

LIFE = datetime.timedelta(hours=1)
SOON = datetime.timedelta(seconds=60)


def iso(life):
    return (datetime.datetime.now(datetime.timezone.utc) + life).strftime("%Y-%m-%dT%H:%M:%SZ")


class Server:
    """One for each run of a tool. `faults`: by service, what goes wrong there. With `refresh` the
    first keys of each kind end in a minute, and EC2 calls them expired."""

    def __init__(self, faults=None, refresh=False):
        self.faults = faults or {}
        self.refresh = refresh
        self.asked = []  # what of the services behind credentials, as plain text
        self.signed = []  # (key id, session token) of the requests to EC2
        self.region = None  # of the last request to EC2
        self.counts = {}
        self.first = set()
        handler = type("Handler", (Handler,), {"world": self})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def keys(self, kind):
        """A new set: id, secret, token, life."""
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        name = f"{kind}{count}"
        if self.refresh and count == 1:
            self.first.add(name)
        return name, f"secret-of-{name}", f"token-of-{name}", SOON if name in self.first else LIFE


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world = None

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else (
            body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fault(self, service):
        """Answers and says True when something is to go wrong with the service."""
        fault = self.world.faults.get(service)
        if fault is None:
            return False
        status, body = fault
        self.answer(status, body)
        return True

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def do_PUT(self):
        self.body()
        if self.path != "/latest/api/token" or self.fault("imds_token"):
            return
        self.answer(200, "a-metadata-token", "text/plain")

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path.startswith("/latest/"):
            self.metadata(url.path)
        elif url.path == "/federation/credentials":
            self.world.asked.append(f"role of SSO {sorted(query.items())} "
                                    f"{self.headers['x-amz-sso_bearer_token']}")
            if not self.fault("sso"):
                name, secret, token, life = self.world.keys("SSO")
                until = datetime.datetime.now().timestamp() + life.total_seconds()
                self.answer(200, {"roleCredentials": {
                    "accessKeyId": name, "secretAccessKey": secret, "sessionToken": token,
                    "expiration": int(until * 1000)}})
        elif url.path == "/github":
            self.world.asked.append(f"token of GitHub {query.get('audience')} "
                                    f"{self.headers['Authorization']}")
            if not self.fault("github"):
                self.answer(200, {"count": 1, "value": "github.jwt"})
        elif url.path.startswith("/container"):
            self.world.asked.append(f"container {self.path} {self.headers['Accept']} "
                                    f"{self.headers['Authorization']}")
            if not self.fault("container"):
                name, secret, token, life = self.world.keys("CONTAINER")
                self.answer(200, {"AccessKeyId": name, "SecretAccessKey": secret, "Token": token,
                                  "Expiration": iso(life)})
        else:
            self.answer(404, {})

    def metadata(self, path):
        roles = "/latest/meta-data/iam/security-credentials/"
        if self.headers["x-aws-ec2-metadata-token"] != "a-metadata-token":
            self.answer(401, "<html/>", "text/html")
        elif path == roles:
            if not self.fault("imds_role"):
                self.answer(200, "app", "text/plain")
        elif path == roles + "app":
            self.world.asked.append("role of metadata")
            if not self.fault("imds"):
                name, secret, token, life = self.world.keys("IMDS")
                self.answer(200, {"Code": "Success", "AccessKeyId": name, "SecretAccessKey": secret,
                                  "Token": token, "Expiration": iso(life), "Type": "AWS-HMAC",
                                  "LastUpdated": iso(-LIFE)})
        elif path == "/latest/dynamic/instance-identity/document":
            self.answer(200, {"region": "ap-southeast-2", "instanceId": "i-0a1b2c3d4e5f60719",
                              "imageId": "ami-0a1b2c3d4e5f60718", "instanceType": "t3.nano",
                              "privateIp": "10.0.0.9", "accountId": "123456789012"})
        else:
            self.answer(404, "<html/>", "text/html")

    def do_POST(self):
        body = self.body()
        if self.path.endswith("/token"):
            self.oidc(json.loads(body))
            return
        form = dict(urllib.parse.parse_qsl(body))
        action = form.get("Action", "")
        if action == "DescribeInstances":
            self.ec2()
        elif action == "GetCallerIdentity":
            self.answer(200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012"
                             "</Account><Arn>a</Arn></GetCallerIdentityResult>"
                             "</GetCallerIdentityResponse>", "text/xml")
        else:
            self.sts(action, form)

    def signer(self):
        authorization = self.headers.get("Authorization") or ""
        return authorization.partition("Credential=")[2].partition("/")[0] or "nobody"

    def scope_region(self):
        scope = (self.headers.get("Authorization") or "").partition("Credential=")[2].split("/")
        return scope[2] if len(scope) > 2 else ""

    def ec2(self):
        signer = self.signer()
        pair = (signer, self.headers.get("X-Amz-Security-Token") or "")
        if pair not in self.world.signed:
            self.world.signed.append(pair)
        self.world.region = self.scope_region()
        old = signer in self.world.first or signer.startswith("STATIC") or signer == "PROCESS1"
        if self.world.refresh and old:
            self.answer(400, "<Response><Errors><Error><Code>ExpiredToken</Code><Message>Old</Message>"
                             "</Error></Errors><RequestID>1</RequestID></Response>", "text/xml")
        else:
            self.answer(200, "<DescribeInstancesResponse><reservationSet/>"
                             "</DescribeInstancesResponse>", "text/xml")

    def sts(self, action, form):
        own_name = form.pop("RoleSessionName", "")
        if own_name.startswith(("botocore-session-", "flame-ec2-")):
            own_name = "(own)"
        self.world.asked.append(f"{self.path.rstrip('/')} {action} by {self.signer()} {self.scope_region()} "
                                f"as {own_name} {sorted(form.items())}")
        fault = self.world.faults.get("sts")
        if fault is not None and fault[0] >= 400:
            self.answer(fault[0], f"<ErrorResponse><Error><Type>Sender</Type><Code>{fault[1]}</Code>"
                                  "<Message>No</Message></Error><RequestId>1</RequestId>"
                                  "</ErrorResponse>", "text/xml")
        elif fault is not None:
            self.answer(fault[0], fault[1], "text/xml")
        else:
            role = form["RoleArn"].rpartition("/")[2].upper()
            name, secret, token, life = self.world.keys(role)
            self.answer(200, f"<{action}Response><{action}Result><AssumedRoleUser><Arn>arn:aws:sts::"
                             f"123456789012:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId>"
                             f"</AssumedRoleUser><Credentials><AccessKeyId>{name}</AccessKeyId>"
                             f"<SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}"
                             f"</SessionToken><Expiration>{iso(life)}</Expiration></Credentials>"
                             f"</{action}Result></{action}Response>", "text/xml")

    def oidc(self, asked):
        self.world.asked.append(f"new token of SSO {sorted(asked.items())}")
        if not self.fault("oidc"):
            count = self.world.counts["oidc"] = self.world.counts.get("oidc", 0) + 1
            self.answer(200, {"accessToken": f"new-access-token-{count}", "expiresIn": 28800,
                              "refreshToken": f"new-refresh-token-{count}", "tokenType": "Bearer"})
