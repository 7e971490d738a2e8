// The credentials file on disk: whole before and after, its mode looked at and kept.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "auth/credentials_document.h"
#include "auth/credentials_file.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

class CredentialsFileTest : public testing::Test {
 protected:
  CredentialsFileTest() {
    std::string name = (fs::temp_directory_path() / "penstock-test-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~CredentialsFileTest() override { fs::remove_all(directory_); }

  std::string path(std::string_view name = "credentials.yaml") const { return directory_ / name; }
  static mode_t mode(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  static std::string text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  static Credential credential(std::string id) {
    return {.identity = {.access_key_id = std::move(id), .account = "123456789012", .user = "alice"},
            .secret_access_key = Secret("alicealicealicealice")};
  }
  static std::string ids(const CredentialsFile& file) {
    const auto contents = file.read();
    if (!contents) return contents.error();
    std::string all;
    for (const Credential& one : contents->credentials) all += one.identity.access_key_id + " ";
    return all;
  }

  fs::path directory_;
};

TEST_F(CredentialsFileTest, IsMadeForItsOwnerAlone) {
  const CredentialsFile file(path());
  EXPECT_EQ(ids(file), path() + ": cannot be opened: No such file or directory");
  EXPECT_EQ(file.revoke("A").error(), path() + ": cannot be opened: No such file or directory");
  ASSERT_TRUE(file.add(credential("A")));
  EXPECT_EQ(mode(path()), 0600u);
  EXPECT_EQ(file.read()->exposed, std::nullopt);
  ASSERT_TRUE(file.add(credential("B")));
  EXPECT_EQ(ids(file), "A B ");
  ASSERT_TRUE(file.revoke("A"));
  EXPECT_EQ(ids(file), "B ");
  EXPECT_EQ(files(), 1u);
}

TEST_F(CredentialsFileTest, ThatOthersCanReadSaysSoAndNamesTheFix) {
  const CredentialsFile file(path());
  ASSERT_TRUE(file.add(credential("A")));
  for (const mode_t open : {0644u, 0640u, 0604u, 0660u, 0620u}) {
    ::chmod(path().c_str(), open);
    const auto contents = file.read();
    ASSERT_TRUE(contents);
    ASSERT_TRUE(contents->exposed) << open;
    EXPECT_TRUE(contents->exposed->ends_with("): chmod 600 " + path())) << *contents->exposed;
  }
  EXPECT_EQ(*file.read()->exposed, path() + " can be read by others (its mode is 0620): chmod 600 " + path());
}

TEST_F(CredentialsFileTest, KeepsItsModeWhenItChanges) {
  const CredentialsFile file(path());
  ASSERT_TRUE(file.add(credential("A")));
  ::chmod(path().c_str(), 0640);
  ASSERT_TRUE(file.add(credential("B")));
  EXPECT_EQ(mode(path()), 0640u);
}

TEST_F(CredentialsFileTest, IsAsBeforeWhenAChangeIsRefused) {
  const CredentialsFile file(path());
  ASSERT_TRUE(file.add(credential("A")));
  const std::string before = text(path());
  EXPECT_EQ(file.add(credential("A")).error(), path() + ": the access_key_id A is there already");
  EXPECT_EQ(file.revoke("B").error(), path() + ": there is no access_key_id B");
  EXPECT_EQ(text(path()), before);
  EXPECT_EQ(files(), 1u);
}

TEST_F(CredentialsFileTest, ALinkStaysALink) {
  fs::create_directory(directory_ / "elsewhere");
  const std::string real = path("elsewhere/real.yaml");
  ASSERT_TRUE(CredentialsFile(real).add(credential("A")));
  fs::create_symlink(real, path());
  ASSERT_TRUE(CredentialsFile(path()).add(credential("B")));
  EXPECT_TRUE(fs::is_symlink(path()));
  EXPECT_EQ(ids(CredentialsFile(real)), "A B ");
}

TEST_F(CredentialsFileTest, WhatACrashLeftBesideItIsNoHindrance) {
  std::ofstream(path("credentials.yaml.new")) << "half a fi";
  ASSERT_TRUE(CredentialsFile(path()).add(credential("A")));
  EXPECT_EQ(ids(CredentialsFile(path())), "A ");
  EXPECT_EQ(files(), 1u);
}

TEST_F(CredentialsFileTest, TwoWhoChangeItAtOnceBothHaveTheirWay) {
  constexpr int kWriters = 4, kEach = 10;
  for (int writer = 0; writer < kWriters; ++writer) {
    if (::fork() != 0) continue;
    bool good = true;
    for (int i = 0; i < kEach; ++i)
      good = CredentialsFile(path()).add(credential("A" + std::to_string(writer * kEach + i))).has_value() &&
             good;
    ::_exit(good ? 0 : 1);
  }
  for (int writer = 0; writer < kWriters; ++writer) {
    int status = 1;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(CredentialsFile(path()).read()->credentials.size(), static_cast<std::size_t>(kWriters * kEach));
}

TEST_F(CredentialsFileTest, OnlyAFileIsRead) {
  EXPECT_EQ(ids(CredentialsFile(directory_.string())), directory_.string() + ": is not a file");
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(ids(CredentialsFile(path("pipe"))), path("pipe") + ": is not a file");
  std::ofstream(path("long")) << std::string(kCredentialsTextMax + 1, ' ');
  EXPECT_EQ(ids(CredentialsFile(path("long"))), path("long") + ": the text is longer than 1 MiB");
  std::ofstream(path("wrong")) << "credentials:\n  - user: a\n    role: admin\n";
  EXPECT_EQ(ids(CredentialsFile(path("wrong"))),
            path("wrong") + ": line 3, column 5: the key 'role' is unknown here");
}

}  // namespace
}  // namespace penstock
