// What stands in the way of whoever finds a mistake in memory: looked for in the program itself, since a flag that the
// compiler was given may have come to nothing.
#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {
namespace {

// The daemon as it was linked.
class Program {
 public:
  Program() {
    std::ifstream file(PENSTOCK_BINARY, std::ios::binary | std::ios::ate);
    bytes_.resize(static_cast<std::size_t>(file.tellg()));
    file.seekg(0).read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    EXPECT_TRUE(file);
    EXPECT_GT(bytes_.size(), sizeof(Elf64_Ehdr));
  }

  Elf64_Ehdr head() const { return at<Elf64_Ehdr>(0); }
  std::vector<Elf64_Phdr> segments(std::uint32_t type) const {
    std::vector<Elf64_Phdr> found;
    for (std::size_t i = 0; i < head().e_phnum; ++i) {
      const auto segment = at<Elf64_Phdr>(head().e_phoff + i * sizeof(Elf64_Phdr));
      if (segment.p_type == type) found.push_back(segment);
    }
    return found;
  }
  // The values of a tag of the dynamic section.
  std::uint64_t dynamic(std::int64_t tag) const {
    const Elf64_Phdr segment = segments(PT_DYNAMIC).at(0);
    for (std::uint64_t offset = 0; offset < segment.p_filesz; offset += sizeof(Elf64_Dyn)) {
      const auto entry = at<Elf64_Dyn>(segment.p_offset + offset);
      if (entry.d_tag == tag) return entry.d_un.d_val;
    }
    return 0;
  }
  std::set<std::string> imported() const {
    std::set<std::string> names;
    for (std::size_t i = 0; i < head().e_shnum; ++i) {
      const Elf64_Shdr section = section_at(i);
      if (section.sh_type != SHT_DYNSYM) continue;
      const Elf64_Shdr strings = section_at(section.sh_link);
      for (std::uint64_t offset = 0; offset < section.sh_size; offset += sizeof(Elf64_Sym)) {
        const auto symbol = at<Elf64_Sym>(section.sh_offset + offset);
        if (symbol.st_shndx == SHN_UNDEF) names.insert(bytes_.c_str() + strings.sh_offset + symbol.st_name);
      }
    }
    return names;
  }
  std::string_view code() const {
    const Elf64_Shdr names = section_at(head().e_shstrndx);
    for (std::size_t i = 0; i < head().e_shnum; ++i) {
      const Elf64_Shdr section = section_at(i);
      if (std::string_view(bytes_.c_str() + names.sh_offset + section.sh_name) != ".text") continue;
      return std::string_view(bytes_).substr(section.sh_offset, section.sh_size);
    }
    return {};
  }

 private:
  template <class Part>
  Part at(std::uint64_t offset) const {
    Part part{};
    EXPECT_LE(offset + sizeof part, bytes_.size());
    std::memcpy(&part, bytes_.data() + offset, sizeof part);
    return part;
  }
  Elf64_Shdr section_at(std::size_t i) const { return at<Elf64_Shdr>(head().e_shoff + i * sizeof(Elf64_Shdr)); }

  std::string bytes_;
};

TEST(Hardening, TheProgramLiesAnywhereInMemory) {
  const Program program;
  EXPECT_EQ(program.head().e_type, ET_DYN);
  EXPECT_EQ(program.segments(PT_INTERP).size(), 1U);
  EXPECT_NE(program.dynamic(DT_FLAGS_1) & DF_1_PIE, 0U);
}

TEST(Hardening, WhatTheLinkerHasFilledInCannotBeWritten) {
  const Program program;
  EXPECT_EQ(program.segments(PT_GNU_RELRO).size(), 1U);
  EXPECT_NE(program.dynamic(DT_FLAGS_1) & DF_1_NOW, 0U) << "all of it is filled in at the start";
}

TEST(Hardening, NothingIsWrittenAndRun) {
  const Program program;
  ASSERT_EQ(program.segments(PT_GNU_STACK).size(), 1U);
  EXPECT_EQ(program.segments(PT_GNU_STACK)[0].p_flags & PF_X, 0U);
  for (const Elf64_Phdr& segment : program.segments(PT_LOAD)) {
    EXPECT_NE(segment.p_flags & (PF_W | PF_X), PF_W | PF_X);
  }
}

TEST(Hardening, StacksAndCopiesAreChecked) {
  const std::set<std::string> imported = Program().imported();
  EXPECT_TRUE(imported.contains("__stack_chk_fail"));
  std::size_t checked = 0;
  for (const std::string& name : imported) checked += name.starts_with("__") && name.ends_with("_chk") ? 1U : 0U;
  EXPECT_GT(checked, 2U) << "of what FORTIFY_SOURCE puts in the place of functions of the C library";
  // What _GLIBCXX_ASSERTIONS calls.
  EXPECT_TRUE(imported.contains("_ZSt21__glibcxx_assert_failPKciS0_S0_"));
}

#ifdef __x86_64__
TEST(Hardening, IndirectCallsLandOnlyWhereFunctionsBegin) {
  const Program program;
  const std::string_view code = program.code();
  constexpr std::string_view kLanding = "\xf3\x0f\x1e\xfa";
  std::size_t landings = 0;
  for (std::size_t at = code.find(kLanding); at != std::string_view::npos; at = code.find(kLanding, at + 1)) ++landings;
  EXPECT_GT(landings, 1'000U);
}
#endif

}  // namespace
}  // namespace penstock
