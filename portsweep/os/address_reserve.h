// SPDX-License-Identifier: Apache-2.0
//
// AddressReserve: address space that nobody else gets during its life; it costs no memory. Who takes of a limited thing
// (`ulimit -v`) until there is no more holds one meanwhile, so that malloc finds something afterwards.
#pragma once

#include <sys/mman.h>

#include <cstddef>

namespace portsweep {

class AddressReserve {
 public:
  explicit AddressReserve(std::size_t bytes)
      : bytes_(bytes), begin_(mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~AddressReserve() {
    if (is_held()) munmap(begin_, bytes_);
  }
  AddressReserve(const AddressReserve&) = delete;
  AddressReserve& operator=(const AddressReserve&) = delete;

  // False: there was not so much.
  bool is_held() const { return begin_ != MAP_FAILED; }

 private:
  std::size_t bytes_;
  void* begin_;
};

}  // namespace portsweep
