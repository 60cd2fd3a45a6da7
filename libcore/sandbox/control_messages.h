#pragma once

#include "sandbox/confinement.h"

#include <optional>
#include <string>
#include <string_view>

/// The messages between Helper and serve_jobs().
namespace layercast::sandbox {

/// Helper → server, with two descriptors: the channel of the job and its status channel.
std::string job_message(const ResourceLimits& limits);
std::optional<ResourceLimits> job_limits(std::string_view bytes);

/// Server → Helper, as the first message: the layers that are in force for jobs.
std::string hello_message(const Layers& layers);
std::optional<Layers> hello_layers(std::string_view bytes);

/// Server → Helper on the status channel, when the job has ended: its status as of waitpid(). The
/// message before it has no bytes of interest, and a descriptor of the process (pidfd).
std::string end_message(int wait_status);
std::optional<int> end_status(std::string_view bytes);

}  // namespace layercast::sandbox
