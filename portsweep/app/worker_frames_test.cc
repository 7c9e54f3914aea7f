// SPDX-License-Identifier: Apache-2.0
#include "portsweep/app/worker_frames.h"

#include <gtest/gtest.h>

#include "portsweep/base/rng.h"

namespace portsweep {
namespace {

std::vector<WorkerFrame> read_all(FrameReader& reader) {
  std::vector<WorkerFrame> frames;
  for (;;) {
    auto next = reader.next();
    if (!next || !*next) return frames;
    frames.push_back(std::move(**next));
  }
}

std::vector<Decision> decisions(std::size_t count) {
  std::vector<Decision> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back({.index = UINT64_MAX - i,
                   .rtt_us = static_cast<std::uint32_t>(UINT32_MAX - i),
                   .reason = static_cast<Reason>(i % kReasonCount),
                   .tries = static_cast<std::uint8_t>(i % 17),
                   .from_target = i % 2 == 1});
  }
  return all;
}

bool same(const Decision& a, const Decision& b) {
  return a.index == b.index && a.rtt_us == b.rtt_us && a.reason == b.reason && a.tries == b.tries &&
         a.from_target == b.from_target;
}

std::string one_of_each() {
  std::string bytes;
  encode_report(7, 3, decisions(40), bytes);
  encode(WorkerTrouble{Reason::kNoDescriptors}, bytes);
  encode(WorkerFailure{"why"}, bytes);
  encode(WorkerDone{}, bytes);
  return bytes;
}

TEST(WorkerFrames, ComeBackAsTheyWere) {
  FrameReader reader;
  reader.add(one_of_each());
  const auto frames = read_all(reader);
  ASSERT_EQ(frames.size(), 4U);
  const auto& report = std::get<WorkerReport>(frames[0]);
  EXPECT_EQ(report.sent, 7U);
  EXPECT_EQ(report.silences, 3U);
  EXPECT_TRUE(std::equal(report.decisions.begin(), report.decisions.end(), decisions(40).begin(), same));
  EXPECT_EQ(report.decisions.size(), 40U);
  EXPECT_EQ(std::get<WorkerTrouble>(frames[1]).reason, Reason::kNoDescriptors);
  EXPECT_EQ(std::get<WorkerFailure>(frames[2]).why, "why");
  EXPECT_TRUE(std::holds_alternative<WorkerDone>(frames[3]));
}

TEST(WorkerFrames, ComeBackHoweverTheBytesArrive) {
  const std::string bytes = one_of_each();
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    FrameReader reader;
    std::size_t frames = 0;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
      reader.add(std::string_view(bytes).substr(i, piece));
      frames += read_all(reader).size();
    }
    ASSERT_EQ(frames, 4U) << "in pieces of " << piece;
  }
}

TEST(WorkerFrames, AReportTooLongForOneFrameBecomesSeveral) {
  std::string bytes;
  encode_report(1, 0, decisions(10'000), bytes);
  FrameReader reader;
  reader.add(bytes);
  std::size_t count = 0;
  for (const WorkerFrame& frame : read_all(reader)) count += std::get<WorkerReport>(frame).decisions.size();
  EXPECT_EQ(count, 10'000U);
}

TEST(WorkerFrames, AnEmptyReportIsOne) {
  std::string bytes;
  encode_report(1, 0, {}, bytes);
  FrameReader reader;
  reader.add(bytes);
  EXPECT_EQ(read_all(reader).size(), 1U);
}

TEST(WorkerFrames, NonsenseIsAnError) {
  using namespace std::string_literals;
  for (const std::string& bytes : {
           "\0\0\0\0"s,                                            // no kind
           "\xff\xff\xff\xff"s,                                    // longer than a frame may be
           "\1\0\0\0\0"s,                                          // no such kind
           "\1\0\0\0\5"s,                                          // no such kind
           "\1\0\0\0\1"s,                                          // a report without its head
           "\x12\0\0\0\1"s + std::string(17, '\0'),                // a report with half a decision
           "\1\0\0\0\2"s,                                          // a trouble without reason
           "\2\0\0\0\2"s + static_cast<char>(kReasonCount),        // no such reason
           "\2\0\0\0\4x"s,                                         // an end that goes on
           "\x20\0\0\0\1"s + std::string(28, '\0') + "\xff\0\0"s,  // a decision for no reason
           "\x20\0\0\0\1"s + std::string(28, '\0') + "\0\0\2"s,    // neither up nor not
       }) {
    FrameReader reader;
    reader.add(bytes);
    EXPECT_FALSE(reader.next()) << testing::PrintToString(bytes);
  }
}

TEST(WorkerFrames, WhateverComesIsReadOrRefused) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SplitMix64 random(seed);
    std::string bytes = one_of_each();
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    FrameReader reader;
    reader.add(bytes);
    EXPECT_LE(read_all(reader).size(), bytes.size() / 5) << "seed " << seed;
  }
}

}  // namespace
}  // namespace portsweep
