#include "media/av/libav.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <cstdarg>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

// Per thread, so that concurrent encodings do not receive each other's messages.
thread_local std::string unfinished_line;
thread_local std::string first_error_line;

void keep_line(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  std::array<char, 1024> text{};
  int print_prefix = 0;  // the prefix contains an address
  const int length = av_log_format_line2(source, level, format, arguments, text.data(),
                                         static_cast<int>(text.size()), &print_prefix);
  unfinished_line += text.data();
  const bool is_cut_off = length >= static_cast<int>(text.size());
  if (!unfinished_line.ends_with('\n') && !is_cut_off) return;
  unfinished_line.erase(std::min(unfinished_line.find('\n'), unfinished_line.size()));
  if (unfinished_line.ends_with('.')) unfinished_line.pop_back();
  // The first message is the cause; later ones come from the callers within the library.
  if (first_error_line.empty()) first_error_line = unfinished_line;
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

LibraryLog::LibraryLog() {
  av_log_set_callback(keep_line);
  unfinished_line.clear();
  first_error_line.clear();
}

std::string LibraryLog::first_line() { return first_error_line; }

base::Error transfer_error(int result, std::string_view action, std::string where,
                           base::ErrorCode otherwise) {
  if (is_system_error(result)) return base::io_error(AVUNERROR(result), action, std::move(where));
  if (result != AVERROR_EXIT) return refusal(result, action, std::move(where), otherwise);
  return base::io_error(std::string(action) + ": timed out, the peer accepted no data",
                        std::move(where));
}

base::Error refusal(int result, std::string_view action, std::string where, base::ErrorCode code) {
  const std::string said = LibraryLog::first_line();
  return {code, std::string(action) + ": " + (said.empty() ? text_of(result) : said),
          std::move(where), nullptr};
}

}  // namespace layercast::media
