// SPDX-License-Identifier: Apache-2.0
//
// What a worker process does: it sweeps its part of a plan with the sequential engine and tells what comes of it, frame
// by frame (app/worker_frames.h), at least every 50 ms.
#pragma once

#include "portsweep/app/estimate.h"
#include "portsweep/app/scan.h"
#include "portsweep/plan/plan.h"

namespace portsweep {

struct WorkerJob {
  const Plan part;
  WorkerPace pace;
  bool assume_up;  // an earlier stage heard of all its hosts (Sweep::assume_up)
};

// Returns when every probe of the part is decided and told, or when there is no going on: nobody listens, or the engine
// failed, which is told.
void work(const WorkerJob& job, ScanWorld& world, int pipe);

}  // namespace portsweep
