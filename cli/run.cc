// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <sys/random.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "cli/completions.h"
#include "cli/exit_codes.h"
#include "cli/help.h"
#include "cli/make_engine.h"
#include "cli/man_page.h"
#include "cli/notices.h"
#include "cli/parse.h"
#include "cli/print.h"
#include "cli/print_plan.h"
#include "cli/progress.h"
#include "cli/resolve.h"
#include "portsweep/app/plan_summary.h"
#include "portsweep/app/reporter.h"
#include "portsweep/app/scan.h"
#include "portsweep/base/version.h"
#include "portsweep/os/interfaces.h"
#include "portsweep/os/routes.h"
#include "portsweep/os/standard_streams.h"
#include "portsweep/os/stdout_stream.h"
#include "portsweep/os/stop_signals.h"
#include "portsweep/os/system_error.h"
#include "portsweep/os/write_all.h"

namespace portsweep::cli {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// Standard error is for people: a failure to write there is not worth another word.
void complain(std::string_view text) {
  [[maybe_unused]] const auto outcome = write_all(STDERR_FILENO, text, "standard error");
}

int fail(const Error& error) {
  complain(describe(error));
  return number_of(exit_code(error.kind()));
}

Error output_is_closed() { return Error::environment("standard output is closed"); }

int print(const StandardStreams& streams, std::string_view text) {
  if (streams.output_closed) return fail(output_is_closed());
  StdoutStream out;
  if (const auto written = out.write(text); !written) return fail(written.error());
  if (const auto finished = out.finish(); !finished) return fail(finished.error());
  return number_of(ExitCode::kDone);
}

// A CHECK that does not hold ends in abort(): exit code 5, so that scripts can tell our bugs from their own.
void exit_on_abort() {
  std::signal(SIGABRT, [](int) { _exit(number_of(ExitCode::kBug)); });
}

// Tells people on the terminal how it goes.
class Teller final : public ScanObserver {
 public:
  explicit Teller(const Talk& talk)
      : quiet_(talk.quiet), line_(talk.quiet || !talk.progress.value_or(true) ? -1 : STDERR_FILENO) {}

  void on_notice(const Notice& notice) override {
    if (quiet_) return;
    line_.clear();
    complain("portsweep: " + word(notice) + "\n");
  }
  void on_progress(const ScanProgress& progress) override {
    if (!line_.active() || progress.elapsed < kQuietStart || progress.elapsed - drawn_ < kRedraw) return;
    const double done_s = seconds_of(progress.elapsed - drawn_);
    const double rate = static_cast<double>(progress.sent - sent_) / done_s;
    drawn_ = progress.elapsed;
    sent_ = progress.sent;
    std::optional<Duration> eta;
    if (progress.done > 0 && progress.total > 0) {
      const double share = progress.done / static_cast<double>(progress.total);
      eta = Duration(static_cast<std::int64_t>(static_cast<double>(progress.elapsed.count()) * (1 - share) / share));
    }
    line_.draw({static_cast<std::uint64_t>(progress.done), progress.total, progress.open, rate, eta});
  }
  void on_output() override { line_.clear(); }
  void clear() { line_.clear(); }

 private:
  static constexpr Duration kQuietStart = 500ms;  // a short scan needs no progress line
  static constexpr Duration kRedraw = 200ms;

  bool quiet_;
  ProgressLine line_;
  Duration drawn_{};
  std::uint64_t sent_ = 0;
};

Result<Resolved> resolve_here(const RawArgs& raw) {
  SystemFileReader files;
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed) return system_error("no random numbers", errno);
  std::error_code gone;
  const std::string directory = std::filesystem::current_path(gone).string();
  return resolve(raw, {files, read_zones(), formats(), gone ? "/" : directory, seed});
}

int run_scan(const ScanCommand& command, const StandardStreams& streams) {
  const auto resolved = resolve_here(command.raw);
  if (!resolved) return fail(resolved.error());
  if (streams.output_closed && resolved->config.output.stdout_format != nullptr) {
    return fail(output_is_closed().with_hint("> /dev/null, if the results go to a file by -o"));
  }
  std::vector<Notice> notices = resolved->notices;
  SystemResolver resolver;
  const auto targets = find_targets(resolved->config, resolver, read_broadcast_addresses(), notices);
  if (!targets) return fail(targets.error());

  // Until here ^C just ends the process: there is nothing yet to write or to stop.
  const StopSignals signals;
  Teller teller(resolved->talk);
  const RealClock clock;
  const AddressSet own = read_own_addresses();
  ScanWorld world{.clock = clock,
                  .make_engine = [&](const EngineRequest& request,
                                     std::vector<Notice>& said) { return make_engine(request, clock, own, said); },
                  .neighbourhood = read_neighbourhood(),
                  .neighbour_table = read_neighbour_table,
                  .conntrack = read_conntrack,
                  .stop_requested = [&] { return signals.requested(); }};
  auto reporter = Reporter::create(resolved->config.output);
  if (!reporter) return fail(reporter.error());
  const auto exit = scan(resolved->config, *targets, notices, world, teller, *reporter);
  teller.clear();
  return exit ? *exit : fail(exit.error());
}

int run_plan(const PlanCommand& command, const StandardStreams& streams) {
  const auto resolved = resolve_here(command.raw);
  if (!resolved) return fail(resolved.error());
  if (!resolved->config.output.files.empty()) {
    return fail(Error::usage("-o: plan writes no files: it shows the plan on standard output"));
  }
  Teller teller(resolved->talk);
  std::vector<Notice> notices = resolved->notices;
  const auto plan = summarise_plan(resolved->config, read_broadcast_addresses(), notices);
  if (!plan) return fail(plan.error());
  for (const Notice& notice : notices) teller.on_notice(notice);
  const bool json = resolved->config.output.stdout_format->name == "jsonl";
  return print(streams, json ? plan_json(*plan) : plan_text(*plan));
}

}  // namespace

int run(std::span<const char* const> argv) {
  const StandardStreams streams = secure_standard_streams();
  exit_on_abort();
  ignore_write_signals();
  const auto command = parse_command_line(argv);
  if (!command) return fail(command.error());
  return std::visit(Overloaded{
                        [](const Usage&) {
                          complain(short_help(formats()));
                          return number_of(ExitCode::kUsage);
                        },
                        [&](const ShortHelp&) { return print(streams, short_help(formats())); },
                        [&](const LongHelp&) { return print(streams, long_help(formats())); },
                        [&](const Version&) { return print(streams, "portsweep " + std::string(kVersion) + "\n"); },
                        [&](const Man&) { return print(streams, man_page(formats(), kVersion)); },
                        [&](const Completions& which) { return print(streams, completions(which.shell, formats())); },
                        [&](const ScanCommand& scan) { return run_scan(scan, streams); },
                        [&](const PlanCommand& plan) { return run_plan(plan, streams); },
                    },
                    *command);
}

}  // namespace portsweep::cli
