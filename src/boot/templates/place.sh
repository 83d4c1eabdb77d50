# shellcheck shell=sh disable=SC2154
# The release is the folder with bin/APP: the top of the bundle or a folder in it. A bundle that
# has none needs a start command; then it is the folder "release", or the top.
# Set above: start.
top=
for folder in "$dir/new" "$dir/new"/*; do
  [ -n "$top" ] || [ ! -f "$folder/bin/$app" ] || top=$folder
done
if [ -n "$start" ]; then
  [ -n "$top" ] || [ ! -d "$dir/new/release" ] || top=$dir/new/release
  top=${top:-$dir/new}
elif [ -z "$top" ]; then
  fail "the bundle has no bin/$app"
elif [ ! -x "$top/bin/$app" ]; then
  fail "bin/$app of the bundle is not executable"
fi
# A program of the other architecture would be started, and end in words of the shell's.
elf() { [ "$(head -c4 "$1" | tail -c3)" != ELF ] || od -An -j18 -N2 -tx1 "$1"; }
for file in "$top/bin/$app" "$top"/erts-*/bin/beam.smp; do
  [ -f "$file" ] || continue
  case "$(elf /bin/sh):$(elf "$file")" in
  ' 3e 00: b7 00' | ' b7 00: 3e 00')
    fail "${file#"$dir/new/"} of the bundle is not for $(uname -m)"
    ;;
  esac
done
rm -rf "$dir/release"
mv "$top" "$dir/release"
rm -rf "$dir/new"
