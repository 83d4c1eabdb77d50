#pragma once

#include "sandbox/ec2_state.hpp"
#include "sandbox/imds.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/keyring.hpp"
#include "sandbox/refusal.hpp"
#include "sandbox/s3.hpp"

#include <string>
#include <vector>

// The endpoint of all services: who asks, is it believed, which service, which fault.
namespace flame::sandbox {

struct FrontWorld { // all must outlive the front
  const Clock& clock;
  Keyring& keys;
  Ec2State& state;
  FaultBook& faults;
  Journal& journal;
};

struct FrontConfig {
  std::vector<std::string> regions = {"us-east-1"}; // the first is S3's
  S3Store store = {};
  std::string control_secret = {}; // the bearer of /_sandbox/
  std::string host = {};           // a further name that is ours, "" for none
};

// Thread-safe.
class Front {
public:
  Front(FrontConfig config, FrontWorld world) : config_(std::move(config)), world_(world) {}
  Reply handle(const Request& request);

private:
  struct Asked; // a request, read
  static Asked read(const Request& request);
  Reply answer(const Request& request, const Asked& asked, const Key& key,
               const std::optional<Ec2Error>& no_capacity);
  Reply with_fault(const Request& request, const Asked& asked, const Key& key,
                   const std::optional<Fault>& fault);
  // With the headers that AWS puts on everything.
  static Reply signed_by_service(Reply reply, const Asked& asked, Seconds now);
  Reply unbelieved(const Asked& asked, const Verdict& verdict);

  FrontConfig config_;
  FrontWorld world_;
};

// The judge's view, /_sandbox/…: see --help. Not signed; wants the bearer.
Reply serve_control(const Request& request, const std::string& secret, const FrontWorld& world);

// A metadata service with the faults of "imds", whose condition is Path.
Reply serve_metadata(Imds& imds, const Request& request, const FrontWorld& world);

// What a fault makes of a finished reply.
Reply spoil(Reply reply, const Fault& fault);
// A reply of a fault that does nothing else; nullopt for those that come after the deed.
std::optional<Reply> canned(const Fault& fault, Service service, const std::string& request_id,
                            std::string_view host);

} // namespace flame::sandbox
