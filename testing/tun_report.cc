// SPDX-License-Identifier: Apache-2.0
#include "testing/tun_report.h"

#include "portsweep/report/json_object.h"

namespace portsweep {
namespace {

std::uint64_t microseconds(Duration duration) { return static_cast<std::uint64_t>(duration / 1us); }

void write_received(JsonObject& into, const TunCounters& tun) {
  JsonObject object = into.object("received");
  object.number("packets", tun.packets)
      .number("syns", tun.syns)
      .number("peak_syns_per_s", tun.peak_syns)
      .number("handshakes", tun.handshakes)
      .number("fins", tun.fins)
      .number("resets", tun.resets)
      .number("stray", tun.stray)
      .number("malformed", tun.malformed)
      .number("bad_checksum", tun.bad_checksum)
      .number("not_tcp", tun.not_tcp)
      .number("elsewhere", tun.elsewhere);
  object.end();
}

void write_targets(JsonObject& into, const TunReport& report) {
  JsonObject object = into.object("targets");
  object.number("syns", report.targets.syns)
      .number("peak_syns_per_s", report.targets.peak_syns)
      .number("connections", report.targets.connections)
      .number("live", report.live);
  object.end();
}

void write_dropped(JsonObject& into, const DropCounters& dropped) {
  JsonObject object = into.object("dropped");
  object.number("send_queue", dropped.send_queue)
      .number("receive_ring", dropped.receive_ring)
      .number("syn_loss", dropped.syn_loss)
      .number("answer_loss", dropped.answer_loss)
      .number("port_loss", dropped.port_loss)
      .number("bursts", dropped.bursts)
      .number("flows", dropped.flows)
      .number("syn_queue", dropped.syn_queue)
      .number("answer_queue", dropped.answer_queue)
      .number("policer", dropped.policer)
      .number("rst_limit", dropped.rst_limit)
      .number("ban", dropped.ban)
      .number("backlog", dropped.backlog);
  object.end();
}

void write_sent(JsonObject& into, const TunCounters& tun) {
  JsonObject object = into.object("sent");
  object.number("syn_acks", tun.syn_acks_sent)
      .number("resets", tun.resets_sent)
      .number("errors", tun.errors_sent)
      .number("others", tun.others_sent);
  object.end();
}

void write_responder(JsonObject& into, const TunReport& report) {
  JsonObject object = into.object("responder");
  object.number("latest_us", microseconds(report.tun.latest))
      .number("sent_late", report.tun.late)
      .number("longest_backlog_us", microseconds(report.longest_backlog))
      .number("read_late", report.read_late)
      .number("refused_by_kernel", report.refused_by_kernel);
  if (report.lost_by_device) {
    object.number("lost_by_device", *report.lost_by_device);
  } else {
    object.null("lost_by_device");
  }
  object.boolean("bottleneck", report.was_bottleneck());
  object.end();
}

}  // namespace

bool TunReport::was_bottleneck() const {
  constexpr std::uint64_t kMostLate = 100;  // one in so many
  const bool lost = refused_by_kernel > 0 || lost_by_device.value_or(0) > 0;
  return lost || tun.late > tun.sent() / kMostLate || read_late > tun.packets / kMostLate;
}

std::string to_json(const TunReport& report) {
  std::string text;
  JsonObject object(text);
  object.number("seed", report.seed);
  write_received(object, report.tun);
  write_targets(object, report);
  write_dropped(object, report.dropped);
  write_sent(object, report.tun);
  write_responder(object, report);
  object.end();
  return text;
}

}  // namespace portsweep
