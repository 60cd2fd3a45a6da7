#pragma once

#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <string>
#include <vector>

/// The messages of live chats.
namespace layercast::scene {

/// The run states of the messages of `after`, which replaces `before` at `now`. A message without a
/// timestamp keeps the time of the message with its id in `before`, or else appears at `now`. Empty
/// for contents other than chats.
std::vector<MessageRun> message_runs_after(const Content& before,
                                           const std::vector<MessageRun>& runs,
                                           const Content& after, base::Duration now);

/// An id that no message of the chat has: `m-NUMBER`, with a suffix if that is taken.
std::string free_message_id(const ChatContent& chat, int64_t number);

/// Adds a message. One without a timestamp becomes the newest and appears at `now`; another is
/// inserted in the order of appearance. A message with a known id replaces the old one, and keeps
/// its time unless it has a timestamp. Messages beyond `max_messages` are removed, oldest first.
/// `runs`: the run states of the chat's messages.
void add_message(ChatContent& chat, std::vector<MessageRun>& runs, ChatMessage message,
                 base::Duration now);

/// Copies the messages of the chats in `from` to the chats in `to` whose layers have the same ids:
/// a scene file defines the look of a live chat, not its messages.
void keep_messages(const Scene& from, Scene& to);

}  // namespace layercast::scene
