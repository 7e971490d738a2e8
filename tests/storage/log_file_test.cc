#include "storage/log_file.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "storage/crc32c.h"
#include "tests/storage/scratch_directory.h"

namespace penstock {
namespace {

enum class Part : char { kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::string fragment(Part part, const std::string& payload) {
  const std::uint32_t crc = mask_crc32c(crc32c(std::string(1, static_cast<char>(part)) + payload));
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(crc >> shift));
  bytes.push_back(static_cast<char>(payload.size() & 0xff));
  bytes.push_back(static_cast<char>(payload.size() >> 8));
  bytes.push_back(static_cast<char>(part));
  return bytes + payload;
}

class LogFile : public testing::Test {
 protected:
  LogFinding read(const std::string& bytes, LogDepth depth = LogDepth::kFull) {
    const std::string path = scratch_.path() + "/000001.log";
    std::ofstream(path, std::ios::binary) << bytes;
    intact_.clear();
    behind_.clear();
    const auto finding = read_log(*rocksdb::FileSystem::Default(), path, depth,
                                  [&](std::string_view lead, bool behind_damage) {
                                    (behind_damage ? behind_ : intact_).emplace_back(lead);
                                  });
    EXPECT_TRUE(finding);
    return *finding;
  }

  ScratchDirectory scratch_;
  std::vector<std::string> intact_;
  std::vector<std::string> behind_;
};

using Records = std::vector<std::string>;

TEST_F(LogFile, TheChecksumIsTheOneOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST_F(LogFile, TheChecksumIsTheSameByInstructionAndByTableAndInPieces) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(crc32c(bytes), crc32c_by_table(bytes)) << bytes.size();
    const std::string_view rest = std::string_view(bytes).substr(bytes.size() / 3);
    const std::uint32_t first = crc32c_by_table(bytes.substr(0, bytes.size() / 3));
    EXPECT_EQ(extend_crc32c(first, rest.data(), rest.size()), crc32c_by_table(bytes));
    bytes.push_back(static_cast<char>(i * 151 + 7));
  }
}

#if defined(__x86_64__)

// Where the program's own definition comes first, and whether the library asks. Else it would compute from
// tables, and nothing would tell but the time that it takes.
TEST_F(LogFile, TheLibraryComputesItsChecksumsByOurs) {
  constexpr const char* kName = "_ZN7rocksdb6crc32c6ExtendEjPKcm";
  Dl_info found{};
  Dl_info ours{};
  ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, kName), &found), 0);
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&crc32c_by_table), &ours), 0);
  EXPECT_EQ(found.dli_fbase, ours.dli_fbase) << found.dli_fname;

  Dl_info library{};
  ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, "_ZN7rocksdb6crc32c13Crc32cCombineEjjm"), &library), 0);
  const std::string asks =
      "readelf -rW " + std::string(library.dli_fname) + " | grep -q 'JUMP_SLO.*" + kName + "'";
  EXPECT_EQ(std::system(asks.c_str()), 0) << asks;
}

#endif

TEST_F(LogFile, WholeAndFragmentedRecordsAreRead) {
  const std::string one = fragment(Part::kWhole, "one");
  // A record begins so near the end of a block that six zeros follow it, and goes on in the next block.
  const std::string first(32768 - one.size() - 7 - 6, 'f');
  const std::string bytes =
      one + fragment(Part::kFirst, first) + std::string(6, '\0') + fragment(Part::kLast, "last");
  const LogFinding finding = read(bytes);
  EXPECT_FALSE(finding.damaged_at);
  EXPECT_EQ(finding.bytes, bytes.size());
  EXPECT_EQ(intact_, (Records{"one", std::string(kLogLeadBytes, 'f')}));
}

TEST_F(LogFile, WhatLiesBehindDamageStillTestifies) {
  std::string bytes = fragment(Part::kWhole, "one");
  const std::size_t damaged = bytes.size();
  bytes += fragment(Part::kWhole, "two") + fragment(Part::kWhole, "three");
  for (std::size_t at = damaged; at < damaged + 10; ++at) {
    std::string flipped = bytes;
    flipped[at] ^= 0x10;
    const LogFinding finding = read(flipped);
    EXPECT_EQ(finding.damaged_at, damaged) << at;
    EXPECT_EQ(intact_, Records{"one"}) << at;
    EXPECT_EQ(behind_, Records{"three"}) << at;
  }
}

TEST_F(LogFile, ATornEndIsDamageButNotAFlippedLength) {
  const std::string one = fragment(Part::kWhole, "one");
  const std::string two = fragment(Part::kWhole, "two");
  for (std::size_t left = 1; left < two.size(); ++left) {
    const LogFinding finding = read(one + two.substr(0, left));
    EXPECT_EQ(finding.damaged_at, one.size());
    EXPECT_FALSE(finding.length_flipped);
  }
  std::string flipped = two;
  flipped[5] ^= 0x40;
  EXPECT_EQ(read(one + flipped).damaged_at, one.size());
  EXPECT_TRUE(read(one + flipped).length_flipped);
}

TEST_F(LogFile, AnEndOfZerosIsDamageAtItsBeginning) {
  const std::string one = fragment(Part::kWhole, "one");
  for (const std::size_t zeros : {1U, 7U, 4'096U, 40'000U}) {
    EXPECT_EQ(read(one + std::string(zeros, '\0')).damaged_at, one.size()) << zeros;
    EXPECT_EQ(read(one + std::string(zeros, '\0'), LogDepth::kHeaders).damaged_at, one.size()) << zeros;
  }
}

TEST_F(LogFile, ARecordWithoutItsEndOrItsBeginningIsDamage) {
  const std::string one = fragment(Part::kWhole, "one");
  EXPECT_EQ(read(one + fragment(Part::kFirst, "f")).damaged_at, one.size());
  EXPECT_EQ(read(one + fragment(Part::kLast, "l") + one).damaged_at, one.size());
  EXPECT_EQ(behind_, Records{"one"});
  EXPECT_EQ(read(one + fragment(Part::kFirst, "f") + one).damaged_at, one.size());
}

TEST_F(LogFile, HeadersAloneTrustPayloads) {
  std::string bytes = fragment(Part::kWhole, "one");
  bytes.back() = 'x';
  EXPECT_FALSE(read(bytes, LogDepth::kHeaders).damaged_at);
  EXPECT_TRUE(read(bytes, LogDepth::kFull).damaged_at);
}

}  // namespace
}  // namespace penstock
