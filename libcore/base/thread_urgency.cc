#include "base/thread_urgency.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace layercast::base {

void set_urgency(Urgency urgency) {
  constexpr int kStep = 4;  // nice values: about 2.4 times less processor time under contention
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  const int wanted = kStep * static_cast<int>(urgency);
  const int present = getpriority(PRIO_PROCESS, thread);
  if (wanted > present) setpriority(PRIO_PROCESS, thread, wanted);
}

}  // namespace layercast::base
