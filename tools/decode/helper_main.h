#pragma once

#include "sandbox/fork_server.h"

#include <cstdio>
#include <fcntl.h>

namespace layercast::tools {

/// The main() of a helper program: prepares its libraries, then serves jobs. Returns the exit
/// status: 2 when no tool has started it.
inline int run_helper(const char* name, void (*prepare)(), void (*job)(sandbox::Channel channel),
                      sandbox::Reach reach = sandbox::Reach::kNothing) {
  if (::fcntl(sandbox::kControlDescriptor, F_GETFD) < 0) {
    std::fprintf(stderr, "%s: render-frames, encode and streamd start this program\n", name);
    return 2;
  }
  prepare();
  return sandbox::serve_jobs(sandbox::Channel(sandbox::Descriptor(sandbox::kControlDescriptor)),
                             job, reach);
}

}  // namespace layercast::tools
