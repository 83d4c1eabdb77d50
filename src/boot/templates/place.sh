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
rm -rf "$dir/release"
mv "$top" "$dir/release"
rm -rf "$dir/new"
