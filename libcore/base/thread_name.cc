#include "base/thread_name.h"

#include <pthread.h>
#include <utility>

namespace layercast::base {

void name_this_thread(const std::string& name) {
  constexpr size_t kBytesMax = 15;  // Linux: TASK_COMM_LEN without its terminating zero
  pthread_setname_np(pthread_self(), name.substr(0, kBytesMax).c_str());
}

std::thread named_thread(const std::string& name, std::function<void()> run) {
  return std::thread([name, run = std::move(run)] {
    name_this_thread(name);
    run();
  });
}

}  // namespace layercast::base
