#include "sandbox/machine_host.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace flame::sandbox {
namespace {

// Machines that only exist: on until their power button is pressed.
class PaperHost final : public MachineHost {
public:
  ~PaperHost() override
  {
    for (const auto& [id, off] : take_all()) {
      call(off);
    }
  }

  Result<void> start(MachineSpec spec) override
  {
    const std::lock_guard lock(mutex_);
    if (!on_.emplace(spec.id, std::move(spec.on_off)).second) {
      return fail(ErrorKind::internal, "machine " + spec.id + " is started twice");
    }
    return {};
  }

  void press_power_button(const std::string& id) override
  {
    std::function<void()> off;
    {
      const std::lock_guard lock(mutex_);
      if (auto found = on_.find(id); found != on_.end()) {
        off = std::exchange(found->second, nullptr);
      }
    }
    call(off); // without the lock: it may ask the host something
  }

  std::string console(const std::string& id) const override
  {
    const std::lock_guard lock(mutex_);
    return on_.contains(id) ? id + " only exists, and has nothing more to say\n" : std::string();
  }

private:
  static void call(const std::function<void()>& off)
  {
    if (off) {
      off();
    }
  }

  std::map<std::string, std::function<void()>> take_all()
  {
    const std::lock_guard lock(mutex_);
    return std::exchange(on_, {});
  }

  mutable std::mutex mutex_ = {};
  std::map<std::string, std::function<void()>> on_ = {}; // an ended machine keeps an empty row
};

} // namespace

std::unique_ptr<MachineHost> make_paper_host()
{
  return std::make_unique<PaperHost>();
}

} // namespace flame::sandbox
