#include "aws/ec2_errors.hpp"

#include <iterator>

// What is known about AWS's errors. To react to another one: a row here, nothing else.
namespace flame::aws {
namespace {

using enum ErrorClass;

// clang-format off
// Ordered as the enum.
constexpr ErrorClassInfo k_classes[] = {
  // class       name           kind                    retry  next
  {throttle,    "throttle",    ErrorKind::throttled,   true,  false,
   "EC2 is limiting the rate of {action} for this account and Region; try again in a minute, with fewer calls at a time"},
  {transient,   "transient",   ErrorKind::network,     true,  false,
   "this is a passing failure on AWS's side or on the way there; try again"},
  {capacity,    "capacity",    ErrorKind::capacity,    false, true,
   "give more instance types or subnets to choose from"},
  {unsupported, "unsupported", ErrorKind::capacity,    false, true,
   "the instance type is not offered there; give another type, or a subnet in another Availability Zone"},
  {no_type,     "no-type",     ErrorKind::refused,     false, true,
   "correct instance_type: EC2 knows no type of that name; `aws ec2 describe-instance-type-offerings` lists those of "
   "the Region"},
  {addresses,   "addresses",   ErrorKind::capacity,    false, true,
   "the subnet has no room for another machine; give another subnet"},
  {quota,       "quota",       ErrorKind::capacity,    false, true,
   "ask for a higher quota in the Service Quotas console, or end machines that are no longer needed"},
  {clock,       "clock",       ErrorKind::credentials, false, false,
   "the clock of this computer is wrong; set it (AWS accepts 5 minutes)"},
  {credentials, "credentials", ErrorKind::credentials, false, false,
   "the credentials are no longer valid; get new ones (for temporary ones, sign in again)"},
  {signature,   "signature",   ErrorKind::credentials, false, false,
   "the secret key does not belong to the access key, or a proxy has changed the request"},
  {account,     "account",     ErrorKind::refused,     false, false,
   "the account may not use this yet; see its status in the AWS console"},
  {permission,  "permission",  ErrorKind::denied,      false, false,
   "the credentials lack a permission for {action}; a policy must allow it"},
  {parameter,   "parameter",   ErrorKind::refused,     false, false,
   "correct the value that AWS names"},
  {consistency, "consistency", ErrorKind::refused,     true,  false,
   "what was made a moment ago may not be visible yet; check the id and the Region"},
  {idempotency, "idempotency", ErrorKind::refused,     false, false,
   "this launch was tried before in another form; start it again"},
  {dry_run,     "dry-run",     ErrorKind::refused,     false, false,
   "the request would have succeeded without DryRun"},
  {answer,      "answer",      ErrorKind::network,     false, false,
   "check the endpoint, and whether a proxy stands in between"},
  {endpoint,    "endpoint",    ErrorKind::network,     true,  false,
   "check the endpoint, the Region and the network"},
  {cancelled,   "cancelled",   ErrorKind::interrupted, false, false, ""},
  {unknown,     "unknown",     ErrorKind::refused,     false, false, ""},
};
static_assert(std::size(k_classes) == static_cast<std::size_t>(unknown) + 1);

// What tells apart causes that share a code comes first, patterns come last.
constexpr ErrorRule k_rules[] = {
  {"SignatureDoesNotMatch",     clock, "", "signature expired"},
  {"SignatureDoesNotMatch",     clock, "", "not yet current"},
  {"InvalidSignatureException", clock, "", "signature expired"},
  {"InvalidSignatureException", clock, "", "not yet current"},
  {"InvalidParameterValue",     unsupported, "", "instance type"},
  {"InvalidParameterValue",     no_type, "", "for instancetype"},
  {"InvalidParameterValue",     parameter,
   "check the name of the instance profile; one that was just made is visible after some seconds",
   "iam instance profile"},
  {"InvalidParameterCombination", parameter,
   "the launch template and the request describe the network in two ways: leave subnet, groups and public_ip to the "
   "template, or let the caller look into it (ec2:DescribeLaunchTemplateVersions)", "network interfaces and an instance-level"},

  {"VPCIdNotSpecified", parameter,
   "give --subnet-id and --security-group-id, or make a default VPC: aws ec2 create-default-vpc"},
  {"MissingInput",      parameter,
   "give --subnet-id, or make a subnet for the default VPC: aws ec2 create-default-subnet", "no subnets found for the default vpc"},
  {"InvalidInput",      parameter,
   "give --subnet-id, or make a subnet for the default VPC: aws ec2 create-default-subnet", "no default subnet for availability zone"},

  {"RequestLimitExceeded",      throttle, ""},
  {"Throttling",                throttle, ""},
  {"ThrottlingException",       throttle, ""},
  {"ThrottledException",        throttle, ""},
  {"RequestThrottled",          throttle, ""},
  {"RequestThrottledException", throttle, ""},
  {"TooManyRequestsException",  throttle, ""},
  {"EC2ThrottledException",     throttle, ""},
  {"BandwidthLimitExceeded",    throttle, ""},
  {"SlowDown",                  throttle, ""},
  {"PriorRequestNotComplete",   throttle, ""},
  {"LimitExceededException",    throttle, ""},
  {"TransactionInProgressException", throttle, ""},

  {"InternalError",           transient, ""},
  {"InternalFailure",         transient, ""},
  {"InternalServerError",     transient, ""},
  {"ServiceUnavailable",      transient, ""},
  {"Unavailable",             transient, ""},
  {"RequestTimeout",          transient, ""},
  {"RequestTimeoutException", transient, ""},
  {"IDPCommunicationError",   transient, ""},

  {"InsufficientInstanceCapacity", capacity, ""},
  {"InsufficientHostCapacity",     capacity, ""},
  {"InsufficientCapacityOnHost",   capacity, ""},
  {"UnfulfillableCapacity",        capacity, ""},
  {"InsufficientCapacity",         capacity, ""},
  {"InsufficientReservedInstanceCapacity", capacity, ""},
  {"ReservationCapacityExceeded",  capacity, "the capacity reservation is full"},
  {"SpotMaxPriceTooLow",           capacity,
   "the spot price is above the limit; leave the limit out to pay at most the on-demand price"},
  {"AuthFailure.ServiceLinkedRoleCreationNotPermitted", capacity,
   "the account has never had a spot machine, and the caller may not make the role for it: aws iam "
   "create-service-linked-role --aws-service-name spot.amazonaws.com, once, by somebody who may"},
  {"InsufficientVolumeCapacity",   capacity,
   "give a subnet in another Availability Zone, or another type of volume"},

  {"Unsupported",              unsupported, ""},
  {"UnsupportedOperation",     unsupported, ""},
  {"InstanceTypeNotSupported", unsupported, ""},
  {"InvalidInstanceType",      unsupported, ""},

  {"InsufficientFreeAddressesInSubnet", addresses, ""},
  {"PrivateIpAddressLimitExceeded",     addresses, ""},
  {"NetworkInterfaceLimitExceeded",     addresses,
   "delete network interfaces that nobody uses, or give another subnet"},

  {"VcpuLimitExceeded",            quota,
   "ask for a higher quota of vCPUs in the Service Quotas console; another family of types, and spot, have their own"},
  {"InstanceLimitExceeded",        quota,
   "ask for a higher quota of vCPUs in the Service Quotas console; machines ended a moment ago still count for a while"},
  {"MaxSpotInstanceCountExceeded", quota,
   "ask for a higher quota of vCPUs of spot machines in the Service Quotas console, or use on-demand machines"},
  {"VolumeLimitExceeded",          quota, ""},
  {"MaxIOPSLimitExceeded",         quota, ""},
  {"MaxFleetCountExceeded",        quota, ""},
  {"TagLimitExceeded",             quota, "a resource holds at most 50 tags"},
  {"AttachmentLimitExceeded",      quota, ""},

  {"RequestExpired",       clock,
   "the clock of this computer is wrong, or the temporary credentials have expired"},
  {"RequestTimeTooSkewed", clock, ""},
  {"RequestInTheFuture",   clock, ""},

  {"ExpiredToken",                credentials, ""},
  {"ExpiredTokenException",       credentials, ""},
  {"TokenRefreshRequired",        credentials, ""},
  {"InvalidClientTokenId",        credentials,
   "AWS does not know the access key; it may be deleted, of another partition, or lack its session token"},
  {"UnrecognizedClientException", credentials, ""},
  {"InvalidAccessKeyId",          credentials,
   "AWS does not know the access key; it may be deleted, or of another partition"},
  {"InvalidToken",                credentials, ""},
  {"InvalidIdentityToken",        credentials, ""},

  {"SignatureDoesNotMatch",        signature, ""},
  {"InvalidSignatureException",    signature, ""},
  {"IncompleteSignature",          signature, ""},
  {"MissingAuthenticationToken",   signature, ""},
  {"AuthFailure",                  signature,
   "the keys are wrong, or the Region or the image is not open to this account"},
  {"AuthorizationHeaderMalformed", signature, "the bucket may be in another Region"},

  {"OptInRequired",           account,
   "subscribe to the product in the AWS Marketplace, or enable the Region for the account"},
  {"PendingVerification",     account, "AWS is still checking the account, which takes up to some hours"},
  {"Blocked",                 account, "AWS has blocked the account; ask AWS Support"},
  {"RegionDisabledException", account, "enable the Region for the account, or use another one"},

  {"UnauthorizedOperation", permission,
   "the caller needs iam:PassRole on the role of the instance profile, with iam:PassedToService ec2.amazonaws.com", "iam:passrole"},
  {"AccessDenied",          permission,
   "the caller needs iam:PassRole on the role of the instance profile, with iam:PassedToService ec2.amazonaws.com", "iam:passrole"},
  {"UnauthorizedOperation", permission, ""},
  {"AccessDenied",          permission, ""},
  {"AccessDeniedException", permission, ""},
  {"UnauthorizedAccess",    permission, ""},

  {"InvalidInstanceID.NotFound",            consistency, ""},
  {"InvalidSpotInstanceRequestID.NotFound", consistency, ""},
  {"ConcurrentTagAccess",                   consistency, "something else is changing the same tags; try again"},
  {"OperationNotPermitted",                 parameter,
   "a machine with termination protection: take that away (disableApiTermination), then end it"},
  {"IncorrectInstanceState",                consistency, "the machine is not in a state that allows this"},

  {"IdempotentParameterMismatch",  idempotency, ""},
  {"IdempotentInstanceTerminated", idempotency, "the machine of this launch has already ended"},

  {"DryRunOperation", dry_run, ""},

  {"InvalidAMIID",            parameter, "check the id of the image and that it is of this Region"},
  {"InvalidSubnetID",         parameter, "check the id of the subnet and that it is of this Region"},
  {"InvalidGroup",            parameter, "check the security group and that it is of the subnet's VPC"},
  {"InvalidGroupId",          parameter, "check the security group and that it is of the subnet's VPC"},
  {"InvalidKeyPair",          parameter, "check the name of the key pair and that it is of this Region"},
  {"InvalidIamInstanceProfile", parameter,
   "check the name of the instance profile; one that was just made is visible after some seconds"},
  {"InvalidLaunchTemplateId",   parameter, "check the launch template, its version and the Region"},
  {"InvalidLaunchTemplateName", parameter, "check the launch template, its version and the Region"},
  {"MalformedQueryString",      parameter, ""},
  {"ValidationError",           parameter, ""},
  {"ParameterNotFound",         parameter, "check the name of the parameter and the Region"},
  {"ResourceNotFoundException", parameter, "check the name and the Region"},
  {"ParameterVersionNotFound",  parameter, "check the version or label of the parameter"},
  {"ValidationException",       parameter, ""},
  {"NoSuchBucket",              parameter, "check the name of the bucket"},
  {"NoSuchKey",                 parameter, "check the key of the object"},
  {"NoSuchVersion",             parameter, "check the version of the object"},
  {"NoSuchUpload",              parameter, ""},
  {"InvalidObjectState",        parameter, "the object is archived; restore it first"},
  {"PermanentRedirect",         parameter, "the bucket is in another Region"},
  {"TemporaryRedirect",         parameter, "the bucket is in another Region, or was just made"},
  {"Invalid*",                  parameter, ""},
  {"Missing*",                  parameter, ""},
  {"Unknown*",                  parameter, ""},
  {"Malformed*",                parameter, ""},
};
// clang-format on

} // namespace

const ErrorClassInfo& info(ErrorClass error_class)
{
  return k_classes[static_cast<std::size_t>(error_class)];
}

std::span<const ErrorRule> error_rules()
{
  return k_rules;
}

} // namespace flame::aws
