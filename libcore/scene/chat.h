#pragma once

#include "base/time.h"
#include "scene/scene.h"

#include <cstdint>
#include <string>

/// What viewers say: the messages of live chats.
namespace layercast::scene {

/// Messages that do not say when they appear appear at `now`. Nothing for other contents.
void stamp_messages(Content& content, base::Duration now);

/// Messages of `after` that do not say when they appear appear as those with their ids in `before`.
void keep_timestamps(const Content& before, Content& after);

/// `content`, its messages without the timestamps that `wanted` leaves open.
Content with_open_timestamps(Content content, const Content& wanted);

/// An id that no message of the chat has: `m-` and `number`, or something longer.
std::string free_message_id(const ChatContent& chat, int64_t number);

/// Adds a message: one without a timestamp as the newest, another in the order of timestamps. It
/// takes the place of the one with its id, whose timestamp it keeps unless it has one. Of more than
/// `max_messages` the oldest go.
void add_message(ChatContent& chat, ChatMessage message);

/// Chats in `to` that are in `from` too, by the ids of their layers, go on with its messages: a
/// scene file says how a live chat looks, not what has been said.
void keep_what_was_said(const Scene& from, Scene& to);

}  // namespace layercast::scene
