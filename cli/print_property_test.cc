// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck/gtest.h>

#include "cli/lexer.h"
#include "cli/print.h"

namespace portsweep::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) c == '\n' ? lines.emplace_back() : lines.back() += c;
  return lines;
}

// The caret stands under the first column of the marked byte whatever the bytes are and wherever the window is.
RC_GTEST_PROP(DescribedError, PutsTheCaretUnderItsByte, (const std::string& before, const std::string& after)) {
  RC_PRE(before.find('!') == std::string::npos && after.find('!') == std::string::npos);
  const auto lines = lines_of(describe(Error::usage("bad").with_caret({before + "!" + after, before.size(), 1})));
  RC_ASSERT(lines.size() == 4U);
  RC_ASSERT(lines[1].size() <= 100U);
  RC_ASSERT(lines[1].find('!') == lines[2].find('^'));
}

RC_GTEST_PROP(DescribedError, IsPrintable, (const std::string& message, const std::string& text, unsigned offset)) {
  for (const char c : describe(Error::usage(message).with_caret({text, offset, offset}).with_hint(text))) {
    RC_ASSERT(c == '\n' || (c >= ' ' && c <= '~'));
  }
}

RC_GTEST_PROP(Lexer, IsTotal, (const std::vector<std::string>& words)) {
  std::vector<std::string_view> views;
  for (const std::string& word : words) views.push_back(word);
  const auto tokens = lex(views);
  if (tokens) RC_ASSERT(tokens->size() <= 64 * (words.size() + 1) * 64);
}

// Behind "--" every word is a plain word, as it is.
RC_GTEST_PROP(Lexer, KeepsWordsBehindTwoDashes, (const std::vector<std::string>& words)) {
  std::vector<std::string_view> views{"--"};
  for (const std::string& word : words) views.push_back(word);
  const auto tokens = lex(views);
  RC_ASSERT(tokens.has_value());
  RC_ASSERT(tokens->size() == words.size());
  for (std::size_t i = 0; i < words.size(); ++i) RC_ASSERT(tokens->at(i).value == words[i]);
}

}  // namespace
}  // namespace portsweep::cli
