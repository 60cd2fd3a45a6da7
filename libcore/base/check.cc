#include "base/check.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace layercast::base {

void check_failed(const char* condition, const char* file, int line) {
  const std::string message = std::string("layercast: bug: ") + file + ":" + std::to_string(line) +
                              ": " + condition + " does not hold\n";
  // A failing write cannot be handled here: the program is about to end.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
  std::abort();
}

}  // namespace layercast::base
