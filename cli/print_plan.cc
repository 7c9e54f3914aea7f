// SPDX-License-Identifier: Apache-2.0
#include "cli/print_plan.h"

#include <fmt/format.h>

#include "cli/notices.h"
#include "cli/values.h"
#include "portsweep/base/numbers.h"
#include "portsweep/report/json_object.h"

namespace portsweep::cli {
namespace {

std::string targets_text(const PlanSummary& plan) {
  std::string text = grouped(plan.targets) + (plan.targets == 1 ? " address" : " addresses");
  if (plan.in_ranges > 0 && plan.singles > 0) text += fmt::format(", {} of them in ranges", grouped(plan.in_ranges));
  if (plan.public_targets > 0) text += fmt::format(", {} of them public", grouped(plan.public_targets));
  if (plan.names > 0)
    text += fmt::format("; and {} {}, not looked up", grouped(plan.names), plan.names == 1 ? "name" : "names");
  if (plan.refused > 0) text += fmt::format("; {} that can never be targets left out", grouped(plan.refused));
  return text;
}

std::string probes_text(const PlanSummary& plan) {
  const std::string most = grouped(plan.probes_most);
  if (plan.probes_least == plan.probes_most) return most;
  return fmt::format("{} if no host of a range answers, at most {}", grouped(plan.probes_least), most);
}

// "a port that stays silent is tried 4 times, or up to 16 times where packets are lost"
std::string tries_text(const PlanSummary& plan) {
  std::string text = "a port that stays silent is tried ";
  text += plan.tries == 1 ? "once" : fmt::format("{} times", plan.tries);
  if (plan.tries_most > plan.tries) text += fmt::format(", or up to {} times where packets are lost", plan.tries_most);
  return text;
}

// What bounds the rate: workers that wait, or a number.
std::string worst_text(const PlanSummary& plan) {
  const std::string time = rough_time(plan.worst.time) + " at most, if everything is silent";
  const double unbounded = static_cast<double>(plan.worst.workers) / seconds_of(plan.timeout);
  if (plan.worst.workers == 0 || plan.worst.rate < unbounded) {
    return fmt::format("{}, at {} probes a second", time, rate_text(plan.worst.rate));
  }
  if (plan.worst.workers == 1) return fmt::format("{}: one probe waits {} at a time", time, to_text(plan.timeout));
  return fmt::format("{}: {} probes wait {} at a time", time, grouped(plan.worst.workers), to_text(plan.timeout));
}

}  // namespace

std::string plan_text(const PlanSummary& plan) {
  std::string text;
  const auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{:<10}{}\n", name, value);
  };
  line("targets", targets_text(plan));
  line("ports", grouped(plan.ports) + " per host: " +
                    (plan.port_list.size() <= 80 ? plan.port_list : plan.port_list.substr(0, 77) + "..."));
  if (plan.discovery_ports > 0 && plan.discovery_ports < plan.ports) {
    line("discovery",
         fmt::format("of ranges, by the {} most popular of these ports; silent hosts are not swept (-Pn to sweep)",
                     plan.discovery_ports));
  }
  line("probes", probes_text(plan) + "; " + tries_text(plan));
  if (plan.miss)
    line("miss", fmt::format("a port is called filtered if the chance of a miss is below {}", to_text(*plan.miss)));
  line("engine", plan.engine);
  line("time", worst_text(plan));
  if (plan.needs_confirmation) line("confirm", fmt::format("a scan needs --confirm-targets {}", plan.targets));
  line("plan", plan.plan_id);
  text += "Nothing was sent.\n";
  return text;
}

std::string plan_json(const PlanSummary& plan) {
  std::string text;
  JsonObject object(text);
  object.text("type", "plan").number("schema", 1).text("plan_id", plan.plan_id).number("targets", plan.targets);
  object.number("singles", plan.singles).number("in_ranges", plan.in_ranges).number("names", plan.names);
  object.number("public_targets", plan.public_targets).number("addresses_refused", plan.refused);
  object.number("ports", plan.ports).text("port_list", plan.port_list).number("discovery_ports", plan.discovery_ports);
  object.number("probes_least", plan.probes_least).number("probes_most", plan.probes_most).number("tries", plan.tries);
  object.number("tries_most", plan.tries_most).real("miss", plan.miss);
  object.text("engine", plan.engine).seconds("timeout_s", plan.timeout);
  if (plan.worst.workers > 0) object.number("workers", plan.worst.workers);
  object.real("rate", plan.worst.rate).seconds("time_most_s", plan.worst.time);
  object.boolean("needs_confirmation", plan.needs_confirmation);
  object.end();
  return text + "\n";
}

}  // namespace portsweep::cli
