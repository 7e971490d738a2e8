#include "server/settings.h"

#include <gtest/gtest.h>

#include "server/command_line.h"

namespace penstock {
namespace {

Settings settings_of(std::vector<std::string> words, const Environment& environment = {}) {
  words.insert(words.begin(), "serve");
  auto asked = read_command_line(words, environment);
  EXPECT_TRUE(asked) << asked.error().text;
  return asked ? std::get<Serve>(*asked).settings : Settings{};
}

std::string refusal_of(std::vector<std::string> words, const Environment& environment = {}) {
  words.insert(words.begin(), "serve");
  auto asked = read_command_line(words, environment);
  EXPECT_FALSE(asked);
  if (asked) return {};
  EXPECT_EQ(asked.error().exit_code, kExitUsage);
  EXPECT_EQ(asked.error().text.find('\n'), std::string::npos) << "a refusal is one line";
  return asked.error().text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(Settings, WithoutAnyItServesThisMachineAndSyncsToDisk) {
  const Settings settings = settings_of({});
  ASSERT_EQ(settings.listen.size(), 1U);
  EXPECT_EQ(settings.listen[0].text(), "127.0.0.1:4566");
  EXPECT_EQ(settings.admin_listen->text(), "127.0.0.1:4567");
  EXPECT_EQ(settings.durability, Durability::kFsync);
  EXPECT_EQ(settings.account.text(), "000000000000");
  EXPECT_EQ(settings.region.text(), "us-east-1");
  EXPECT_EQ(settings.disk_reserve_bytes, std::uint64_t{1} << 30);
  EXPECT_GE(settings.io_threads, 1U);
}

TEST(Settings, TheCommandLineWinsOverTheEnvironmentAndThatOverTheDefault) {
  const Environment environment{{"PENSTOCK_REGION", "eu-west-1"}, {"PENSTOCK_IO_THREADS", "3"}};
  const Settings settings = settings_of({"--region", "ap-south-1"}, environment);
  EXPECT_EQ(settings.region.text(), "ap-south-1");
  EXPECT_EQ(settings.io_threads, 3U);
  EXPECT_EQ(settings.shutdown_grace, Seconds{10});
}

TEST(Settings, AnEmptyVariableCountsAsUnset) {
  EXPECT_EQ(settings_of({}, {{"PENSTOCK_REGION", ""}, {"PENSTOCK_CONFIG", ""}}).region.text(), "us-east-1");
}

TEST(Settings, ListenMayBeRepeatedAndIsAListInTheEnvironment) {
  EXPECT_EQ(settings_of({"--listen", "127.0.0.1:1", "--listen=[::1]:2"}).listen.size(), 2U);
  EXPECT_EQ(settings_of({}, {{"PENSTOCK_LISTEN", "127.0.0.1:1,[::1]:2"}}).listen.size(), 2U);
  EXPECT_EQ(
      settings_of({"--listen", "127.0.0.1:9"}, {{"PENSTOCK_LISTEN", "127.0.0.1:1,[::1]:2"}}).listen.size(),
      1U);
}

TEST(Settings, EveryDefaultIsAValueThatItsOwnRowTakes) {
  for (const SettingRow& row : setting_rows()) {
    if (!row.read || row.default_text.empty()) continue;
    Settings settings;
    EXPECT_EQ(row.read(settings, row.default_text), std::nullopt) << row.flag;
  }
}

TEST(Settings, EveryRowButADirectoryRefusesNonsenseByName) {
  for (const SettingRow& row : setting_rows()) {
    if (!row.read || row.flag == "data") continue;
    const std::string flag = "--" + std::string(row.flag);
    EXPECT_TRUE(contains(refusal_of({flag, "~nonsense~"}), flag)) << row.flag;
    EXPECT_TRUE(contains(refusal_of({}, {{std::string(row.variable), "~nonsense~"}}), row.variable))
        << row.flag;
  }
}

TEST(Settings, NumbersAreExactAndInRange) {
  EXPECT_EQ(settings_of({"--disk-reserve", "0"}).disk_reserve_bytes, 0U);
  EXPECT_EQ(settings_of({"--disk-reserve", "512MiB"}).disk_reserve_bytes, 512U << 20);
  for (const char* text :
       {"-1", "1.5GiB", "1GB", "99999999999999999999", "17179869184GiB", "1 GiB", "0x10"}) {
    refusal_of({"--disk-reserve", text});
  }
  for (const char* text : {"0", "65", "-1", "2x"}) refusal_of({"--io-threads", text});
}

TEST(Settings, WhatIsPlannedAndNotBuiltEndsTheStart) {
  const std::vector<std::vector<std::string>> asked = {
      {"--auth", "verify"},        {"--credentials", "keys.json"},      {"--config", "penstock.yaml"},
      {"--config=penstock.yaml"},  {"--tls-certificate", "server.pem"}, {"--tls-key", "server.key"},
      {"--tls-client-ca=any.pem"}, {"--durability", "interval"}};
  for (const auto& words : asked) EXPECT_TRUE(contains(refusal_of(words), "not built yet")) << words[0];

  for (const char* variable : {"PENSTOCK_CREDENTIALS", "PENSTOCK_CONFIG", "PENSTOCK_TLS_CERTIFICATE",
                               "PENSTOCK_TLS_KEY", "PENSTOCK_TLS_CLIENT_CA"}) {
    const std::string refusal = refusal_of({}, {{variable, "file"}});
    EXPECT_TRUE(contains(refusal, "not built yet")) << variable;
    EXPECT_TRUE(contains(refusal, variable));
  }
  EXPECT_TRUE(contains(refusal_of({}, {{"PENSTOCK_AUTH", "verify"}}), "not built yet"));
}

TEST(Settings, ListeningBeyondThisMachineWantsAnExplicitAuthNone) {
  for (const char* endpoint : {"0.0.0.0:4566", "[::]:4566", "192.0.2.1:4566"}) {
    EXPECT_TRUE(contains(refusal_of({"--listen", endpoint}), "--auth none")) << endpoint;
    EXPECT_TRUE(contains(refusal_of({"--admin-listen", endpoint}), "--auth none")) << endpoint;
    EXPECT_EQ(settings_of({"--listen", endpoint, "--auth", "none"}).auth, Auth::kNone);
  }
  EXPECT_EQ(settings_of({}, {{"PENSTOCK_LISTEN", "0.0.0.0:4566"}, {"PENSTOCK_AUTH", "none"}}).auth,
            Auth::kNone);
}

TEST(Settings, TheAdminAddressCanBeTurnedOff) {
  EXPECT_FALSE(settings_of({"--admin-listen", "off"}).admin_listen);
}

TEST(Settings, UnknownFlagsRepeatedFlagsAndStrayWordsAreRefused) {
  EXPECT_TRUE(contains(refusal_of({"--durabilty", "memory"}), "--durabilty"));
  EXPECT_TRUE(contains(refusal_of({"--region", "a", "--region", "b"}), "more than once"));
  refusal_of({"stray"});
  refusal_of({"--region"});
  EXPECT_FALSE(read_command_line({}, {}));
  EXPECT_FALSE(read_command_line({"sevre"}, {}));
}

TEST(Settings, VariablesThatMeanNothingAreNamedButNotThoseOfAnOrchestrator) {
  const Environment environment{{"PENSTOCK_REGOIN", "x"},
                                {"PENSTOCK_REGION", "eu-west-1"},
                                {"PENSTOCK_SERVICE_HOST", "10.0.0.1"},
                                {"PENSTOCK_PORT_4566_TCP", "tcp://10.0.0.1:4566"},
                                {"PATH", "/bin"}};
  EXPECT_EQ(unknown_variables(environment), std::vector<std::string>{"PENSTOCK_REGOIN"});
}

TEST(Settings, HelpAndDocumentationNameEveryRow) {
  const auto help = read_command_line({"serve", "--help"}, {});
  ASSERT_TRUE(help);
  const auto documentation = read_command_line({"configuration"}, {});
  ASSERT_TRUE(documentation);
  for (const SettingRow& row : setting_rows()) {
    EXPECT_TRUE(contains(std::get<Print>(*documentation).text, row.variable)) << row.flag;
    EXPECT_EQ(contains(std::get<Print>(*help).text, row.variable), row.read != nullptr) << row.flag;
  }
  EXPECT_TRUE(contains(std::get<Print>(*read_command_line({"version"}, {})).text, "penstock "));
  EXPECT_TRUE(contains(std::get<Print>(*read_command_line({"--help"}, {})).text, "serve"));
}

}  // namespace
}  // namespace penstock
