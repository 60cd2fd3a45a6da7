#include "media/av/libav.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstring>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

constexpr size_t kLinesMax = 8;
constexpr std::string_view kConnected = "Successfully connected to ";
constexpr std::string_view kConnecting = "Starting connection attempt to ";

// Per thread, so that concurrent encodings do not receive each other's messages.
thread_local std::string unfinished_line;
thread_local std::vector<LibraryLog::Line> kept_lines;
thread_local int connection_count = 0;
thread_local const ConnectionJudge* present_judge = nullptr;
thread_local std::optional<std::string> first_refused;

std::string origin_of(void* source) {
  if (source == nullptr) return {};
  const AVClass* kind = *static_cast<AVClass**>(source);
  return kind == nullptr || kind->item_name == nullptr ? std::string() : kind->item_name(source);
}

// The name that the TLS layer holds against the certificate.
std::string host_of(void* source) {
  uint8_t* host = nullptr;
  if (av_opt_get(source, "verifyhost", AV_OPT_SEARCH_CHILDREN, &host) < 0) return {};
  std::string text = host == nullptr ? "" : reinterpret_cast<const char*>(host);
  av_free(host);
  return text;
}

// Without reading the rest: most messages are for debugging, and there are many of them.
bool begins(const char* format, std::string_view beginning) {
  return std::strncmp(format, beginning.data(), beginning.size()) == 0;
}

// The library only warns of HTTP errors.
bool is_http_error(int level, const char* format) {
  return level == AV_LOG_WARNING && begins(format, "HTTP error");
}

// `Starting connection attempt to ADDRESS port PORT`, before the attempt.
void judge_connection(void* source, int level, const char* format, va_list arguments) {
  if (present_judge == nullptr || first_refused) return;
  std::array<char, 256> text{};
  int print_prefix = 0;
  av_log_format_line2(source, level, format, arguments, text.data(), static_cast<int>(text.size()),
                      &print_prefix);
  std::string_view address = text.data();
  address.remove_prefix(std::min(kConnecting.size(), address.size()));
  const std::string found(address.substr(0, address.find(" port ")));
  if (!(*present_judge)(found)) first_refused = found;
}

void keep_line(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) {
    if (begins(format, kConnecting)) judge_connection(source, level, format, arguments);
    if (begins(format, kConnected)) ++connection_count;
    if (!is_http_error(level, format)) return;
  }
  std::array<char, 1024> text{};
  int print_prefix = 0;  // the prefix contains an address
  const int length = av_log_format_line2(source, level, format, arguments, text.data(),
                                         static_cast<int>(text.size()), &print_prefix);
  unfinished_line += text.data();
  const bool is_cut_off = length >= static_cast<int>(text.size());
  if (!unfinished_line.ends_with('\n') && !is_cut_off) return;
  unfinished_line.erase(std::min(unfinished_line.find('\n'), unfinished_line.size()));
  if (unfinished_line.ends_with('.')) unfinished_line.pop_back();
  if (!unfinished_line.empty() && kept_lines.size() < kLinesMax) {
    LibraryLog::Line line{origin_of(source), unfinished_line, {}};
    if (line.origin == "tls") line.host = host_of(source);
    kept_lines.push_back(std::move(line));
  }
  unfinished_line.clear();
}

bool is_system_error(int result) {
  // The library's own codes are four characters, far below any error number.
  return result < 0 && result > -4096 && result != AVERROR(EINVAL) && result != AVERROR(ENOSYS);
}

std::string text_of(int result) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(result, text.data(), text.size());
  return text.data();
}

}  // namespace

void LibavDelete::operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
void LibavDelete::operator()(AVFormatContext* context) const { avformat_close_input(&context); }
void LibavDelete::operator()(AVFrame* frame) const { av_frame_free(&frame); }
void LibavDelete::operator()(AVPacket* packet) const { av_packet_free(&packet); }
void LibavDelete::operator()(SwrContext* context) const { swr_free(&context); }
void LibavDelete::operator()(SwsContext* context) const { sws_freeContext(context); }

LibavFramePtr new_frame() {
  LibavFramePtr frame(av_frame_alloc());
  LAYERCAST_CHECK(frame != nullptr);
  return frame;
}

PacketPtr new_packet() {
  PacketPtr packet(av_packet_alloc());
  LAYERCAST_CHECK(packet != nullptr);
  return packet;
}

LibraryLog::LibraryLog() : outer_judge_(std::exchange(present_judge, nullptr)) {
  av_log_set_callback(keep_line);
  unfinished_line.clear();
  kept_lines.clear();
  connection_count = 0;
  first_refused.reset();
}

LibraryLog::LibraryLog(const ConnectionJudge& judge) : LibraryLog() {
  if (judge) present_judge = &judge;
}

LibraryLog::~LibraryLog() { present_judge = outer_judge_; }

const std::vector<LibraryLog::Line>& LibraryLog::lines() { return kept_lines; }

// The first message is the cause; later ones come from the callers within the library.
std::string LibraryLog::first_line() { return kept_lines.empty() ? "" : kept_lines.front().text; }

int LibraryLog::connections() { return connection_count; }

const std::optional<std::string>& LibraryLog::refused_address() { return first_refused; }

base::Error transfer_error(int result, std::string_view action, std::string where,
                           base::ErrorCode otherwise) {
  if (is_system_error(result)) return base::io_error(AVUNERROR(result), action, std::move(where));
  if (result != AVERROR_EXIT) return refusal(result, action, std::move(where), otherwise);
  return base::io_error(std::string(action) + ": timed out", std::move(where));
}

base::Error refusal(int result, std::string_view action, std::string where, base::ErrorCode code) {
  const std::string said = LibraryLog::first_line();
  return {code, std::string(action) + ": " + (said.empty() ? text_of(result) : said),
          std::move(where), nullptr};
}

}  // namespace layercast::media
