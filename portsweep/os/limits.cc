// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/limits.h"

#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>

#include "portsweep/os/kernel_number.h"

namespace portsweep {
namespace {

std::uint64_t open_descriptors() {
  constexpr std::uint64_t kUsual = 8;  // where /proc is not mounted
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"), &closedir);
  if (!directory) return kUsual;
  std::uint64_t count = 0;
  while (readdir(directory.get()) != nullptr) ++count;
  constexpr std::uint64_t kOurs = 3;  // ".", ".." and the directory itself
  return count - std::min(count, kOurs);
}

}  // namespace

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  const std::uint64_t used = open_descriptors();
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

unsigned available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

ConntrackRoom read_conntrack() {
  return {read_kernel_number("/proc/sys/net/netfilter/nf_conntrack_count").value_or(0),
          read_kernel_number("/proc/sys/net/netfilter/nf_conntrack_max").value_or(0)};
}

}  // namespace portsweep
