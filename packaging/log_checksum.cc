// With RocksDB inside the program, the linker sends its calls for a log record's checksum here (--wrap), and
// from here they go where they go in a program that has it beside (storage/crc32c.h).
#include "storage/crc32c.h"

extern "C" std::uint32_t __wrap__ZN7rocksdb6crc32c6ExtendEjPKcm(std::uint32_t crc, const char* bytes,
                                                                std::size_t size) {
  return penstock::extend_crc32c(crc, bytes, size);
}
