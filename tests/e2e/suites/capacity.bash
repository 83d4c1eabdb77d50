# shellcheck shell=bash
# shellcheck disable=SC2154
# What EC2 has room for, and where: stories of types, subnets and markets. Machines only exist.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"

sub_a=subnet-0123456789abcdef0 sub_b=subnet-0fedcba9876543210 sub_c=subnet-00112233445566778
ordinary=(--app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz
  --no-inspect)
boot() { flame boot "${ordinary[@]}" "$@"; }
# Type, subnet and market of what was asked for, in order.
tried() {
  control GET requests | jq -r '.[] | select(.action == "RunInstances") | .params |
    [.InstanceType, .SubnetId // "-", .["InstanceMarketOptions.MarketType"] // "on-demand"] | join(" ")'
}
all_of_them=(--market "spot,on-demand" --subnet-id "$sub_a,$sub_b,$sub_c" --instance-type t3.nano)

TEST "spot is out in a and b, and has room in c"
sandbox --capacity '*/us-east-1a/spot=0' --capacity '*/us-east-1b/spot=0'
boot "${all_of_them[@]}" --json
expect_status 0
expect_same "$(tried)" "t3.nano $sub_a spot
t3.nano $sub_b spot
t3.nano $sub_c spot"
expect_same "$(jq -r '.instances[0] | .market, .availability_zone' stdout)" "spot
us-east-1c"
expect_same "$(jq -r '.refused[] | "\(.market) \(.subnet_id) \(.aws_code)"' stdout)" \
  "spot $sub_a InsufficientInstanceCapacity
spot $sub_b InsufficientInstanceCapacity"
expect_in_stderr "choosing us-east-1c"

TEST "spot is out everywhere, on-demand wins in b"
sandbox --capacity '*/*/spot=0' --capacity '*/us-east-1a/on-demand=0'
boot "${all_of_them[@]}" --json
expect_status 0
expect_same "$(jq -r '.instances[0] | .market, .subnet_id' stdout)" "on-demand
$sub_b"
expect_same "$(tried | wc -l)" 5

TEST "what is preferred moves first"
sandbox --capacity '*/us-east-1a/spot=0'
boot "${all_of_them[@]}" --prefer market --json
expect_status 0
expect_same "$(tried)" "t3.nano $sub_a spot
t3.nano $sub_a on-demand"

TEST "no room anywhere: each says why, and nothing lives"
sandbox --capacity '*/*/*=0'
boot "${all_of_them[@]}"
expect_error 6 "none of 6 candidates could be launched" "spot t3.nano in $sub_a" "on-demand t3.nano in $sub_c"
expect_machines 0

TEST "an account that may have no spot machine has no spot capacity"
sandbox --fault 'RunInstances[InstanceMarketOptions.MarketType=spot]:AuthFailure.ServiceLinkedRoleCreationNotPermitted'
boot "${all_of_them[@]}" --json
expect_status 0
expect_same "$(tried)" "t3.nano $sub_a spot
t3.nano $sub_a on-demand"
expect_same "$(jq -r '.instances[0].market' stdout)" on-demand

TEST "a quota is of a family and a market: another zone is not asked"
sandbox --fault 'RunInstances:VcpuLimitExceeded'
boot "${all_of_them[@]}" --instance-type t3.nano,m7i.large
expect_error 6 "none of 10 candidates could be launched; 8 of them need not be tried" \
  "spot t3.nano in $sub_a" "on-demand t3.nano in $sub_a"
expect_same "$(tried)" "t3.nano $sub_a spot
t3.nano $sub_a on-demand"

TEST "a machine that is taken back while pending counts as refused"
sandbox --fault 'machine[SubnetId='"$sub_a"']:Server.InsufficientInstanceCapacity'
boot --subnet-id "$sub_a,$sub_b" --json
expect_status 0
expect_same "$(jq -r '.instances[0].subnet_id, .refused[0].aws_code' stdout)" "$sub_b
Server.InsufficientInstanceCapacity"
expect_machines 1

full=subnet-0aaaaaaaaaaaaaaa5
TEST "what cannot be had is not asked for: a type that a zone lacks, a subnet that is full"
sandbox
boot --instance-type m7i.large,t3.nano --subnet-id "$full,$sub_c" --json
expect_status 0
expect_same "$(tried)" "t3.nano $sub_c on-demand"
expect_same "$(control GET requests | jq -r '.[].action' | head -n 2)" "DescribeSubnets
DescribeInstanceTypeOfferings"
expect_in_stderr "not asked for: $full has no free address" "not asked for: us-east-1c does not offer m7i.large"
expect_same "$(jq -r '.refused[] | "\(.asked) \(.aws_code) \(.instance_type) \(.message)"' stdout)" \
  "false null m7i.large $full has no free address
false null m7i.large us-east-1c does not offer m7i.large
false null t3.nano $full has no free address"

TEST "nothing is asked beforehand where there is nothing to choose"
sandbox
boot --market spot,on-demand --subnet-id "$full" --instance-type t3.nano
expect_error 6 "InsufficientFreeAddressesInSubnet"
expect_same "$(control GET requests | jq -r '.[].action' | grep -v '^Head' | sort -u)" "DescribeInstances
RunInstances"

TEST "without the right to look all are tried, and nobody hears of it"
sandbox
fault 'DescribeSubnets:UnauthorizedOperation'
fault 'DescribeInstanceTypeOfferings:UnauthorizedOperation'
boot --instance-type t3.nano --subnet-id "$full,$sub_c" --json
expect_status 0
expect_same "$(tried)" "t3.nano $full on-demand
t3.nano $sub_c on-demand"
expect_same "$(jq -r '.refused[] | "\(.asked) \(.aws_code)"' stdout)" "true InsufficientFreeAddressesInSubnet"
! grep -q "looked at" stderr || die "noise of looks"
boot --instance-type t3.nano --subnet-id "$full,$sub_c" -v
expect_in_stderr "the subnets could not be looked at"
no_more_faults

TEST "of another architecture than the image: dropped, and a mistake when all are"
sandbox
boot --instance-type t4g.nano,t3.nano --json
expect_status 0
expect_same "$(tried)" "t3.nano - on-demand"
expect_in_stderr "not asked for: t4g.nano is arm64, and image ami-0123456789abcdef0 is for x86_64"
boot --instance-type t4g.nano,t3.none
expect_error 3 "none of 2 candidates can be launched" "t4g.nano: not asked for, since t4g.nano is arm64" \
  "t3.none: not asked for, since no zone of the Region offers t3.none"
expect_same "$(tried | wc -l)" 1

TEST "nothing that can be had: full is no mistake, and the dry run of EC2 says the same"
sandbox
boot --instance-type t3.nano,m7i.large --subnet-id "$full"
expect_error 6 "none of 2 candidates can be launched"
expect_same "$(tried)" ""
boot --instance-type t3.nano,m7i.large --subnet-id "$full" --dry-run=ec2
expect_error 6 "$full has no free address"

TEST "what was left is out too: all are named"
sandbox --capacity '*/us-east-1c/*=0'
boot --instance-type m7i.large,t3.nano --subnet-id "$sub_c"
expect_error 6 InsufficientInstanceCapacity "m7i.large in $sub_c: not asked for, since us-east-1c does not offer m7i.large"

TEST "the dry run shows all candidates, and the market that is asked for first"
sandbox
boot "${all_of_them[@]}" --spot-max-price 0.0041 --dry-run
expect_status 0
expect_same "$(grep -c '^candidate: ' stdout)" 6
expect_in_stdout "InstanceMarketOptions.SpotOptions.MaxPrice = 0.0041"

TEST "no market, no price, twice said: named at once, nothing asked"
before=$(asked)
boot --market cheap --spot-max-price free --prefer zone
expect_error 3 '"cheap" is no market' 'on-demand and spot' '"free" is no price' '"zone" is not one of its values'
boot --spot-max-price 0.01
expect_error 3 "market has no spot"
boot --market spot --ec2 InstanceMarketOptions.MarketType=spot
expect_error 3 "InstanceMarketOptions.MarketType" market
expect_same "$(asked)" "$before"

# Least and most of each launch, with the subnet that was asked.
groups() {
  control GET requests | jq -r '.[] | select(.action == "RunInstances") | .params |
    "\(.MinCount)..\(.MaxCount) \(.SubnetId)"'
}

TEST "37 of 100 in the first subnet, the rest in the second"
sandbox --capacity '*/us-east-1a/on-demand=37'
boot --count 100 --subnet-id "$sub_a,$sub_b,$sub_c" --wait-for running --json
expect_status 0
expect_same "$(groups)" "1..100 $sub_a
1..63 $sub_b"
expect_same "$(jq -r '[.instances[].instance_id] | unique | length' stdout)" 100
expect_same "$(jq -r '.instances | group_by(.subnet_id) | map("\(.[0].availability_zone) \(length)") | sort[]' stdout)" \
  "us-east-1a 37
us-east-1b 63"
expect_same "$(jq -r '.refused[] | "\(.subnet_id) \(.aws_code) \(.message)"' stdout)" \
  "$sub_a null it had 37 of 100 machines"
expect_in_stderr "EC2 had 37 of 100 machines of t3.nano in $sub_a"
expect_machines 100

TEST "there is room for 57 of 100: none is left, unless so many are enough"
sandbox --capacity '*/us-east-1a/on-demand=37' --capacity '*/us-east-1b/on-demand=20' --shutdown-time 1ms
boot --count 100 --subnet-id "$sub_a,$sub_b" --wait-for running
expect_error 6 "only 37 of 100 machines could be had" "$sub_a: it had 37 of 100 machines" "$sub_b: "
expect_machines 0
boot --count 100 --min-count 58 --subnet-id "$sub_a,$sub_b" --wait-for running
expect_error 6 "only 37 of 100 machines could be had, and min_count is 58"
expect_machines 0
boot --count 100 --min-count 57 --subnet-id "$sub_a,$sub_b" --wait-for running --json
expect_status 0
expect_same "$(jq '.instances | length' stdout)" 57
expect_in_stderr "57 of 100 machines: no candidate has more, and min_count is 57"
expect_machines 57

TEST "one of three is taken back: another zone has one, and the others stay"
sandbox --fault 'machine[SubnetId='"$sub_a"']:Server.InsufficientInstanceCapacity@2'
boot --count 3 --subnet-id "$sub_a,$sub_b" --wait-for running --json
expect_status 0
expect_same "$(groups)" "1..3 $sub_a
1..1 $sub_b"
expect_same "$(jq -r '.instances[].subnet_id' stdout | sort)" "$(printf '%s\n' "$sub_a" "$sub_a" "$sub_b" | sort)"
expect_machines 3

TEST "interrupted between two groups: the first is ended"
sandbox --capacity '*/us-east-1a/on-demand=2' --fault 'RunInstances[SubnetId='"$sub_b"']:RequestLimitExceeded'
flame_signalled_when RequestLimitExceeded TERM boot "${ordinary[@]}" --count 5 --subnet-id "$sub_a,$sub_b" \
  --wait-for running
expect_status 143
expect_same "$(groups | head -2)" "1..5 $sub_a
3..3 $sub_b"
expect_machines 0

TEST "the answer of the second group is lost: nothing is doubled"
sandbox --capacity '*/us-east-1a/on-demand=2' --fault 'RunInstances[SubnetId='"$sub_b"']:lost-after=1'
boot --count 5 --subnet-id "$sub_a,$sub_b" --wait-for running --json
expect_status 0
expect_same "$(jq '.instances | length' stdout)" 5
expect_machines 5

TEST "a min_count that could not be is named with all else, and nothing is asked"
before=$(asked)
boot --min-count 2 --market cheap
expect_error 3 "min_count is 2, and count is not set" '"cheap" is no market'
boot --min-count 3 --count 2
expect_error 3 "min_count is 3, and count only 2"
boot --min-count 0 --count 2
expect_error 3 "--min-count"
expect_same "$(asked)" "$before"
