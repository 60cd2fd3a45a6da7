#pragma once

#include <functional>
#include <string>
#include <thread>

namespace layercast::base {

/// Names the calling thread, as `top -H` and debuggers show it. At most 15 bytes of `name` count.
void name_this_thread(const std::string& name);

/// A thread called `name` that runs `run`.
std::thread named_thread(const std::string& name, std::function<void()> run);

}  // namespace layercast::base
