// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value or an Error. The member names are std::expected's, so that it can take our place when both
// compilers have it. Result is [[nodiscard]]: a dropped error is a compile error.
//
//   Result<Port> port = parse_port(text);
//   if (!port) return port.error();
//
//   const Port port = TRY(parse_port(text));     // the same; only as a whole initialiser or statement
//   TRY_VOID(file.write(bytes));                 // for Result<void>
//
// Error owns its text. The network is never an Error: refused, silent and unreachable are values (model/reason.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "portsweep/base/check.h"

namespace portsweep {

enum class ErrorKind {
  kUsage,        // what was asked for cannot be: exit 2, nothing was sent
  kEnvironment,  // the machine does not permit it: exit 4
  kIncomplete,   // part of what was asked for could not be done: exit 3
};

// Where in the user's own words the trouble stands: drawn as a caret line under `text`.
struct Caret {
  std::string text;        // the whole argument or line, not yet escaped
  std::size_t offset = 0;  // bytes into text
  std::size_t length = 1;  // bytes; at least one caret is drawn
};

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  static Error usage(std::string message) { return {ErrorKind::kUsage, std::move(message)}; }
  static Error environment(std::string message) { return {ErrorKind::kEnvironment, std::move(message)}; }
  static Error incomplete(std::string message) { return {ErrorKind::kIncomplete, std::move(message)}; }

  // What the user probably meant, or what to type next: one sentence.
  Error&& with_hint(std::string hint) && { return hint_ = std::move(hint), std::move(*this); }
  Error&& with_caret(Caret caret) && { return caret_ = std::move(caret), std::move(*this); }
  // Says where the words came from: "--exclude", "targets.txt:12".
  Error&& in(std::string_view where) && {
    message_.insert(0, std::string(where) + ": ");
    return std::move(*this);
  }

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const std::optional<Caret>& caret() const { return caret_; }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::optional<Caret> caret_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return error;`

  bool has_value() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<Error>(state_); }
  const Error& error() const& { return std::get<Error>(state_); }
  Error&& error() && { return std::get<Error>(std::move(state_)); }

 private:
  T& checked() {
    PORTSWEEP_CHECK(has_value());
    return *std::get_if<T>(&state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return error;`

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace portsweep

// A GNU statement expression, as both our compilers have it; it must be the whole right side of an initialiser,
// an assignment or a return: inside a brace list or an argument list temporaries before it would leak on return.
#define TRY(expression)                                      \
  __extension__({                                            \
    auto try_result_ = (expression);                         \
    if (!try_result_) return std::move(try_result_).error(); \
    std::move(try_result_).value();                          \
  })

#define TRY_VOID(expression)                                                                  \
  do {                                                                                        \
    if (auto try_result_ = (expression); !try_result_) return std::move(try_result_).error(); \
  } while (false)
