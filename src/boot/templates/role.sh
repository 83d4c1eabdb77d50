# shellcheck shell=sh disable=SC2034,SC2154
# The machine reads the bundle by its own role: it signs a URL for itself.
# Set above: url (not signed, with its version and who pays) bucket key region endpoint.
at=fetch
if command -v python3 >/dev/null; then
  url=$(python3 -IS - "$url" "$region" <<'FLAME' 2>"$run/err"
import hashlib, hmac, json, sys, time
from urllib import parse, request
url, region = sys.argv[1:]
sys.excepthook = lambda kind, failure, place: print("no credentials of a role:", failure, file=sys.stderr)
opener = request.build_opener(request.ProxyHandler({}))
def ask(path, method="GET", **headers): return opener.open(request.Request("http://169.254.169.254/latest/" + path, headers=headers, method=method), timeout=5).read().decode()
token = {"X-aws-ec2-metadata-token": ask("api/token", "PUT", **{"X-aws-ec2-metadata-token-ttl-seconds": "60"})}
roles = "meta-data/iam/security-credentials/"
role = json.loads(ask(roles + ask(roles, **token).split()[0], **token))
now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
scope = f"{now[:8]}/{region}/s3/aws4_request"
query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{role['AccessKeyId']}/{scope}", "X-Amz-Date": now,
"X-Amz-Expires": "3600", "X-Amz-Security-Token": role["Token"], "X-Amz-SignedHeaders": "host"}
at = parse.urlsplit(url)
query.update(parse.parse_qsl(at.query))
query = parse.urlencode(sorted(query.items()), quote_via=parse.quote, safe="-_.~")
digest = hashlib.sha256("\n".join(["GET", at.path, query, "host:" + at.netloc, "", "host", "UNSIGNED-PAYLOAD"]).encode()).hexdigest()
key = b"AWS4" + role["SecretAccessKey"].encode()
for part in scope.split("/") + ["\n".join(["AWS4-HMAC-SHA256", now, scope, digest])]: key = hmac.new(key, part.encode(), "sha256").digest()
print(f"{url.split('?')[0]}?{query}&X-Amz-Signature={key.hex()}")
FLAME
  ) || fail "$(words <"$run/err")"
elif command -v aws >/dev/null; then
  # It cannot sign for a version, which the ETag pins as well, nor that it pays.
  case $url in
  *x-amz-request-payer=*) fail 'the image has no python3, and aws signs for no bucket whose requesters pay' ;;
  esac
  url=$(aws ${endpoint:+--endpoint-url "$endpoint"} s3 presign "s3://$bucket/$key" \
    --region "$region" --expires-in 3600 2>"$run/err") || fail "aws: $(words <"$run/err")"
else
  fail 'the image has neither python3 nor aws, of which bundle_access = "instance-role" needs one'
fi
