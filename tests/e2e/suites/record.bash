# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The recording of the README is one of a real run.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
needs python3

TEST "scripts/record draws a session with real machines, which are gone afterwards"
mkdir binaries
ln -s "$binary" binaries/flame-ec2
ln -s "$sandbox_binary" binaries/flame-ec2-sandbox
TMPDIR=$work python3 -I "$project/scripts/record" binaries demo.svg >stdout 2>stderr || die "it failed"
expect_stdout_empty
python3 -I -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' demo.svg || die "no XML"
for text in 'flame-ec2 run ' 'Linux ' ' left' 'i-[0-9a-f]{17}' 'error: the bundle ' 'terminate --run-id demo'; do
  grep -qE "${text// /.}" demo.svg || die "the recording has no \"$text\""
done
[ "$(grep -o '<g transform' demo.svg | wc -l)" -gt 30 ] || die "it has few pictures"
cp demo.svg outputs/recording.stdout
[ -z "$(pgrep -f "systemd-nspawn.*$work" || true)" ] || die "a machine is left"
[ -z "$(find . -maxdepth 1 -name 'tmp*')" ] || die "files are left"
secrets+=(AWS_SECRET_ACCESS_KEY)

TEST "docs/demo.svg shows what flame-ec2 says today"
grep -q 'recorded by scripts/record' "$project/docs/demo.svg" || die "docs/demo.svg is something else"
said() { # FILE: its lines, numbers apart
  grep -oE '>(flame-ec2|hint):[^<]*' "$1" | sed 's/^>//; s/[0-9][0-9a-f]*/N/g' | LC_ALL=C sort -u
}
[ "$(said demo.svg | wc -l)" -gt 5 ] || die "the recording shows too little: $(said demo.svg)"
diff <(said "$project/docs/demo.svg") <(said demo.svg) || die "docs/demo.svg is old: run scripts/record"
