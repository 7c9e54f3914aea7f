// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/port_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "portsweep/base/numbers.h"
#include "portsweep/net/services.h"
#include "portsweep/plan/caret.h"

namespace portsweep {
namespace {

constexpr std::string_view kDigits = "0123456789";

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// One call of parse_ports: the whole text for the carets, the set so far.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<PortSet> parse();

 private:
  Result<void> check_whole() const;
  Result<void> check_protocols() const;
  Result<void> check_characters(std::string_view item) const;
  Result<void> item(std::string_view item);
  Result<void> range(std::string_view item);
  Result<void> service(std::string_view item);
  Result<Port> number(std::string_view digits) const;
  Result<Port> number_or(std::string_view digits, Port if_empty) const;
  Error error(std::string_view part, std::string message, std::string hint) const;

  std::string_view text_;
  PortSet ports_;
};

Error Parser::error(std::string_view part, std::string message, std::string hint) const {
  return Error::usage(std::move(message)).with_hint(std::move(hint)).with_caret(caret_under(text_, part));
}

Result<PortSet> Parser::parse() {
  TRY_VOID(check_whole());
  TRY_VOID(check_protocols());
  for (std::size_t begin = 0; begin <= text_.size();) {
    const std::size_t end = std::min(text_.find(',', begin), text_.size());
    TRY_VOID(item(text_.substr(begin, end - begin)));
    begin = end + 1;
  }
  return ports_;
}

Result<void> Parser::check_whole() const {
  if (text_.empty()) return error(text_, "no ports given", "write ports like 22,80,8000-8100, or - for all");
  if (text_.front() == '@') {
    return error(text_, "ports are not read from files", "write the ports themselves, like 22,80,8000-8100");
  }
  return {};
}

// nmap writes T:80,U:53. A list that asks for UDP is refused for that, whatever else is in it.
Result<void> Parser::check_protocols() const {
  for (std::size_t colon = text_.find(':'); colon != std::string_view::npos; colon = text_.find(':', colon + 1)) {
    const std::size_t begin = colon == 0 ? 0 : text_.find_last_of(',', colon - 1) + 1;
    const std::string prefix = lower_case(text_.substr(begin, colon - begin));
    if (prefix == "u" || prefix == "s") {
      return error(text_.substr(begin, colon + 1 - begin), "only TCP ports are scanned, not UDP or SCTP",
                   "give the TCP ports alone, without a protocol letter");
    }
  }
  return {};
}

Result<void> Parser::check_characters(std::string_view item) const {
  if (item.empty()) {
    const auto at = static_cast<std::size_t>(item.data() - text_.data());
    return Error::usage("an empty item in the list of ports")
        .with_hint("remove the extra comma")
        .with_caret(caret_under(text_, at == text_.size() ? at - 1 : at));
  }
  for (std::size_t i = 0; i < item.size(); ++i) {
    const auto byte = static_cast<unsigned char>(item[i]);
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
      return error(item.substr(i, 1), "white space in the list of ports", "separate ports by commas alone, like 22,80");
    }
    if (byte < 0x20 || byte >= 0x7f) {
      const std::size_t end = std::min(item.find_first_of(kDigits, i), item.size());
      return error(item.substr(i, end - i), "not plain ASCII in the list of ports", "write ports in the digits 0-9");
    }
  }
  return {};
}

Result<void> Parser::item(std::string_view item) {
  TRY_VOID(check_characters(item));
  if (item == "-") {
    ports_ = PortSet::all();
    return {};
  }
  if (item == "-1") {
    return error(item, "a port cannot be negative", "write 1 for port 1, or 1-N for the ports from 1 to N");
  }
  if (!all_of(item, "0123456789-")) return service(item);
  if (item.find('-') != std::string_view::npos) return range(item);
  const Port port = TRY(number(item));
  ports_.add(port);
  return {};
}

Result<void> Parser::range(std::string_view item) {
  const std::size_t hyphen = item.find('-');
  if (item.find('-', hyphen + 1) != std::string_view::npos) {
    return error(item, in_quotes(item) + " has more than one hyphen",
                 "write a range of ports as FIRST-LAST, like 80-90");
  }
  const std::string_view low = item.substr(0, hyphen);
  const std::string_view high = item.substr(hyphen + 1);
  if (parse_decimal(low, 0) && parse_decimal(high, Port::kMax)) {
    return error(low, "port 0 cannot be scanned: ports are 1-65535",
                 high == "0" ? "write ports from 1 to 65535" : "write 1-" + std::string(high));
  }
  const Port first = TRY(number_or(low, Port(1)));
  const Port last = TRY(number_or(high, Port(Port::kMax)));
  if (last < first) {
    return error(item, "the range " + std::string(item) + " is reversed",
                 "write " + std::string(high) + "-" + std::string(low));
  }
  ports_.add(first, last);
  return {};
}

Result<Port> Parser::number(std::string_view digits) const {
  if (digits.size() > 1 && digits.front() == '0') {
    const std::string_view rest = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    return error(digits, "a port number has no leading zeros",
                 parse_decimal(rest, Port::kMax) ? "write " + std::string(rest) : "ports are 1-65535");
  }
  const auto value = parse_decimal(digits, Port::kMax);
  if (!value) return error(digits, "there is no port " + in_quotes(digits), "ports are 1-65535");
  const auto port = Port::from(*value);
  if (!port) return error(digits, "port 0 cannot be scanned", "ports are 1-65535");
  return *port;
}

Result<Port> Parser::number_or(std::string_view digits, Port if_empty) const {
  if (digits.empty()) return if_empty;
  return number(digits);
}

// What to write instead of a word that is no service: the commonest slips first.
std::string service_hint(std::string_view item) {
  const std::size_t slash = item.find('/');
  const std::string_view before = item.substr(0, slash);
  if (slash != std::string_view::npos) {
    const bool udp = lower_case(item.substr(slash)) != "/tcp";
    if (udp || before.empty() || before.size() > 5 || !all_of(before, kDigits))
      return "only TCP is scanned: write the number or name alone";
    return "write " + std::string(before) + ": only TCP is scanned";
  }
  if (item.find_first_of("*?[") != std::string_view::npos) {
    return "wildcards in service names are not understood: name each service, or give numbers";
  }
  if (kDigits.find(item.front()) != std::string_view::npos || item.find_first_of("+.") == 0) {
    return "write ports as plain decimal numbers, 1-65535";
  }
  std::string hint;
  for (const std::string_view name : similar_services(lower_case(item))) {
    hint += (hint.empty() ? "did you mean " : " or ") + std::string(name);
  }
  return hint.empty() ? "give the port's number" : hint + "?";
}

Result<void> Parser::service(std::string_view item) {
  if (const auto port = service_port(lower_case(item))) {
    ports_.add(*port);
    return {};
  }
  if (lower_case(item.substr(0, 2)) == "t:") {
    const std::string_view rest = item.substr(2);
    const bool number = !rest.empty() && rest.size() <= 11 && all_of(rest, "0123456789-");
    return error(item, "protocol letters are not used: only TCP ports are scanned",
                 number ? "write " + std::string(rest) : "write the ports alone, like 80");
  }
  if (item.front() == '+' || item.find('.') != std::string_view::npos ||
      kDigits.find(item.front()) != std::string_view::npos) {
    return error(item, in_quotes(item) + " is not a port number", service_hint(item));
  }
  return error(item, "no service is known by the name " + in_quotes(item), service_hint(item));
}

}  // namespace

Result<PortSet> parse_ports(std::string_view text) { return Parser(text).parse(); }

}  // namespace portsweep
