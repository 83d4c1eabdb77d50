#pragma once

#include "boot/plan_bundle.hpp"
#include "boot/progress.hpp"

// Bundles that are small enough to travel within the user data, when no store is set.
namespace flame::cli {

// The runner with the bundle in it: a folder, a program or a plain tar packed by gzip, which every
// image has, or by xz where only that fits. Kind config: it is not there, has another digest than
// bundle_sha256, or is too long, which says that it needs a store.
Result<boot::Runner> with_bundle(boot::Runner runner, const boot::Bundle& bundle,
                                 const config::Settings& settings, boot::Progress& progress);

// The runner as it can be shown and measured before anything is sent anywhere: with_bundle(), or
// the placeholders of what a boot would have to write or sign first.
Result<boot::Runner> unsent_runner(boot::Runner runner, const boot::Bundle& bundle,
                                   const config::Settings& settings, boot::Progress& progress);

} // namespace flame::cli
