// SPDX-License-Identifier: Apache-2.0
//
// Child: runs a program as a test needs it and says all that came of it: exit code, what it wrote, how long it took,
// how much memory. Everything about the process can be bent first: descriptors closed or full, limits, environment,
// network namespace, user, and signals that are sent when a condition on what has been written so far holds (never
// after a mere time).
//
// run() blocks, at most until the deadline; then the child, and nothing else, is killed. Needs Linux (pidfd).
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "portsweep/base/time.h"

namespace portsweep {

struct Outcome {
  int exit = -1;    // the exit code; 128 + the number if a signal ended it
  int signal = 0;   // the signal that ended it
  std::string out;  // standard output
  std::string err;  // standard error
  Duration elapsed{};
  std::size_t max_rss_kib = 0;
  bool timed_out = false;
};

class Child {
 public:
  using Condition = std::function<bool(const Outcome& so_far)>;
  using Action = std::function<void(int pid)>;

  // argv[0] is looked up in PATH, unless program() names what to run.
  explicit Child(std::vector<std::string> argv) : argv_(std::move(argv)) {}

  Child& program(std::string path) { return program_ = std::move(path), *this; }
  // Default: an empty standard input.
  Child& input(std::string bytes) { return input_ = std::move(bytes), *this; }
  // 0, 1 or 2.
  Child& close_descriptor(int fd) { return closed_.push_back(fd), *this; }
  Child& output_to(std::string path) { return output_path_ = std::move(path), *this; }
  // Goes away from the other end of standard output once so many bytes have come.
  Child& stop_reading_after(std::size_t bytes) { return read_at_most_ = bytes, *this; }
  // Reads no more of standard output once so many bytes have come, but stays: the child's writes block.
  Child& pause_reading_after(std::size_t bytes) { return pause_at_ = bytes, *this; }
  Child& error_on_terminal() { return terminal_ = true, *this; }
  Child& set(const std::string& name, std::string value) { return environment_[name] = std::move(value), *this; }
  Child& unset(const std::string& name) { return environment_[name] = std::nullopt, *this; }
  Child& limit(int resource, rlim_t most) { return limits_.push_back({resource, most}), *this; }
  Child& in_directory(std::string path) { return directory_ = std::move(path), *this; }
  // By ip-netns(8), which also brings /etc/netns/NAME/ into place.
  Child& in_namespace(std::string name) { return namespace_ = std::move(name), *this; }
  // As this user, who has no group but one of the same number. The program must be one that user may run.
  Child& as_user(uid_t user) { return user_ = user, *this; }
  Child& deadline(Duration longest) { return deadline_ = longest, *this; }
  // Something is done once, when a condition holds. Several are done one after the other.
  Child& do_when(Action action, Condition condition) {
    return actions_.push_back({std::move(action), std::move(condition)}), *this;
  }
  Child& signal_when(int signal, Condition condition);

  Outcome run() const;

 private:
  struct Limit {
    int resource;
    rlim_t most;
  };
  struct PendingAction {
    Action action;
    Condition condition;
  };
  struct Pipes;
  struct Words;

  bool paused(const Outcome& so_far) const { return pause_at_ && so_far.out.size() >= *pause_at_; }
  Words words() const;
  [[noreturn]] void become(const Words& words, Pipes& pipes) const;
  void attend(int pid, int pidfd, Pipes& pipes, Outcome& outcome) const;

  std::vector<std::string> argv_;
  std::string program_;
  std::string input_;
  std::vector<int> closed_;
  std::string output_path_;
  std::optional<std::size_t> read_at_most_;
  std::optional<std::size_t> pause_at_;
  bool terminal_ = false;
  std::map<std::string, std::optional<std::string>> environment_;
  std::vector<Limit> limits_;
  std::string directory_;
  std::string namespace_;
  Duration deadline_ = 30s;
  std::optional<uid_t> user_;
  std::vector<PendingAction> actions_;
};

// For failures.
inline std::ostream& operator<<(std::ostream& stream, const Outcome& outcome) {
  constexpr std::size_t kShown = 1500;
  return stream << "exit " << outcome.exit << (outcome.timed_out ? " (killed at its deadline)" : "")
                << "\nstdout: " << outcome.out.substr(0, kShown) << "\nstderr: " << outcome.err.substr(0, kShown);
}

// A condition: the child has written this.
inline Child::Condition has_printed(std::string text) {
  return [text = std::move(text)](const Outcome& so_far) { return so_far.out.find(text) != std::string::npos; };
}

}  // namespace portsweep
