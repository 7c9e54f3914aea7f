// SPDX-License-Identifier: Apache-2.0
#include "portsweep/plan/target_syntax.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "portsweep/base/numbers.h"
#include "portsweep/plan/caret.h"
#include "portsweep/plan/host_name.h"
#include "portsweep/plan/legacy_address.h"
#include "portsweep/plan/octet_ranges.h"

namespace portsweep {
namespace {

constexpr auto kNone = std::string_view::npos;

bool has(std::string_view text, std::string_view part) { return text.find(part) != kNone; }

bool all_of(std::string_view text, std::string_view allowed) { return text.find_first_not_of(allowed) == kNone; }

bool is_white_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The host inside "scheme://user@host:port/path", to be shown in a hint.
std::string_view host_of(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != kNone) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t at = text.rfind('@'); at != kNone) text.remove_prefix(at + 1);
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
  return text;
}

std::string give_the_host_only(std::string_view text) {
  const std::string_view host = host_of(text);
  const bool plain = !host.empty() && host.size() <= kMaxShown && host.find_first_of("[]") == kNone;
  return "give the host only" + (plain ? ": " + std::string(host) : "");
}

Result<void> refuse_bad_bytes(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte > 0x20 && byte < 0x7f) continue;
    const std::string_view part = text.substr(i, 1);
    if (is_white_space(text[i])) {
      return error_under(text, part, "white space inside a target",
                         "separate targets by spaces, without quotes around them");
    }
    if (byte < 0x80) return error_under(text, part, "a control character in a target", "targets are plain ASCII text");
    return error_under(text, part, "a target is not plain ASCII", "give an internationalised name in its xn-- form");
  }
  return {};
}

// What people paste or mistype, each refused in its own words.
Result<void> refuse_foreign_forms(std::string_view text) {
  if (text.empty())
    return error_under(text, text, "an empty target", "give a host name, an address, a range a-b, or a CIDR");
  TRY_VOID(refuse_bad_bytes(text));
  if (text.front() == '-') {
    return error_under(text, text, in_quotes(text) + " looks like an option", "options do not belong among targets");
  }
  if (text.front() == ',')
    return error_under(text, text.substr(0, 1), "a target begins with a comma", "remove the comma");
  if (text.back() == ',') {
    return error_under(text, text.substr(text.size() - 1), "a target ends with a comma",
                       "separate targets by spaces, not by commas");
  }
  if (has(text, "://")) return error_under(text, text, "a URL is not a target", give_the_host_only(text));
  if (has(text, "@")) return error_under(text, text, "a target has no user name", give_the_host_only(text));
  if (has(text, "[") || has(text, "]")) {
    return error_under(text, text, "an address stands without brackets",
                       give_the_host_only(text) + ", and ports with -p");
  }
  if (const std::size_t star = text.find('*'); star != kNone) {
    return error_under(text, text.substr(star, 1), "wildcards are not understood in targets",
                       "write a CIDR, like 10.0.0.0/24 for 10.0.0.*");
  }
  return {};
}

TargetSyntax target_of(const AddressRange& range) {
  if (range.span() == 0) return range.first();
  return std::vector{range};
}

// --- CIDR ---

// "255.255.255.0" -> 24, if it is a netmask.
std::optional<int> netmask_length(std::string_view text) {
  const auto mask = parse_address(text);
  if (!mask || !mask->is_v4()) return std::nullopt;
  const int ones = std::countl_one(mask->v4_bits());
  return ones + std::countr_zero(mask->v4_bits()) == 32 ? std::optional(ones) : std::nullopt;
}

Result<int> parse_prefix_length(std::string_view text, std::string_view address, std::string_view length, int width) {
  const std::string most = std::to_string(width);
  const std::string base(address.substr(0, kMaxShown));
  if (length.empty()) {
    return error_under(text, text.substr(text.size() - 1), "a prefix length is missing after the slash",
                       "write " + base + " for one address, or " + base + "/N");
  }
  if (const auto ones = netmask_length(length)) {
    return error_under(text, length, "a network is written with a prefix length, not a netmask",
                       "write " + base + "/" + std::to_string(*ones));
  }
  const auto value = parse_decimal(length, static_cast<std::uint64_t>(width));
  if (!value) {
    return error_under(text, length, in_quotes(length) + " is not a prefix length",
                       "prefix lengths are plain numbers from 0 to " + most);
  }
  return static_cast<int>(*value);
}

// --- IPv4 ---

Error not_ipv4(std::string_view text, std::string_view part) {
  return error_under(text, part, in_quotes(part) + " is not an IPv4 address", legacy_address_hint(part));
}

Result<Address> parse_v4(std::string_view text, std::string_view part) {
  if (const auto address = parse_address(part)) return *address;
  return not_ipv4(text, part);
}

Result<TargetSyntax> read_v4_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view base = text.substr(0, slash);
  if (has(base, "-") || has(base, ",")) {
    return error_under(text, text.substr(slash), "a range has no prefix length",
                       "write either a range or a CIDR, not both");
  }
  const Address address = TRY(parse_v4(text, base));
  const int length = TRY(parse_prefix_length(text, base, text.substr(slash + 1), 32));
  return target_of(AddressRange::prefix(address, length));
}

Error reversed(std::string_view text, std::string_view first, std::string_view last) {
  return error_under(text, text, "the range " + in_quotes(text) + " is reversed",
                     "write " + std::string(last.substr(0, kMaxShown)) + "-" + std::string(first.substr(0, kMaxShown)));
}

// "10.0.0.1-10.0.0.9": both ends whole addresses. Octet ranges have three dots in all.
bool is_full_v4_range(std::string_view text) {
  return std::count(text.begin(), text.end(), '-') == 1 && std::count(text.begin(), text.end(), '.') == 6 &&
         !has(text, ",");
}

Result<TargetSyntax> read_full_v4_range(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  const Address first = TRY(parse_v4(text, text.substr(0, hyphen)));
  const Address last = TRY(parse_v4(text, text.substr(hyphen + 1)));
  if (last < first) return reversed(text, text.substr(0, hyphen), text.substr(hyphen + 1));
  return target_of({first, last});
}

Result<TargetSyntax> read_v4(std::string_view text) {
  if (has(text, "/")) return read_v4_cidr(text);
  if (is_full_v4_range(text)) return read_full_v4_range(text);
  if (!has(text, "-") && !has(text, ",")) return not_ipv4(text, text);
  std::vector<AddressRange> ranges = TRY(parse_octet_ranges(text));
  if (ranges.size() == 1) return target_of(ranges.front());
  return TargetSyntax(std::move(ranges));
}

// --- IPv6 ---

constexpr Uint128 kMapped = Uint128{0xffff} << 32;  // ::ffff:0:0/96

bool is_mapped(const Address& address) { return !address.is_v4() && address.bits() >> 32 == kMapped >> 32; }

// An IPv4-mapped address reaches the IPv4 host: treated as that, so that excludes and guards hold for it.
Address without_mapping(const Address& address) {
  return is_mapped(address) ? Address::v4(static_cast<std::uint32_t>(address.bits())) : address;
}

// ::a.b.c.d (RFC 4291, 2.5.5.1), but not ::, ::1 and the few after it, which would embed an address of 0.0.0.0/8.
bool is_v4_compatible(const Address& address) { return address.bits() >> 32 == 0 && address.bits() >> 24 != 0; }

Result<Address> parse_v6(std::string_view text, std::string_view part) {
  const auto address = parse_address(part);
  if (!address || address->is_v4()) {
    return error_under(text, part, in_quotes(part) + " is not an IPv6 address",
                       "check the groups: up to eight, of up to four hexadecimal digits, with one :: at most");
  }
  if (is_v4_compatible(*address)) {
    const std::string v4 = to_string(Address::v4(static_cast<std::uint32_t>(address->bits())));
    return error_under(text, part, "IPv4-compatible IPv6 addresses are deprecated and lead nowhere", "write " + v4);
  }
  return *address;
}

Result<Address> parse_unmapped_v6(std::string_view text, std::string_view part) {
  const Address address = TRY(parse_v6(text, part));
  return without_mapping(address);
}

Result<TargetSyntax> read_zoned(std::string_view text, const Zones& zones) {
  const std::size_t percent = text.find('%');
  const std::string_view base = text.substr(0, percent);
  const std::string_view zone = text.substr(percent + 1);
  if (has(text, "/") || has(base, "-") || has(zone, "%")) {
    return error_under(text, text.substr(percent), "a zone belongs to a single address",
                       "give one address, like fe80::1%eth0");
  }
  const Address address = TRY(parse_v6(text, base));
  if (!is_link_local(address)) {
    return error_under(text, text.substr(percent), "only link-local addresses (fe80::/10) have a zone",
                       "write " + std::string(base));
  }
  const auto index = zones.find(zone);
  if (!index) {
    return error_under(text, zone, "this machine has no interface " + in_quotes(zone),
                       "name one of this machine's interfaces, as \"ip link\" lists them");
  }
  return TargetSyntax(address.with_zone(*index));
}

Result<TargetSyntax> read_v6_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view base = text.substr(0, slash);
  if (has(base, "-")) {
    return error_under(text, text.substr(slash), "a range has no prefix length",
                       "write either a range or a CIDR, not both");
  }
  const Address address = TRY(parse_v6(text, base));
  const int length = TRY(parse_prefix_length(text, base, text.substr(slash + 1), 128));
  if (is_mapped(address) && length >= 96) return target_of(AddressRange::prefix(without_mapping(address), length - 96));
  return target_of(AddressRange::prefix(address, length));
}

Result<TargetSyntax> read_v6_range(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  const std::string_view low = text.substr(0, hyphen);
  const std::string_view high = text.substr(hyphen + 1);
  const Address first = TRY(parse_unmapped_v6(text, low));
  const Address last = TRY(parse_unmapped_v6(text, high));
  if (first.family() != last.family()) {
    return error_under(text, text, "a range begins and ends in different families",
                       "give an IPv4 and an IPv6 range apart");
  }
  if (last < first) return reversed(text, low, high);
  return target_of({first, last});
}

// "host:80" and "192.0.2.1:http": one colon is never IPv6.
Error host_and_port(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool short_enough = !host.empty() && !port.empty() && text.size() <= kMaxShown;
  return error_under(
      text, text.substr(colon), "a target has no port",
      short_enough ? "write " + std::string(host) + " and -p " + std::string(port) : "choose ports with -p");
}

Result<TargetSyntax> read_v6(std::string_view text, const Zones& zones) {
  if (has(text, "%")) return read_zoned(text, zones);
  if (std::count(text.begin(), text.end(), ':') == 1) return host_and_port(text);
  if (has(text, "/")) return read_v6_cidr(text);
  if (has(text, "-")) return read_v6_range(text);
  const Address address = TRY(parse_unmapped_v6(text, text));
  return TargetSyntax(address);
}

// --- names ---

// "0x7f000001", "0x7f.1": letters, but a number to inet_aton(3).
bool is_hexadecimal_address(std::string_view text) { return read_legacy_address(text).has_value(); }

Result<TargetSyntax> read_name(std::string_view text) {
  if (is_hexadecimal_address(text)) return not_ipv4(text, text);
  if (const std::size_t slash = text.find('/'); slash != kNone) {
    return error_under(text, text.substr(slash), "only an address has a prefix length", "give the host name alone");
  }
  if (has(text, "%")) {
    return error_under(text, text.substr(text.find('%')), "only IPv6 addresses have a zone",
                       "give the target without it");
  }
  std::string name = TRY(parse_host_name(text));
  return TargetSyntax(HostName{std::move(name)});
}

}  // namespace

Result<TargetSyntax> read_target(std::string_view text, const Zones& zones) {
  // Files of millions of plain IPv4 addresses go no further than this line.
  if (const auto address = parse_address(text); address && address->is_v4()) return TargetSyntax(*address);
  TRY_VOID(refuse_foreign_forms(text));
  if (has(text, ":")) return read_v6(text, zones);
  if (all_of(text, "0123456789.,-/")) return read_v4(text);
  return read_name(text);
}

}  // namespace portsweep
