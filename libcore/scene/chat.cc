#include "scene/chat.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

base::Duration time_of(const ChatMessage& message) {
  return message.timestamp.value_or(base::Duration{});
}

}  // namespace

void stamp_messages(Content& content, base::Duration now) {
  auto* chat = std::get_if<ChatContent>(&content);
  if (chat == nullptr) return;
  for (ChatMessage& message : chat->messages) {
    if (!message.timestamp) message.timestamp = now;
  }
}

void keep_timestamps(const Content& before, Content& after) {
  const auto* old_chat = std::get_if<ChatContent>(&before);
  auto* chat = std::get_if<ChatContent>(&after);
  if (old_chat == nullptr || chat == nullptr) return;
  std::unordered_map<std::string_view, const ChatMessage*> known;
  for (const ChatMessage& message : old_chat->messages) known[message.id] = &message;
  for (ChatMessage& message : chat->messages) {
    const auto old = known.find(message.id);
    if (!message.timestamp && old != known.end()) message.timestamp = old->second->timestamp;
  }
}

Content with_open_timestamps(Content content, const Content& wanted) {
  auto* chat = std::get_if<ChatContent>(&content);
  const auto* wanted_chat = std::get_if<ChatContent>(&wanted);
  if (chat == nullptr || wanted_chat == nullptr) return content;
  std::unordered_map<std::string_view, const ChatMessage*> known;
  for (const ChatMessage& message : wanted_chat->messages) known[message.id] = &message;
  for (ChatMessage& message : chat->messages) {
    const auto same = known.find(message.id);
    if (same != known.end() && !same->second->timestamp) message.timestamp.reset();
  }
  return content;
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

void add_message(ChatContent& chat, ChatMessage message) {
  auto& all = chat.messages;
  const auto known = std::ranges::find(all, message.id, &ChatMessage::id);
  if (known != all.end()) {
    if (!message.timestamp) message.timestamp = known->timestamp;
    if (message.timestamp == known->timestamp) {
      *known = std::move(message);
      return;
    }
    all.erase(known);
  }
  const auto place =
      message.timestamp ? std::ranges::upper_bound(all, time_of(message), {}, time_of) : all.end();
  all.insert(place, std::move(message));
  const auto most = static_cast<size_t>(chat.max_messages);
  if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<ptrdiff_t>(most));
}

void keep_what_was_said(const Scene& from, Scene& to) {
  for (Layer& layer : to.layers) {
    auto* chat = std::get_if<ChatContent>(&layer.content);
    const auto old = std::ranges::find(from.layers, layer.id, &Layer::id);
    if (chat == nullptr || old == from.layers.end()) continue;
    const auto* old_chat = std::get_if<ChatContent>(&old->content);
    if (old_chat != nullptr) chat->messages = old_chat->messages;
  }
}

}  // namespace layercast::scene
