#include "scene/model/run_state.h"

#include <unordered_map>

namespace layercast::scene {

ChatContent timed_chat(const ChatContent& chat, const LayerRun& run) {
  std::unordered_map<std::string_view, base::Duration> times;
  for (const MessageRun& each : run.messages) times[each.id] = each.shown_at;
  ChatContent timed = chat;
  for (ChatMessage& message : timed.messages) {
    const auto known = times.find(message.id);
    if (!message.timestamp && known != times.end()) message.timestamp = known->second;
  }
  return timed;
}

}  // namespace layercast::scene
