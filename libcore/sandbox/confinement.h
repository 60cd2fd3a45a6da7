#pragma once

#include "base/error.h"

#include <cstdint>

namespace layercast::sandbox {

/// A mechanism of the kernel that takes rights from a process.
enum class Layer : uint8_t {
  kNoNewPrivileges,  ///< no program that it starts gets more rights
  kResourceLimits,   ///< memory, CPU time, descriptors, no core files
  kNamespaces,       ///< its own user, IPC and host name namespaces; for Reach::kNothing, network
  kLandlock,         ///< no file system
  kSeccomp,          ///< only the system calls of a list
};
inline constexpr int kLayerCount = 5;

/// Such as `seccomp`.
const char* name_of(Layer layer);

/// The layers that are in force for a process.
class Layers {
 public:
  void add(Layer layer) { bits_ |= 1U << static_cast<unsigned>(layer); }
  bool has(Layer layer) const { return (bits_ & 1U << static_cast<unsigned>(layer)) != 0; }
  uint32_t bits() const { return bits_; }
  static Layers of_bits(uint32_t bits);
  bool operator==(const Layers&) const = default;

 private:
  uint32_t bits_ = 0;
};

/// The most that a confined process may use.
struct ResourceLimits {
  int64_t memory_bytes = int64_t{1} << 30;  ///< of its address space
  int64_t cpu_seconds = 10;                 ///< of all its threads
};

/// What a confined process may reach beyond its own descriptors and the known_files.
enum class Reach : uint8_t {
  kNothing,  ///< for decoders of files
  kNetwork,  ///< TCP and UDP over IPv4 and IPv6: for protocols that a library speaks itself
};

/// Moves the process, which has one thread, into namespaces of its own, where the kernel allows it.
/// Returns whether it did.
bool enter_namespaces(Reach reach);

/// Takes from the process, for ever, what a decoder does not need: it may compute, read and write
/// the descriptors that it has, create files in memory and start threads; with Reach::kNetwork, it
/// may also open sockets. It may open the known_files only. A layer that the kernel does not have,
/// or does not allow, is left out.
/// Range: the process has one thread. Returns the layers in force, without kNamespaces.
Layers confine(const ResourceLimits& limits, Reach reach = Reach::kNothing);

}  // namespace layercast::sandbox
