#pragma once

#include "base/time.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <cstdint>
#include <string>
#include <vector>

/// The messages of live chats.
namespace layercast::scene {

/// The run states of the messages of `after`, which replaces `before` at `now`: a message that
/// names no time appears when the one with its id in `before` did, or else at `now`. None for
/// contents other than chats.
std::vector<MessageRun> message_runs_after(const Content& before,
                                           const std::vector<MessageRun>& runs,
                                           const Content& after, base::Duration now);

/// An id that no message of the chat has: `m-` and `number`, or something longer.
std::string free_message_id(const ChatContent& chat, int64_t number);

/// Adds a message: one without a timestamp as the newest, which appears at `now`, another in the
/// order of the times at which messages appear. It replaces the message with its id, and keeps its
/// time unless it names one. Of more than `max_messages` the oldest are removed. `runs`: those of
/// the chat's messages.
void add_message(ChatContent& chat, std::vector<MessageRun>& runs, ChatMessage message,
                 base::Duration now);

/// Chats in `to` that are in `from` too, by the ids of their layers, keep the messages of `from`: a
/// scene file says how a live chat looks, not what was said in it.
void keep_messages(const Scene& from, Scene& to);

}  // namespace layercast::scene
