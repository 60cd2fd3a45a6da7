#pragma once

#include "tools/common/log.h"

#include <memory>

namespace layercast::tools {

/// The descriptor for messages and the progress line: that of stderr, also while a LibraryOutput
/// exists. Thread: any.
int message_descriptor();

/// While it lives, lines that a library writes to stderr become messages of the log, at level
/// debug. Some libraries (SVT-AV1, libsrt, fontconfig, GLib) write there by themselves, in a format
/// of their own and whatever the level.
/// When the process aborts, the last lines go to stderr unchanged: they may contain the reason.
/// Thread: the main one, before others start; one at a time. It starts a thread that blocks all
/// signals.
class LibraryOutput {
 public:
  /// Does nothing when stderr is closed. Ownership: `log` must outlive it.
  explicit LibraryOutput(const Log& log);
  ~LibraryOutput();
  LibraryOutput(const LibraryOutput&) = delete;
  LibraryOutput& operator=(const LibraryOutput&) = delete;

 private:
  class Redirection;
  std::unique_ptr<Redirection> redirection_;
};

}  // namespace layercast::tools
