#pragma once

namespace layercast::base {

/// The scheduling priority of a thread when there are more threads to run than processors.
enum class Urgency {
  kFrames,    ///< renders frames: nice value 0, the default of a process
  kEncoding,  ///< encodes and decodes: nice value 4
  kRest,      ///< work that can wait a few milliseconds: nice value 8
};

/// Raises the nice value of the calling thread to that of `urgency`, also for the threads that it
/// starts from now on; a thread that has a higher nice value already keeps it. Only a privileged
/// process can lower a nice value again, so start threads from the most urgent one down.
/// Thread: any; affects the calling thread only.
/// Source: sched(7), "Autogroup" and nice values, which Linux keeps for each thread.
void set_urgency(Urgency urgency);

}  // namespace layercast::base
