// Any bytes as the messages by which a process starts jobs in a helper process and learns of their
// end: each reading of them is refused, or is written again as the same bytes.

#include "base/check.h"
#include "base/utf8.h"
#include "sandbox/control_messages.h"
#include "sandbox/message.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace base = layercast::base;
namespace sandbox = layercast::sandbox;

namespace {

void read_control_messages(std::string_view bytes) {
  if (const auto limits = sandbox::job_limits(bytes)) {
    LAYERCAST_CHECK(sandbox::job_message(*limits) == bytes);
  }
  if (const auto layers = sandbox::hello_layers(bytes)) {
    LAYERCAST_CHECK(sandbox::hello_layers(sandbox::hello_message(*layers)) == layers);
  }
  if (const auto status = sandbox::end_status(bytes)) {
    LAYERCAST_CHECK(sandbox::end_status(sandbox::end_message(*status)) == status);
  }
}

// Takes fields in an order that the first byte determines.
void read_fields(std::string_view bytes) {
  if (bytes.empty()) return;
  auto order = static_cast<uint8_t>(bytes.front());
  sandbox::MessageReader reader(bytes.substr(1));
  size_t text_bytes = 0;
  for (int field = 0; field < 4; ++field, order = static_cast<uint8_t>(order >> 2)) {
    if (order % 4 == 0) static_cast<void>(reader.take_int());
    if (order % 4 == 1) LAYERCAST_CHECK(std::isfinite(reader.take_double()));
    if (order % 4 == 2) text_bytes += reader.take_text().size();
    if (order % 4 == 3) {
      const std::string line = reader.take_line();
      // An escape such as \x1b has four characters for one byte.
      LAYERCAST_CHECK(line.size() <= 4 * sandbox::MessageReader::kLineBytesMax);
      LAYERCAST_CHECK(!base::invalid_utf8_offset(line) && line.find('\n') == line.npos);
    }
  }
  LAYERCAST_CHECK(text_bytes <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  read_control_messages(text);
  read_fields(text);
  return 0;
}
