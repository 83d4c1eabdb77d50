# bash completion, printed by flame-ec2 completion bash
_flame_ec2_values() {
  local value config=$FLAME_EC2_CONFIG i
  for ((i = 1; i < COMP_CWORD - 1; i++)); do
    if [[ ${COMP_WORDS[i]} == --config ]]; then
      config=${COMP_WORDS[i + 1]}
      [[ $config != = ]] || config=${COMP_WORDS[i + 2]}
    fi
  done
  while IFS= read -r value; do
    [[ $value != "$word"* ]] || COMPREPLY+=("$(printf '%q' "$value")")
  done < <(FLAME_EC2_CONFIG=${config/#\~\//$HOME/} "${COMP_WORDS[0]/#\~\//$HOME/}" \
    completion --values "$1" 2>/dev/null)
}
_flame_ec2_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}
_flame_ec2_list() {
  local last=${word##*,}
  mapfile -t COMPREPLY < <(compgen -P "${word%"$last"}" -W "$1" -- "$last")
}
_flame_ec2_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}
_flame_ec2() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command='' flags='' operands='' equals='' i
  COMPREPLY=()
  # --flag=value is three words here.
  if [[ $word == = ]]; then
    word='' equals='='
  elif [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]} equals='='
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then # what follows is of another program
      _flame_ec2_files -f
      return
    fi
    [[ -z $command ]] || continue
    case ${COMP_WORDS[i]} in
      boot) command='boot' ;;
      run) command='run' ;;
      wait) command='wait' ;;
      template-user-data) command='template-user-data' ;;
      terminate) command='terminate' ;;
      list | ls) command='list' ;;
      logs) command='logs' ;;
      gc) command='gc' ;;
      configure) command='configure' ;;
      plan) command='plan' ;;
      doctor) command='doctor' ;;
      iam-policy) command='iam-policy' ;;
      decode-parent) command='decode-parent' ;;
      completion) command='completion' ;;
      man) command='man' ;;
      help) command='help' ;;
    esac
  done
  case "$command $before$equals" in
    'boot --dry-run=' | 'run --dry-run=') _flame_ec2_words 'ec2'; return ;;
  esac
  case "$command $before" in
    'iam-policy --for') _flame_ec2_words 'boot run wait terminate list logs gc doctor configure plan'; return ;;
    'doctor --for') _flame_ec2_words 'boot run'; return ;;
    *' --evidence-dir' | *' --artifacts') _flame_ec2_files -d; return ;;
    *' --bundle' | *' --env-file' | *' --release-cookie-file' | *' --run-id-file' | *' --ca-bundle' | *' --config' | *' --result') _flame_ec2_files -f; return ;;
    *' --market') _flame_ec2_list 'on-demand spot'; return ;;
    *' --image') _flame_ec2_values images; return ;;
    *' --pool') _flame_ec2_values pools; return ;;
    *' --profile') _flame_ec2_values profiles; return ;;
    *' --region') _flame_ec2_values regions; return ;;
    *' --color') _flame_ec2_words 'auto always never'; return ;;
    *' --tenancy') _flame_ec2_words 'default dedicated host'; return ;;
    *' --root-volume-type') _flame_ec2_words 'gp3 gp2 io2 io1 standard'; return ;;
    *' --values') _flame_ec2_words 'images pools profiles regions'; return ;;
    *' --private-dns-hostname') _flame_ec2_words 'ip-name resource-name'; return ;;
    *' --wait-for') _flame_ec2_words 'launched running ready'; return ;;
    *' --bundle-access') _flame_ec2_words 'presigned instance-role'; return ;;
    *' --for') _flame_ec2_words 'ready stopped'; return ;;
    *' --format') _flame_ec2_words 'script gzip base64'; return ;;
    *' --cpu-credits') _flame_ec2_words 'standard unlimited'; return ;;
    *' --prefer') _flame_ec2_words 'subnet_id instance_type market'; return ;;
    *' --output' | *' -o') _flame_ec2_words 'text json env'; return ;;
    *' --env-delivery') _flame_ec2_words 'user-data s3'; return ;;
    *' --app' | *' --bundle-sha256' | *' --store' | *' --env' | *' -e' | *' --env-from' | *' --unset-env' | *' --secret' | *' --release-node' | *' --run-as' | *' --start-command' | *' --stop-command' | *' --ready-command' | *' --setup-commands' | *' --count' | *' --min-count' | *' --image-id' | *' --launch-template-id' | *' --launch-template-version' | *' --instance-type' | *' --subnet-id' | *' --security-group-id' | *' --spot-max-price' | *' --on-interruption' | *' --iam-instance-profile' | *' --key-name' | *' --root-volume-size' | *' --root-volume-iops' | *' --root-volume-throughput' | *' --root-volume-initialization-rate' | *' --root-volume-kms-key' | *' --metadata-hop-limit' | *' --placement-group' | *' --availability-zone' | *' --cpu-cores' | *' --threads-per-core' | *' --capacity-reservation' | *' --tags' | *' --ec2' | *' --run-id' | *' --boot-timeout' | *' --max-lifetime' | *' --bootstrap-timeout' | *' --max-running' | *' --log' | *' --endpoint-url' | *' --ec2-service-endpoint' | *' --instance-metadata-url' | *' --instance-metadata-token-url' | *' --shell' | *' --timeout' | *' --settle' | *' --like' | *' --account' | *' --role' | *' --example') return ;;
  esac
  case $command in
    boot) flags='--dry-run --show-secrets --attached --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    run) flags='--shell --result --artifacts --keep --dry-run --show-secrets --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    wait) flags='--for --run-id --run-id-file --timeout --store --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    template-user-data) flags='--format --presign --show-secrets --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    terminate) flags='--run-id --run-id-file --app --all --yes --wait --settle --force --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    list) flags='--all --ids --app --run-id --run-id-file --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    logs) flags='--run-id --run-id-file --app --follow --store --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    gc) flags='--dry-run --app --exit-code --store --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    configure) flags='--auto --like --show --print --force --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    plan) flags='--app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    doctor) flags='--for --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    iam-policy) flags='--for --runner --explain --account --role --app --bundle --bundle-sha256 --bundle-access --inspect --no-inspect --store --env --env-file --env-from --unset-env --env-delivery --secret --release-node --release-cookie-file --run-as --start-command --stop-command --merge-user-data --ready-command --setup-commands --count --min-count --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --market --spot-max-price --on-interruption --prefer --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-initialization-rate --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --placement-group --tenancy --availability-zone --cpu-credits --cpu-cores --threads-per-core --capacity-reservation --private-dns-hostname --private-dns-a --no-private-dns-a --private-dns-aaaa --no-private-dns-aaaa --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --max-running --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    decode-parent) flags='--example --output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    completion) flags='--values --output --json --verbose --quiet --color --help --help-all --version' operands='bash zsh fish' ;;
    man) flags='--output --json --verbose --quiet --color --help --help-all --version' operands='' ;;
    help) flags='--output --json --verbose --quiet --color --help --help-all --version' operands='boot run wait template-user-data terminate list logs gc configure plan doctor iam-policy decode-parent completion man help settings statuses' ;;
    *) flags='--output --json --verbose --quiet --color --help --help-all --version' operands='boot run wait template-user-data terminate list logs gc configure plan doctor iam-policy decode-parent completion man help' ;;
  esac
  case $word in
    -*) _flame_ec2_words "$flags" ;;
    *) _flame_ec2_words "$operands" ;;
  esac
}
complete -F _flame_ec2 flame-ec2
