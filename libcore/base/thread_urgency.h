#pragma once

namespace layercast::base {

/// How soon a thread is wanted when there is more to do than processors.
enum class Urgency {
  kFrames,    ///< a frame is due: as the process was started
  kEncoding,  ///< a little behind that
  kRest,      ///< whatever can wait a few milliseconds
};

/// The calling thread, and those that it starts from now on, let more urgent ones go first. There
/// is no way back without rights that few processes have: threads are started from the most urgent
/// one down. Source: sched(7), "Autogroup" and nice values, which Linux keeps for each thread.
void set_urgency(Urgency urgency);

}  // namespace layercast::base
