#pragma once

#include "sandbox/descriptor.h"

#include <string>

namespace layercast::sandbox {

/// The files that a confined process may still open, such as fonts that a library opens by their
/// names: they are opened before, and each open() of such a name gets a copy of the descriptor.
/// confine() lets the kernel send the calls that name files here (SECCOMP_RET_TRAP), to a signal
/// handler. Thread: one at a time, while the process has one thread; the signal handler reads it on
/// any.
namespace known_files {

/// Adds a file that is open for reading, unless its name is known.
void add(std::string path, Descriptor file);

/// Opens the file at `path` and adds it, if it is a regular file that can be read.
void add(const std::string& path);

/// Installs the signal handler. Calls that name other files fail with EACCES.
void answer_calls();

}  // namespace known_files

}  // namespace layercast::sandbox
