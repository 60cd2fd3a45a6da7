#include "sandbox/control_messages.h"

#include "sandbox/message.h"

namespace layercast::sandbox {

std::string job_message(const ResourceLimits& limits) {
  MessageWriter writer;
  writer.put(limits.memory_bytes);
  writer.put(limits.cpu_seconds);
  return writer.take();
}

std::optional<ResourceLimits> job_limits(std::string_view bytes) {
  MessageReader reader(bytes);
  const ResourceLimits limits{reader.take_int(), reader.take_int()};
  if (!reader.is_complete()) return std::nullopt;
  return limits;
}

std::string hello_message(const Layers& layers) {
  MessageWriter writer;
  writer.put(int64_t{layers.bits()});
  return writer.take();
}

std::optional<Layers> hello_layers(std::string_view bytes) {
  MessageReader reader(bytes);
  const Layers layers = Layers::of_bits(static_cast<uint32_t>(reader.take_int()));
  if (!reader.is_complete()) return std::nullopt;
  return layers;
}

std::string end_message(int wait_status) {
  MessageWriter writer;
  writer.put(int64_t{wait_status});
  return writer.take();
}

std::optional<int> end_status(std::string_view bytes) {
  MessageReader reader(bytes);
  const auto status = static_cast<int>(reader.take_int());
  if (!reader.is_complete()) return std::nullopt;
  return status;
}

}  // namespace layercast::sandbox
