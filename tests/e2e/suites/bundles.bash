# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Bundles of all kinds, looked at before anything is launched; machines only exist.

ordinary=(--app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h)
boot() { flame boot "${ordinary[@]}" "$@"; }
# object_of KEY: the bytes that the machine's URL gives. The script of the last machine has it.
fetch_by_script() {
  control GET "instances/$(machines | head -n 1 | cut -f1)/user-data" | zcat -f >script
  curl -sS --fail -o fetched "$(grep -oE "http://[^' ]*X-Amz-Signature=[0-9a-f]*" script | head -n 1)" ||
    die "the bundle cannot be fetched"
  rm script
}
beside() { mkdir -p "s3/.s3/$(dirname "$1")" && printf '%s\n' "${@:2}" >"s3/.s3/$1"; } # FILE LINE...
wrong() { # STATUS TEXT ARGUMENT...: refused, nothing launched
  local before
  before=$(live_machines)
  boot "${@:3}"
  expect_error "$1" "$2"
  expect_same "$(live_machines)" "$before"
}
sandbox --region us-east-1,eu-west-1 --bucket-region far=eu-west-1
mkdir -p s3/far s3/pays s3/old
cp s3/bundles/hello.tar.gz s3/far/
cp s3/bundles/hello.tar.gz s3/pays/
cp s3/bundles/hello.tar.gz s3/old/
beside buckets/pays requester-pays
digest=$(sha256sum s3/bundles/hello.tar.gz | cut -d' ' -f1)

TEST "an object is looked at once, and fetched by the URL in the script"
boot --bundle s3://bundles/hello.tar.gz --bundle-sha256 "$digest"
expect_status 0
expect_same "$(asked | grep -c HeadObject)" 1
fetch_by_script
cmp fetched s3/bundles/hello.tar.gz

TEST "a missing object is an error before anything is launched"
wrong 3 's3://bundles/none.tar.gz is not there' --bundle s3://bundles/none.tar.gz
wrong 3 's3://nobody/hello.tar.gz is not there' --bundle s3://nobody/hello.tar.gz

TEST "so is another digest, whether S3 knows it or not"
wrong 3 "has SHA-256 $digest" --bundle s3://bundles/hello.tar.gz --bundle-sha256 "$(printf '%064d' 7)"
beside about/bundles/hello.tar.gz "x-amz-checksum-sha256: $(sha256sum s3/bundles/hello.tar.gz | cut -d' ' -f1 | xxd -r -p | base64)"
wrong 3 "has SHA-256 $digest" --bundle s3://bundles/hello.tar.gz --bundle-sha256 "$(printf '%064d' 7)" --no-inspect
rm -r s3/.s3/about

TEST "an archived object is refused, a restored one is taken"
beside about/old/hello.tar.gz 'x-amz-storage-class: GLACIER'
wrong 3 'is archived (GLACIER)' --bundle s3://old/hello.tar.gz
beside about/old/hello.tar.gz 'x-amz-storage-class: GLACIER' 'x-amz-restore: ongoing-request="false"'
boot --bundle s3://old/hello.tar.gz
expect_status 0
beside about/old/hello.tar.gz 'x-amz-storage-class: INTELLIGENT_TIERING' 'x-amz-archive-status: ARCHIVE_ACCESS'
wrong 3 'is archived (ARCHIVE_ACCESS)' --bundle s3://old/hello.tar.gz

TEST "a bucket of another Region is found, and said"
for rule in '' moved; do
  beside buckets/far $rule
  sandbox --region us-east-1,eu-west-1 --bucket-region far=eu-west-1
  boot --bundle s3://far/hello.tar.gz --region us-east-1
  expect_status 0
  expect_in_stderr "bucket far is in eu-west-1, not in us-east-1"
  fetch_by_script
  cmp fetched s3/far/hello.tar.gz
done

TEST "a bucket whose requesters pay is found, and said"
sandbox --region us-east-1,eu-west-1 --bucket-region far=eu-west-1
boot --bundle s3://pays/hello.tar.gz
expect_status 0
expect_in_stderr "pays for it"
fetch_by_script
cmp fetched s3/pays/hello.tar.gz
wrong 3 'the bundle holds no bin/other' --bundle s3://pays/hello.tar.gz --app other # it is looked into

TEST "so is one whose folder is the bundle, with a store or file by file"
mkdir -p s3/pays/rel/bin s3/keep && cp releases/hello/bin/hello s3/pays/rel/bin/
boot --bundle s3://pays/rel/
expect_status 0
expect_in_stderr "pays for it"
control GET "instances/$(machines | head -n 1 | cut -f1)/user-data" | zcat -f >script
expect_in script "x-amz-request-payer=requester"
rm script
boot --bundle s3://pays/rel/ --store s3://keep/flame/
expect_status 0
find s3/keep/flame/ -name '*.tar.gz' -exec tar -tzf {} + | grep -qx bin/hello || die "the folder was not packed"

TEST "a missing right to look is a warning: a bucket may ask where the machine is"
sandbox --fault HeadObject:AccessDenied --fault GetObject:AccessDenied
boot --bundle s3://bundles/hello.tar.gz
expect_status 0
expect_in_stderr "no permission to look at the bundle s3://bundles/hello.tar.gz"

TEST "S3 that does not answer ends the boot, and nothing is launched"
sandbox --fault HeadObject:503
boot --bundle s3://bundles/hello.tar.gz
expect_error 7
expect_machines 0

TEST "a bundle of the web needs its digest, and gets into the script as it is"
sandbox
wrong 3 bundle_sha256 --bundle 'https://example.com/hello.tar.gz?token=very-private-token'
boot --bundle 'https://example.com/hello.tar.gz' --bundle-sha256 "$digest"
expect_status 0
control GET "instances/$(live_machines)/user-data" | zcat -f >script
expect_in script https://example.com/hello.tar.gz
rm script

TEST "a small bundle of this computer goes with the user data, and nobody asks S3"
sandbox
boot --bundle releases/hello
expect_status 0
expect_in_stderr "the bundle goes with the user data, in "
expect_same "$(asked | sort -u | xargs)" "DescribeImages DescribeInstances RunInstances"
# carried: the files of the archive in the script of the last machine
carried() { sed -n "/dir\/bundle\" <<'FLAME'/,/^FLAME/p" "$1" | sed '1d;$d' | base64 -d | tar -tzf - | xargs; }
control GET "instances/$(live_machines)/user-data" | zcat -f >script
expect_same "$(carried script)" bin/hello
flame template-user-data --app hello --max-lifetime 1h --bundle releases/hello
expect_same "$(carried stdout)" bin/hello
expect_in_stderr "of 16384 bytes"
expect_not_in_stderr "longest URL"
boot --bundle releases/hello --dry-run --json
expect_status 0
expect_json '.request.UserData | test("^\\*\\*\\* \\([0-9]+ bytes")' true
boot --bundle releases/hello --dry-run=ec2
expect_in_stderr "EC2 would launch"
printf '#!/bin/sh\nsleep 60\n' >job.sh
boot --bundle job.sh --start-command ./job.sh
expect_status 0
wrong 3 "the bundle holds no bin/hello" --bundle job.sh

TEST "a dry run looks into it too, and asks nobody"
sandbox
wrong 3 "the bundle holds no bin/hello" --bundle job.sh --dry-run
wrong 3 "the bundle holds no bin/hello" --bundle job.sh --dry-run --store s3://bundles/x/
mkdir -p app/bin && cp releases/hello/bin/hello app/bin/other && ln -s /etc/passwd app/link
wrong 3 'is a link to "/etc/passwd"' --bundle app --dry-run --store s3://bundles/x/
rm app/link
wrong 3 "it holds bin/other" --bundle app --dry-run --store s3://bundles/x/
wrong 3 "it holds bin/other" --bundle app --dry-run
tar -C app -czf app.tar.gz .
wrong 3 "it holds bin/other" --bundle app.tar.gz --dry-run
wrong 3 "it holds bin/other" --bundle app.tar.gz --dry-run --store s3://bundles/x/
cp app.tar.gz app.tar.xz
wrong 3 "is packed by gzip, and by its name it is packed by xz" --bundle app.tar.xz --dry-run
expect_same "$(asked)" ""
wrong 3 "it holds bin/other" --bundle app.tar.gz --dry-run=ec2
boot --bundle app.tar.gz --dry-run --no-inspect
expect_status 0
boot --bundle app.tar.gz --dry-run --start-command bin/other
expect_status 0

TEST "one that is too large for that needs a store, and says how large it is"
mkdir -p large/bin && cp releases/hello/bin/hello large/bin/ && head -c 12500 /dev/urandom >large/noise
wrong 3 "the bundle is 12" --bundle large
expect_in_stderr "over EC2's limit of 16384 bytes"
expect_in_stderr "it needs --store s3://BUCKET/PREFIX/"
boot --bundle large --store s3://bundles/x/
expect_status 0
flame template-user-data --app hello --max-lifetime 1h --bundle large
expect_error 3 "it needs --store"
boot --bundle large --dry-run
expect_error 3 "it needs --store"
flame doctor --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle large --json
expect_status 3
expect_json '[.checks[] | select(.verdict == "fail") | "\(.check): \(.hint)"] | join(" ") | startswith("user-data: it needs --store")' true
truncate -s 1G huge.tar.gz
wrong 3 "the bundle huge.tar.gz has 1073741824 bytes" --bundle huge.tar.gz
rm huge.tar.gz
wrong 3 "has SHA-256" --bundle s3/bundles/hello.tar.gz --bundle-sha256 "$(printf '%064d' 7)"

TEST "a bundle of this computer must be there"
wrong 3 '"gone.tar.gz" is not there' --bundle gone.tar.gz --store s3://bundles/x/
touch report.txt
wrong 3 'has no known ending' --bundle report.txt --store s3://bundles/x/

TEST "what is in the bundle is looked at: the program, paths, links, devices"
mkdir bad && (
  cd bad || exit
  mkdir -p r/bin && printf '#!/bin/sh\n' >r/bin/hello && chmod +x r/bin/hello
  tar -C r -czf ../s3/bundles/other.tar.gz --transform s,bin/hello,bin/other, .
  tar -C r -czPf ../s3/bundles/up.tar.gz --transform 's,^./bin/hello,../../etc/cron.d/x,' ./bin/hello
  ln -s /etc/shadow r/link && tar -C r -czf ../s3/bundles/link.tar.gz . && rm r/link
  tar -C r -czf ../s3/bundles/absolute.tar.gz -P --transform 's,^./bin/hello,/etc/x,' ./bin/hello
  mkfifo r/pipe && tar -C r -czf ../s3/bundles/pipe.tar.gz . && rm r/pipe
  tar -C r -cf ../s3/bundles/plain.tar.gz .
  tar -C r -czf packed.tar .
  head -c 100 ../s3/bundles/other.tar.gz >../s3/bundles/cut.tar.gz
  echo "no archive" >../s3/bundles/text.tar.gz
  # Members of gzip behind each other are one stream.
  python3 -I - ../s3/bundles <<'PY'
import gzip, pathlib, sys, tarfile
place = pathlib.Path(sys.argv[1])
def entry(name, **more):
    info = tarfile.TarInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.GNU_FORMAT)
def archive(name, *members):
    (place / name).write_bytes(b"".join(members) + gzip.compress(bytes(1024)))
archive("device.tar.gz", gzip.compress(entry("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)))
archive("many.tar.gz", *[gzip.compress(entry("bin/hello") * 10_000, 1)] * 51)
zeros = gzip.compress(bytes(1 << 20))
archive("bomb.tar.gz", gzip.compress(entry("bin/hello", size=9 << 30)), *[zeros] * 16)
PY
)
wrong 3 'the bundle holds no bin/hello' --bundle s3://bundles/other.tar.gz
expect_in_stderr "it holds bin/other"
wrong 3 'leads out of its folder' --bundle s3://bundles/up.tar.gz
wrong 3 'is a link to "/etc/shadow"' --bundle s3://bundles/link.tar.gz
wrong 3 'is absolute' --bundle s3://bundles/absolute.tar.gz
wrong 3 'is no file, folder or link' --bundle s3://bundles/pipe.tar.gz
wrong 3 'no whole archive' --bundle s3://bundles/cut.tar.gz
wrong 3 'in the bundle is a device' --bundle s3://bundles/device.tar.gz
wrong 3 'the bundle holds more than 500000 entries' --bundle s3://bundles/many.tar.gz
wrong 3 'unpacks to more than' --bundle s3://bundles/bomb.tar.gz
wrong 3 'no whole archive' --bundle s3://bundles/text.tar.gz
wrong 3 '"s3://bundles/plain.tar.gz" is not packed, and by its name it is packed by gzip' --bundle s3://bundles/plain.tar.gz
wrong 3 '"bad/packed.tar" is packed by gzip, and by its name it is not packed' --bundle bad/packed.tar
boot --bundle s3://bundles/other.tar.gz --no-inspect
expect_status 0

TEST "a bundle that its disk has no room for is refused, whoever said how large that is"
truncate -s 3G s3/bundles/vast.tar.gz
wrong 3 "the bundle has 3072.0 MiB, and the machine's disk 2048.0 MiB" --bundle s3://bundles/vast.tar.gz \
  --image-id ami-0aaaaaaaaaaaaaab1
expect_in_stderr "--root-volume-size"
boot --bundle s3://bundles/vast.tar.gz --image-id ami-0aaaaaaaaaaaaaab1 --root-volume-size 4
expect_status 0
expect_in_stderr "4096.0 MiB with the system"
boot --bundle s3://bundles/vast.tar.gz --image-id ami-0aaaaaaaaaaaaaab1 --instance-type t3.nano # nobody looks at the image
expect_status 0
rm s3/bundles/vast.tar.gz

TEST "an Erlang of another architecture than the machine's is warned of, by its type or its image"
mkdir -p foreign/bin foreign/erts-15.0/bin && cp releases/hello/bin/hello foreign/bin/
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0%044d' 0 >foreign/erts-15.0/bin/beam.smp

tar -C foreign -czf s3/bundles/foreign.tar.gz .
for type in '' '--instance-type t3.nano'; do
  # shellcheck disable=SC2086 # words
  boot --bundle s3://bundles/foreign.tar.gz $type
  expect_status 0
  expect_in_stderr "the bundle's Erlang is of arm64, and the image of x86_64"
done
for type in '' '--instance-type t4g.nano'; do
  # shellcheck disable=SC2086
  boot --bundle s3://bundles/foreign.tar.gz --image-id ami-0fedcba9876543210 $type
  expect_status 0
  expect_not_in_stderr "the bundle's Erlang"
done

TEST "a release that a FLAME parent cannot work with is warned of"
with=("FLAME_PARENT=$(python3 -I "$here/lib/flame_parent.py" app@10.0.0.7 app-flame-0123456789abcdef0123)")
boot --bundle s3://bundles/hello.tar.gz --subnet-id subnet-0123456789abcdef0 \
  --security-group-id sg-0123456789abcdef0
with=()
expect_status 0
expect_in_stderr "Elixir.FLAME.FlyBackend.beam, the backend that FLAME_PARENT names"

TEST "a folder of S3 comes file by file, as far as their URLs fit; else it needs a store"
mkdir -p s3/bundles/rel/release/bin && cp releases/hello/bin/hello s3/bundles/rel/release/bin/
head -c 5000 /dev/urandom >"s3/bundles/rel/release/a (b) %c.bin" && : >s3/bundles/rel/release/empty
boot --bundle s3://bundles/rel/ --output json
expect_status 0
control GET "instances/$(jq -r '.instances[0].instance_id' stdout)/user-data" | zcat -f >script
base=$(sed -n "s/^base='\(.*\)'\$/\1/p" script) query=$(sed -n "s/^query='\(.*\)'\$/\1/p" script)
files=0
while IFS=$'\t' read -r program size etag signature place path; do
  [ "$place" != = ] || place=$path
  curl -sS --fail -g -H "If-Match: $etag" -o fetched "$base$place?$query$signature" || die "no $path"
  cmp fetched "s3/bundles/rel/release/$path" && expect_same "$(stat -c %s fetched)" "$size"
  [ "$path" != bin/hello ] || expect_same "$program" x
  files=$((files + 1))
done < <(sed -n '/bundle" <<.FLAME./,/^FLAME$/p' script | grep -P '\t')
expect_same "$files" 3
rm script
for number in $(seq 300); do echo "$number" >"s3/bundles/rel/release/$number"; done
wrong 3 "the URLs of the bundle's 303 files" --bundle s3://bundles/rel/
expect_in_stderr "--store s3://BUCKET/PREFIX/"
wrong 3 'the bundle holds no bin/other' --bundle s3://bundles/rel/ --app other
wrong 3 'is a folder without a store' --bundle s3://bundles/rel/ --bundle-access instance-role --iam-instance-profile sandbox-runner
wrong 3 'holds no objects' --bundle s3://bundles/nothing/ --store s3://bundles/x/
mkdir -p s3/bundles/cold/bin && cp releases/hello/bin/hello s3/bundles/cold/bin/
beside about/bundles/cold/bin/hello 'x-amz-storage-class: DEEP_ARCHIVE'
wrong 3 'is archived (DEEP_ARCHIVE)' --bundle s3://bundles/cold/ --store s3://bundles/x/

TEST "without libarchive, what needs it says so; a bundle that nobody looks into needs none"
mkdir broken
echo "no library" >broken/libarchive.so.13
with=("LD_LIBRARY_PATH=$PWD/broken")
if readelf -d "$binary" | grep -q 'NEEDED.*libcurl'; then
  wrong 3 'libarchive, which cannot be loaded: ' --bundle s3://bundles/hello.tar.gz
else # the static build, in which it is
  boot --bundle s3://bundles/hello.tar.gz
  expect_status 0
fi
boot --bundle s3://bundles/hello.tar.gz --no-inspect
expect_status 0
with=()
