#pragma once

namespace flame::sandbox {

// Cuts this process's connections from `local_port` to `remote_port`; 0 is any. cpp-httplib gives
// its handlers no socket, so the process's own descriptors are searched.
void shut_connections(int local_port, int remote_port = 0);
void reset_connections(int local_port, int remote_port); // so that the other side gets a reset

} // namespace flame::sandbox
