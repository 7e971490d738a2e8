#include "base/random.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace penstock {

std::uint64_t SystemRandom::next() {
  if (left_ == 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(pool_.data()), static_cast<int>(sizeof(pool_))) != 1) {
      // Without randomness ids and receipt handles could be guessed or repeat: nothing may go on.
      std::fputs("penstock: the system has no randomness to give\n", stderr);
      std::abort();
    }
    left_ = kPooled;
  }
  return pool_[--left_];
}

}  // namespace penstock
