#include "media/sound/audio_track.h"

#include "media/sound/audio_reader.h"

#include <utility>

namespace layercast::media {
namespace {

base::Result<std::unique_ptr<AudioTrack>> open_in_process(const std::string& path,
                                                          AudioOrigin origin) {
  TRY(auto reader, AudioReader::open(path, origin));
  return std::unique_ptr<AudioTrack>(std::move(reader));
}

AudioFiles& current_files() {
  static AudioFiles files{open_in_process, video_length};
  return files;
}

}  // namespace

const AudioFiles& audio_files() { return current_files(); }

void set_audio_files(AudioFiles files) { current_files() = std::move(files); }

}  // namespace layercast::media
