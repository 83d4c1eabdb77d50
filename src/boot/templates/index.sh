# shellcheck shell=sh disable=SC2154
# Which of the machines of the boot this is, as index. Set above: first, the first of its launch.
ask_index() { curl -qsf --noproxy '*' -m 2 --retry 5 --retry-delay 1 --retry-connrefused "$@"; }
index=$(token=$(ask_index -X PUT -H 'Content-Length: 0' -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
  http://169.254.169.254/latest/api/token) &&
  ask_index -H "X-aws-ec2-metadata-token: $token" \
    http://169.254.169.254/latest/meta-data/ami-launch-index) || index=
case $index in
'' | *[!0-9]*) fail 'the metadata service does not say which machine of its launch this is' ;;
esac
index=$((index + first))
