#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "media/helper/media_messages.h"
#include "media/in/live_connection.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The requests to a job that reads a live source, and its answers, which begin as those of
/// media_messages.h. The job may be hostile: the functions that read its answers check every field.
namespace layercast::media {

// ---- Requests -----------------------------------------------------------------------------------

/// Connect to a source. Descriptors: the files of `files`.
struct ConnectMessage {
  std::string source;                        ///< a URL, or a name of `files`
  bool is_limited = false;                   ///< whether `allowed_hosts` apply
  std::vector<std::string> allowed_hosts{};  ///< as SourceHosts::parse() takes them
  std::string ca_file{};                     ///< as TlsTrust
  std::vector<std::string> insecure_hosts{};
  std::vector<std::string> files{};  ///< names that the job may open
};
/// Read the next packet.
struct ReadPacketMessage {};
/// Decode the last packet, unless this is done already, and give one of the pictures or parts of
/// the sound that are ready. A picture is written into a buffer. Descriptors: the buffer, if the
/// job does not have it yet.
struct DecodePacketMessage {
  std::optional<int64_t> lag{};     ///< nanoseconds, as LiveConnection::decode_video()
  std::optional<int64_t> buffer{};  ///< its number
};

using LiveRequest = std::variant<ConnectMessage, ReadPacketMessage, DecodePacketMessage>;

std::string live_request_message(const LiveRequest& request);
/// nullopt: it is no request.
std::optional<LiveRequest> live_request_of(std::string_view bytes);

// ---- Answers ------------------------------------------------------------------------------------

struct LiveHeader {
  Pace pace = Pace::kSender;
  bool has_video = false;
};
std::string live_header_answer(const LiveHeader& header);
/// nullopt: the source has ended.
std::string live_packet_answer(const std::optional<LiveConnection::Packet>& packet);

/// A decoded picture, or a part of the sound.
struct LivePictureAnswer {
  int64_t stamp = 0;  ///< nanoseconds by the sender's clock, as LivePicture
  base::SizeF display_size;
  PicturePlan plan;
  bool is_written = false;  ///< false: it does not fit into the buffer, and is still ready
};
struct LiveSoundAnswer {
  int64_t stamp = 0;             ///< of the first sample
  std::vector<float> samples{};  ///< at most kSamplesMax
};
struct LivePart {
  bool is_last = true;  ///< whether nothing else is ready
  std::variant<std::monostate, LivePictureAnswer, LiveSoundAnswer> content{};
};
std::string live_part_answer(const LivePart& part);

/// The answers, as they are read. Errors: kInternal when a field breaks the rules. Stamps are so
/// small that their sums cannot overflow, sizes are positive, samples are finite pairs.
base::Result<LiveHeader> live_header_of(const MediaAnswer& answer);
base::Result<std::optional<LiveConnection::Packet>> live_packet_of(const MediaAnswer& answer);
base::Result<LivePart> live_part_of(const MediaAnswer& answer);

}  // namespace layercast::media
