#pragma once

#include "sandbox/channel.h"
#include "sandbox/confinement.h"

#include <functional>

namespace layercast::sandbox {

/// What a job does: it serves its channel until the other end is gone. It runs confined.
using JobMain = std::function<void(Channel channel)>;

/// The descriptor number at which the program of a helper finds its control channel.
inline constexpr int kControlDescriptor = 3;
/// The argument with which the program of a helper serves its jobs with Reach::kNetwork.
inline constexpr const char* kNetworkArgument = "--network";

/// The main loop of a helper process: it forks a process for each job that the other end of the
/// control channel (Helper) asks for, and reports how each job ended. The jobs are confined, within
/// `reach`; this process reads no foreign bytes. Before this call, the program has initialised its
/// libraries, so that no job does it again. When the other end is gone, all jobs end. Range: the
/// process has one thread. Returns the exit status of the program.
int serve_jobs(Channel control, const JobMain& job, Reach reach = Reach::kNothing);

}  // namespace layercast::sandbox
