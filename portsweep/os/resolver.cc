// SPDX-License-Identifier: Apache-2.0
#include "portsweep/os/resolver.h"

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "portsweep/os/sockaddr.h"
#include "portsweep/os/system_error.h"

namespace portsweep {

bool is_localhost(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name == "localhost" || name.ends_with(".localhost");
}

namespace {

Resolution look_up(const std::string& name) {
  Resolution result{name, {}, {}};
  if (is_localhost(name)) {
    result.addresses = {Address::v4(0x7f000001), Address::v6(1)};
    return result;
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int error = getaddrinfo(name.c_str(), nullptr, &hints, &first); error != 0) {
    result.why = gai_strerror(error);
    return result;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(first, &freeaddrinfo);
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    const Address address = from_sockaddr(entry->ai_addr);
    if (std::find(result.addresses.begin(), result.addresses.end(), address) != result.addresses.end()) continue;
    if (result.addresses.size() == SystemResolver::kMostAddresses) break;
    result.addresses.push_back(address);
  }
  if (result.addresses.empty()) result.why = "it has no address";
  return result;
}

// Shared by the caller and the look-up threads; it outlives whichever ends last.
struct Work {
  std::mutex mutex;
  std::condition_variable finished;
  std::vector<Resolution> results;
  std::size_t next = 0;
  std::size_t done = 0;
  bool abandoned = false;
};

void run(const std::shared_ptr<Work>& work) {
  std::unique_lock lock(work->mutex);
  while (!work->abandoned && work->next < work->results.size()) {
    const std::size_t mine = work->next++;
    const std::string name = work->results[mine].name;
    lock.unlock();
    Resolution result = look_up(name);
    lock.lock();
    if (!work->abandoned) work->results[mine] = std::move(result);
    ++work->done;
    work->finished.notify_one();
  }
}

}  // namespace

std::vector<Resolution> SystemResolver::resolve(std::span<const std::string> names, Duration limit) {
  const auto work = std::make_shared<Work>();
  for (const std::string& name : names) work->results.push_back({name, {}, "no answer in time"});
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min<std::size_t>(kThreads, names.size()); ++i) {
    try {
      threads.emplace_back([work] { run(work); });
    } catch (const std::system_error& error) {
      if (i > 0) break;  // go on with the threads there are
      for (Resolution& result : work->results) result.why = errno_text(error.code().value());
      return std::move(work->results);
    }
  }
  std::unique_lock lock(work->mutex);
  const bool all = work->finished.wait_for(lock, limit, [&] { return work->done == work->results.size(); });
  work->abandoned = true;
  std::vector<Resolution> results = std::move(work->results);
  lock.unlock();
  for (std::thread& thread : threads) all ? thread.join() : thread.detach();
  return results;
}

}  // namespace portsweep
