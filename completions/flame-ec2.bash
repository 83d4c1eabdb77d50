# bash completion, printed by flame-ec2 completion bash
_flame_ec2() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command='' flags='' operands='' i
  case $before in
    --root-volume-type) mapfile -t COMPREPLY < <(compgen -W 'gp3 gp2 io2 io1 standard' -- "$word"); return ;;
    --wait-for) mapfile -t COMPREPLY < <(compgen -W 'launched running' -- "$word"); return ;;
    --output|-o) mapfile -t COMPREPLY < <(compgen -W 'text json env' -- "$word"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'script base64' -- "$word"); return ;;
    --env-file|--release-cookie-file|--run-id-file|--ca-bundle|--config) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --app|--bundle|--env|-e|--env-from|--unset-env|--release-node|--run-as|--start-command|--stop-command|--setup-commands|--image|--image-id|--launch-template-id|--launch-template-version|--instance-type|--subnet-id|--security-group-id|--iam-instance-profile|--key-name|--root-volume-size|--root-volume-iops|--root-volume-throughput|--root-volume-kms-key|--metadata-hop-limit|--tags|--ec2|--run-id|--boot-timeout|--max-lifetime|--bootstrap-timeout|--evidence-dir|--log|--region|--profile|--endpoint-url|--ec2-service-endpoint|--instance-metadata-url|--instance-metadata-token-url|--pool|--settle|--like) COMPREPLY=(); return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      boot) command=boot; break ;;
      template-user-data) command=template-user-data; break ;;
      terminate) command=terminate; break ;;
      configure) command=configure; break ;;
      completion) command=completion; break ;;
      man) command=man; break ;;
      help) command=help; break ;;
    esac
  done
  case $command in
    boot) flags='--dry-run --show-secrets --app --bundle --env --env-file --env-from --unset-env --release-node --release-cookie-file --run-as --start-command --stop-command --setup-commands --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --version' operands='' ;;
    template-user-data) flags='--format --presign --show-secrets --app --bundle --env --env-file --env-from --unset-env --release-node --release-cookie-file --run-as --start-command --stop-command --setup-commands --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --version' operands='' ;;
    terminate) flags='--run-id --run-id-file --app --all --yes --wait --settle --force --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --version' operands='' ;;
    configure) flags='--auto --like --show --print --force --app --bundle --env --env-file --env-from --unset-env --release-node --release-cookie-file --run-as --start-command --stop-command --setup-commands --image --image-id --launch-template-id --launch-template-version --instance-type --subnet-id --security-group-id --iam-instance-profile --key-name --public-ip --no-public-ip --root-volume-size --root-volume-type --root-volume-iops --root-volume-throughput --root-volume-encrypted --root-volume-kms-key --metadata-hop-limit --metadata-tags --no-metadata-tags --tags --ec2 --run-id --run-id-file --wait-for --boot-timeout --max-lifetime --bootstrap-timeout --keep-on-failure --evidence-dir --log --region --profile --endpoint-url --ec2-service-endpoint --ca-bundle --allow-http --auto-configure --instance-metadata-url --instance-metadata-token-url --imds-v1 --config --pool --output --json --verbose --quiet --color --help --version' operands='' ;;
    completion) flags='--output --json --verbose --quiet --color --help --version' operands='bash zsh fish' ;;
    man) flags='--output --json --verbose --quiet --color --help --version' operands='' ;;
    help) flags='--output --json --verbose --quiet --color --help --version' operands='boot template-user-data terminate configure completion man help' ;;
    *) flags='--output --json --verbose --quiet --color --help --version' operands='boot template-user-data terminate configure completion man help' ;;
  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$operands" -- "$word") ;;
  esac
}
complete -F _flame_ec2 flame-ec2
