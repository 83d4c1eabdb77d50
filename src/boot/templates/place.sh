# shellcheck shell=sh disable=SC2154
# The release is the top of the bundle, or the first folder in it, that has bin/APP. A bundle without
# needs a start command; then it is the folder "release", or what the bundle holds alone when that is
# a folder other than bin, or the top. Inspection::root() of src/boot/inspect.cpp has the same rule.
# Set above: start.
top=
for folder in "$dir/new" "$dir/new"/*; do
  [ -n "$top" ] || [ -L "$folder" ] || [ ! -f "$folder/bin/$app" ] || top=$folder
done
if [ -n "$start" ]; then
  # Two names are those of no folder.
  for folder in "$dir/new/release" "$(find "$dir/new" -mindepth 1 -maxdepth 1 | head -n 2)"; do
    [ -n "$top" ] || [ "${folder##*/}" = bin ] || [ -L "$folder" ] || [ ! -d "$folder" ] ||
      top=$folder
  done
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
