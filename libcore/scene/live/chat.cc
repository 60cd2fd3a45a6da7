#include "scene/live/chat.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

using base::Duration;

// When the message appears, if that is known.
std::optional<Duration> known_time(const ChatMessage& message,
                                   const std::vector<MessageRun>& runs) {
  if (message.timestamp) return message.timestamp;
  const auto run = std::ranges::find(runs, message.id, &MessageRun::id);
  return run == runs.end() ? std::nullopt : std::optional(run->shown_at);
}

void set_time(std::vector<MessageRun>& runs, const std::string& id, std::optional<Duration> time) {
  std::erase_if(runs, [&](const MessageRun& run) { return run.id == id; });
  if (time) runs.push_back({id, *time});
}

}  // namespace

std::vector<MessageRun> message_runs_after(const Content& before,
                                           const std::vector<MessageRun>& runs,
                                           const Content& after, Duration now) {
  const auto* chat = std::get_if<ChatContent>(&after);
  if (chat == nullptr) return {};
  std::unordered_map<std::string_view, Duration> known;
  if (const auto* old = std::get_if<ChatContent>(&before)) {
    const ChatContent timed = timed_chat(*old, {{}, {}, {}, {}, {}, {}, {}, runs});
    for (size_t i = 0; i < timed.messages.size(); ++i) {
      if (timed.messages[i].timestamp) {
        known[old->messages[i].id] = *timed.messages[i].timestamp;
      }
    }
  }
  std::vector<MessageRun> kept;
  for (const ChatMessage& message : chat->messages) {
    if (message.timestamp) continue;
    const auto time = known.find(message.id);
    kept.push_back({message.id, time == known.end() ? now : time->second});
  }
  return kept;
}

std::string free_message_id(const ChatContent& chat, int64_t number) {
  const std::string stem = "m-" + std::to_string(number);
  std::string id = stem;
  for (int i = 2; std::ranges::find(chat.messages, id, &ChatMessage::id) != chat.messages.end();
       ++i) {
    id = stem + "-" + std::to_string(i);
  }
  return id;
}

void add_message(ChatContent& chat, std::vector<MessageRun>& runs, ChatMessage message,
                 Duration now) {
  auto& all = chat.messages;
  const auto time_of = [&](const ChatMessage& each) {
    return known_time(each, runs).value_or(Duration{});
  };
  const auto known = std::ranges::find(all, message.id, &ChatMessage::id);
  if (known != all.end()) {
    if (!message.timestamp) message.timestamp = known->timestamp;
    if (!message.timestamp || message.timestamp == known_time(*known, runs)) {
      if (message.timestamp) set_time(runs, message.id, std::nullopt);
      *known = std::move(message);
      return;
    }
    set_time(runs, message.id, std::nullopt);
    all.erase(known);
  }
  if (message.timestamp) {
    const Duration time = *message.timestamp;
    all.insert(std::ranges::upper_bound(all, time, {}, time_of), std::move(message));
  } else {
    set_time(runs, message.id, now);
    all.push_back(std::move(message));
  }
  const auto most = static_cast<size_t>(chat.max_messages);
  while (all.size() > most) {
    set_time(runs, all.front().id, std::nullopt);
    all.erase(all.begin());
  }
}

void keep_messages(const Scene& from, Scene& to) {
  for (auto& layer : to.layers) {
    const auto old = std::ranges::find(from.layers, layer->id, &Layer::id);
    if (old == from.layers.end()) continue;
    const auto* chat = std::get_if<ChatContent>(&layer->content);
    const auto* old_chat = std::get_if<ChatContent>(&(*old)->content);
    if (chat == nullptr || old_chat == nullptr || chat->messages == old_chat->messages) continue;
    std::get<ChatContent>(layer.edit().content).messages = old_chat->messages;
  }
}

}  // namespace layercast::scene
