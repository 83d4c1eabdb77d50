#pragma once

#include <string_view>

// The releases/VERSION/env.sh of a mix release, which sh reads before the release starts.
namespace flame::boot {

// Whether it sets RELEASE_NODE for certain, and reads it nowhere before: then the node's name is
// another than the one that its parent was told. Follows sh as far as env.sh goes; what it does not
// follow (functions, here-documents, eval) is taken for harmless, or for code of its own.
bool sets_node_regardless(std::string_view script);

} // namespace flame::boot
