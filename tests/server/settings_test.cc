#include "server/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

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
  ASSERT_EQ(settings.admin_listen.size(), 1U);
  EXPECT_EQ(settings.admin_listen[0].text(), "127.0.0.1:4567");
  EXPECT_EQ(settings.durability, Durability::kFsync);
  EXPECT_EQ(settings.account.text(), "000000000000");
  EXPECT_EQ(settings.region.text(), "us-east-1");
  EXPECT_EQ(settings.disk_reserve_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(settings.http, HttpBounds{}) << "the table and the header agree on the defaults";
  EXPECT_EQ(settings.limits.purge_interval, Seconds{60});
  EXPECT_EQ(settings.limits.recreate_wait, Seconds{60});
  EXPECT_EQ(settings.sync_interval, Milliseconds{1000});
  EXPECT_EQ(settings.queue_url_base, "");
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

TEST(Settings, EveryRowButAPathRefusesNonsenseByName) {
  for (const SettingRow& row : setting_rows()) {
    if (!row.read || row.unit == "directory" || row.unit == "file" || row.flag.empty()) continue;
    if (row.unit == "user") continue;  // whom somebody else's server knows by any name
    const std::string flag = "--" + std::string(row.flag);
    EXPECT_TRUE(contains(refusal_of({flag, "~nonsense~"}), flag)) << row.flag;
    EXPECT_TRUE(contains(refusal_of({}, {{std::string(row.variable), "~nonsense~"}}), row.variable))
        << row.flag;
  }
}

TEST(Settings, NamesToDeclareAreListsWithCommas) {
  const std::vector<std::string> both{"orders", "pay.fifo"};
  EXPECT_EQ(settings_of({"--queues", "orders,pay.fifo"}).queues, both);
  EXPECT_EQ(settings_of({"--queues", "orders", "--queues", "pay.fifo"}).queues, both);
  EXPECT_EQ(settings_of({}, {{"PENSTOCK_QUEUES", "orders,pay.fifo"}}).queues, both);
  EXPECT_EQ(settings_of({"--subscriptions", "a=http://b/?c=d"}).subscriptions.size(), 1U);
  for (const char* text : {"a,,b", "a b", ".fifo", "a/b"}) refusal_of({"--queues", text});
  for (const char* text : {"a", "=a", "a=", "a b=c"}) refusal_of({"--subscriptions", text});
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

TEST(Settings, ADurationIsSecondsOrHasAUnit) {
  const auto grace = [](const char* text) { return settings_of({"--shutdown-grace", text}).shutdown_grace; };
  EXPECT_EQ(grace("0"), Seconds{0});
  EXPECT_EQ(grace("90"), Seconds{90});
  EXPECT_EQ(grace("90s"), Seconds{90});
  EXPECT_EQ(grace("5m"), Seconds{300});
  EXPECT_EQ(grace("1h"), Seconds{3600});
  EXPECT_EQ(grace("2000ms"), Seconds{2});
  EXPECT_EQ(settings_of({"--sync-interval", "50ms"}).sync_interval, Milliseconds{50});
  for (const char* text :
       {"-1", "1.5s", "1500ms", "2h", "s", "ms", "1d", "99999999999999999999", "1 s", "+1"}) {
    EXPECT_TRUE(contains(refusal_of({"--shutdown-grace", text}), "duration")) << text;
  }
  refusal_of({"--sync-interval", "0"});
}

TEST(Settings, AQueueUrlBaseIsASchemeAHostAndPerhapsAPort) {
  for (const char* text :
       {"http://queues", "https://queues.example:8443", "http://10.0.0.1:80", "https://[::1]:1"}) {
    EXPECT_EQ(settings_of({"--queue-url-base", text}).queue_url_base, text);
  }
  for (const char* text :
       {"queues.example", "ftp://queues", "http://", "http://queues/", "http://queues/path",
        "http://queues:0", "http://queues:65536", "http://queues:", "http://me@queues", "http://queues?x",
        "http://qu eues", "http://[::1", "http://::1:80", "http://[x]:80", "HTTP://queues"}) {
    EXPECT_TRUE(contains(refusal_of({"--queue-url-base", text}), "without a slash")) << text;
  }
}

TEST(Settings, The60SecondRulesCanBeSwitchedOff) {
  const Settings settings = settings_of({"--purge-interval", "0", "--recreate-wait", "0"});
  EXPECT_EQ(settings.limits.purge_interval, Seconds{0});
  EXPECT_EQ(settings.limits.recreate_wait, Seconds{0});
}

TEST(Settings, AwsWeaknessesAreOffUnlessTheyAreAskedFor) {
  const Weaknesses none = settings_of({}).limits.weaknesses;
  EXPECT_FALSE(none.duplicates || none.order || none.short_polls);
  const Weaknesses some =
      settings_of({"--aws-weaknesses", "order,short-polls@orders,mail", "--aws-weaknesses-seed", "7"})
          .limits.weaknesses;
  EXPECT_TRUE(!some.duplicates && some.order && some.short_polls);
  EXPECT_EQ(some.queues, (std::vector<std::string>{"orders", "mail"}));
  EXPECT_EQ(some.seed, 7u);
  EXPECT_FALSE(some.of("post").order);
  EXPECT_TRUE(some.of("mail").order);
  EXPECT_TRUE(settings_of({"--aws-weaknesses", "duplicates"}).limits.weaknesses.of("any").duplicates);
  for (const char* text : {"order,", "order,order", "slow", "@mail", "order@", "order@mail,", ",order"}) {
    EXPECT_TRUE(contains(refusal_of({"--aws-weaknesses", text}), "short-polls")) << text;
  }
}

TEST(Settings, EachIoThreadMustHaveMemoryForABody) {
  EXPECT_TRUE(contains(refusal_of({"--io-threads", "64"}), "--request-body-max"));
  settings_of({"--io-threads", "64", "--request-memory-max", "1GiB"});
  settings_of({"--io-threads", "64", "--request-body-max", "2MiB"});
}

TEST(Settings, WhatIsToProtectTheDaemonAndIsMisspeltEndsTheStart) {
  EXPECT_TRUE(contains(refusal_of({"--tls-client-cas=any.pem"}), "--tls-client-cas"));
  for (const char* name : {"PENSTOCK_TLS_CLIENT_CAS", "PENSTOCK_ADMIN_TLS_CLIENT_AUHT"}) {
    EXPECT_TRUE(contains(refusal_of({}, {{name, "file"}}), name + std::string(": there is no such setting")));
  }
}

TEST(Settings, CredentialsMeanThatSignaturesAreVerified) {
  EXPECT_EQ(settings_of({}).auth, Auth::kUnstated);
  EXPECT_EQ(settings_of({"--credentials", "keys.yaml"}).auth, Auth::kVerify);
  EXPECT_EQ(settings_of({"--credentials", "keys.yaml", "--listen", "0.0.0.0:4566"}).auth, Auth::kVerify);
  EXPECT_EQ(settings_of({"--credentials", "keys.yaml"}, {{"PENSTOCK_AUTH", "none"}}).auth, Auth::kVerify);
  EXPECT_TRUE(contains(refusal_of({"--auth", "none", "--credentials", "keys.yaml"}), "keys.yaml"));
  EXPECT_TRUE(contains(refusal_of({"--auth", "verify"}), "--credentials"));
  EXPECT_TRUE(contains(refusal_of({"--auth", "maybe"}), "verify or none"));
}

TEST(Settings, AnAuditLogWantsToKnowWhoCalls) {
  EXPECT_TRUE(contains(refusal_of({"--audit-log", "audit.jsonl"}), "--credentials"));
  EXPECT_EQ(settings_of({"--audit-log", "audit.jsonl", "--credentials", "keys.yaml"}).audit_log,
            "audit.jsonl");
}

TEST(Settings, OnePairOfTheEnvironmentIsWhole) {
  const Settings settings = settings_of(
      {}, {{"PENSTOCK_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"PENSTOCK_SECRET_ACCESS_KEY", "s3cr3t-s3cr3t-s3"}});
  EXPECT_EQ(settings.auth, Auth::kVerify);
  EXPECT_EQ(settings.access_key_id, "AKIDEXAMPLE");
  ASSERT_TRUE(settings.secret_access_key);
  EXPECT_TRUE(settings.secret_access_key->equals("s3cr3t-s3cr3t-s3"));
  const std::string half = refusal_of({}, {{"PENSTOCK_SECRET_ACCESS_KEY", "s3cr3t-s3cr3t-s3"}});
  EXPECT_TRUE(contains(half, "PENSTOCK_ACCESS_KEY_ID"));
  EXPECT_FALSE(contains(half, "s3cr3t"));
  EXPECT_TRUE(contains(refusal_of({}, {{"PENSTOCK_ACCESS_KEY_ID", "AKIDEXAMPLE"}}), "both or neither"));
}

TEST(Settings, TlsWantsAPlaceAndACertificate) {
  EXPECT_TRUE(contains(refusal_of({"--tls-listen", "127.0.0.1:1"}), "certificate"));
  EXPECT_TRUE(contains(refusal_of({"--tls-certificate", "c.pem"}), "--tls-key"));
  EXPECT_TRUE(contains(refusal_of({"--tls-certificate", "c.pem", "--tls-key", "k.pem"}), "--tls-listen"));
  EXPECT_TRUE(contains(refusal_of({"--tls-listen", "127.0.0.1:1", "--tls-certificate", "c.pem", "--tls-key",
                                   "k.pem", "--tls-self-signed"}),
                       "choose one"));
  EXPECT_TRUE(settings_of({"--tls-listen", "127.0.0.1:1", "--tls-self-signed"}).tls_self_signed);
  EXPECT_TRUE(settings_of({"--tls-listen", "127.0.0.1:1", "--tls-self-signed", "on"}).tls_self_signed);
  EXPECT_TRUE(contains(refusal_of({"--tls-listen", "0.0.0.0:1", "--tls-self-signed"}), "--auth none"));
}

TEST(Settings, CertificatesOfClientsAreRequiredOnceSomebodyVouchesForThem) {
  const std::vector<std::string> by_tls{"--tls-listen", "127.0.0.1:1", "--tls-self-signed"};
  const auto with = [&by_tls](std::vector<std::string> more) {
    more.insert(more.begin(), by_tls.begin(), by_tls.end());
    return more;
  };
  using enum TlsClientAuth;
  EXPECT_EQ(settings_of(by_tls).tls_client_auth, kOff);
  EXPECT_EQ(settings_of(with({"--tls-client-ca", "a.pem"})).tls_client_auth, kRequired);
  EXPECT_EQ(settings_of(with({"--tls-client-ca", "a.pem"})).admin_tls_client_auth, kRequired);
  const Settings optional =
      settings_of(with({"--tls-client-ca", "a.pem", "--tls-client-auth", "optional", "--admin-tls-client-auth", "off"}));
  EXPECT_EQ(optional.tls_client_auth, kOptional);
  EXPECT_EQ(optional.admin_tls_client_auth, kOff);
  EXPECT_TRUE(contains(refusal_of(with({"--tls-client-auth", "required"})), "--tls-client-ca FILE"));
  EXPECT_TRUE(contains(refusal_of(with({"--tls-client-auth", "perhaps"})), "required, optional or off"));
  EXPECT_TRUE(contains(refusal_of({"--tls-client-ca", "a.pem"}), "nobody connects by TLS"));
}

TEST(Settings, ARateIsANumberOrOffAndABurstWantsOne) {
  EXPECT_EQ(settings_of({}).account_rate.per_second, 0U);
  const Settings settings = settings_of({"--request-rate-account", "100", "--request-burst-account", "500"},
                                        {{"PENSTOCK_REQUEST_RATE_ADDRESS", "7"}});
  EXPECT_EQ(settings.account_rate.per_second, 100U);
  EXPECT_EQ(settings.account_rate.burst, 500U);
  EXPECT_EQ(settings.address_rate.per_second, 7U);
  EXPECT_EQ(settings.address_rate.burst, 0U);
  EXPECT_TRUE(contains(refusal_of({"--request-rate-account", "0"}), "off, or a whole number"));
  EXPECT_TRUE(contains(refusal_of({"--request-burst-address", "9"}), "--request-rate-address"));
}

TEST(Settings, ASwitchIsOnOrOff) {
  EXPECT_FALSE(settings_of({}).strict_permissions);
  EXPECT_TRUE(settings_of({"--strict-permissions"}).strict_permissions);
  EXPECT_FALSE(settings_of({"--strict-permissions=off"}).strict_permissions);
  EXPECT_TRUE(settings_of({}, {{"PENSTOCK_STRICT_PERMISSIONS", "on"}}).strict_permissions);
  EXPECT_TRUE(contains(refusal_of({"--strict-permissions=perhaps"}), "on or off"));
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
  EXPECT_TRUE(settings_of({"--admin-listen", "off"}).admin_listen.empty());
  const std::vector<std::string> two{"--admin-listen", "127.0.0.1:1", "--admin-listen", "[::1]:1"};
  EXPECT_EQ(settings_of(two).admin_listen.size(), 2U);
  EXPECT_TRUE(contains(refusal_of({"--admin-listen", "off", "--admin-listen", "127.0.0.1:1"}), "off stands alone"));
  EXPECT_TRUE(contains(refusal_of({"--admin-listen", "127.0.0.1:1", "--admin-listen", "off"}), "off stands alone"));
}

TEST(Settings, TheAdminSideByTlsWantsACertificateAndIsNotOpenByMistake) {
  EXPECT_TRUE(contains(refusal_of({"--admin-tls-listen", "127.0.0.1:1"}), "--admin-tls-listen wants a certificate"));
  EXPECT_TRUE(contains(refusal_of({"--admin-tls-listen", "0.0.0.0:1", "--tls-self-signed"}), "--auth none"));
  const Settings settings = settings_of({"--admin-tls-listen", "[::1]:1", "--tls-self-signed", "--admin-listen", "off"});
  ASSERT_EQ(settings.admin_tls_listen.size(), 1U);
  EXPECT_EQ(settings.admin_tls_listen[0].text(), "[::1]:1");
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
    EXPECT_TRUE(contains(std::get<Print>(*help).text, row.variable)) << row.flag;
    EXPECT_NE(row.read, nullptr) << row.flag;
  }
}

// ---- the configuration file

class ConfiguredSettings : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock-settings-XXXXXX").string();
    const int file = mkstemp(name.data());
    ASSERT_GE(file, 0);
    close(file);
    path_ = name;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(std::string_view text) { std::ofstream(path_) << text; }
  std::string config_refusal(std::string_view text) {
    write(text);
    const auto asked = read_command_line({"serve", "--config", path_}, {});
    EXPECT_FALSE(asked) << text;
    if (asked) return {};
    EXPECT_EQ(asked.error().exit_code, kExitConfig) << text;
    EXPECT_EQ(asked.error().text.find('\n'), std::string::npos) << "a refusal is one line";
    EXPECT_TRUE(contains(asked.error().text, path_)) << asked.error().text;
    return asked.error().text;
  }

  std::string path_;
};

TEST_F(ConfiguredSettings, AFileIsWonOverByTheEnvironmentAndTheCommandLine) {
  write(
      "# how we run it\n"
      "region: eu-west-1\n"
      "account: 000000000042\n"
      "listen: [\"127.0.0.1:1\", \"[::1]:2\"]\n"
      "admin_listen: off\n"
      "disk_reserve: 4GiB\n");
  const Settings settings = settings_of({"--config", path_});
  EXPECT_EQ(settings.region.text(), "eu-west-1");
  EXPECT_EQ(settings.account.text(), "000000000042");
  EXPECT_EQ(settings.listen.size(), 2U);
  EXPECT_TRUE(settings.admin_listen.empty());
  EXPECT_EQ(settings.disk_reserve_bytes, std::uint64_t{4} << 30);
  EXPECT_EQ(settings.config, path_);

  const Environment environment{{"PENSTOCK_CONFIG", path_}, {"PENSTOCK_REGION", "ap-south-1"}};
  EXPECT_EQ(settings_of({}, environment).region.text(), "ap-south-1");
  EXPECT_EQ(settings_of({}, environment).account.text(), "000000000042");
  EXPECT_EQ(settings_of({"--region", "us-west-2"}, environment).region.text(), "us-west-2");
}

TEST_F(ConfiguredSettings, AFileWithoutSettingsIsNothing) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}\n"}) {
    write(text);
    EXPECT_EQ(settings_of({"--config", path_}).region.text(), "us-east-1");
  }
}

TEST_F(ConfiguredSettings, EveryRowCanStandInAFileUnderItsKey) {
  for (const SettingRow& row : setting_rows()) {
    if (row.flag == "config" || row.flag.empty()) continue;  // secrets stand in no such file
    ASSERT_FALSE(row.key.empty()) << row.flag;
    if (row.default_text.empty() || !row.read) continue;
    write(std::string(row.key) + ": \"" + std::string(row.default_text) + "\"\n");
    settings_of({"--config", path_});
  }
}

TEST_F(ConfiguredSettings, AKeyThatIsUnknownIsRefusedWithItsPlace) {
  EXPECT_TRUE(
      contains(config_refusal("region: us-east-1\n\n  \nregoin: x\n"), ":4:1: there is no setting regoin"));
  EXPECT_TRUE(contains(config_refusal("config: other.yaml\n"), ":1:1: there is no setting config"));
  EXPECT_TRUE(contains(config_refusal("\"\": x\n"), ":1:1"));
}

TEST_F(ConfiguredSettings, AValueThatCannotBeTakenIsRefusedWithItsPlace) {
  EXPECT_TRUE(contains(config_refusal("region: us-east-1\nlog_level:   shout\n"), ":2:14: log_level shout"));
  EXPECT_TRUE(contains(config_refusal("io_threads: 0\n"), ":1:13"));
  EXPECT_TRUE(contains(config_refusal("listen:\n  - 127.0.0.1:1\n  - nowhere\n"), "nowhere"));
  EXPECT_TRUE(contains(config_refusal("region:\n"), "no value"));
  EXPECT_TRUE(contains(config_refusal("region: \"\"\n"), "no value"));
  EXPECT_TRUE(contains(config_refusal("listen: []\n"), "empty list"));
  EXPECT_TRUE(contains(config_refusal("region: {name: x}\n"), "one word"));
  EXPECT_TRUE(contains(config_refusal("listen: [[a]]\n"), "one word"));
  EXPECT_TRUE(contains(config_refusal("region: [a, b]\n"), "more than once"));
  EXPECT_TRUE(contains(config_refusal("auth: perhaps\n"), "verify or none"));
}

TEST_F(ConfiguredSettings, WhatIsNoFlatMappingIsRefusedWithItsPlace) {
  EXPECT_TRUE(contains(config_refusal("region: us-east-1\nregion: eu-west-1\n"),
                       ":2:1: region is there more than once"));
  EXPECT_TRUE(contains(config_refusal("just words\n"), ":1:1"));
  EXPECT_TRUE(contains(config_refusal("- a\n- b\n"), "mapping"));
  EXPECT_TRUE(contains(config_refusal("? [a]\n: b\n"), "a key must be a word"));
  EXPECT_TRUE(contains(config_refusal("region: a\n---\nregion: b\n"), "one document"));
  EXPECT_TRUE(contains(config_refusal("region: [a\n"), "not YAML"));
  EXPECT_TRUE(contains(config_refusal("\tregion: a\n"), ":1:"));
  EXPECT_TRUE(contains(config_refusal("region: *nobody\n"), ":1:"));
  EXPECT_TRUE(contains(config_refusal(std::string(100'000, '[')), ":1:"));
}

TEST_F(ConfiguredSettings, AFileThatCannotBeReadIsRefused) {
  for (const std::string& path : {path_ + ".missing", std::filesystem::temp_directory_path().string()}) {
    const auto asked = read_command_line({"serve", "--config", path}, {});
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().exit_code, kExitNoInput);
    EXPECT_TRUE(contains(asked.error().text, path));
  }
  write(std::string((1 << 20) + 1, '#'));
  const auto large = read_command_line({"serve", "--config", path_}, {});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().exit_code, kExitNoInput);
}

// ---- the other commands

std::string printed(const std::vector<std::string>& words, const Environment& environment = {}) {
  const auto asked = read_command_line(words, environment);
  EXPECT_TRUE(asked) << asked.error().text;
  return asked ? std::get<Print>(*asked).text : std::string();
}

TEST(Commands, VersionAndHelpArePrinted) {
  EXPECT_TRUE(contains(printed({"version"}), "penstock "));
  EXPECT_EQ(printed({"version"}), printed({"--version"}));
  for (const char* command : {"serve", "healthcheck", "env", "configuration", "version", "help"}) {
    EXPECT_TRUE(contains(printed({"--help"}), command));
    EXPECT_TRUE(contains(printed({"help", command}), "penstock " + std::string(command)));
    if (command != std::string_view("help")) {
      EXPECT_EQ(printed({"help", command}), printed({command, "--help"}));
    }
  }
  EXPECT_EQ(printed({"help"}), printed({"--help"}));
  const auto unknown = read_command_line({"help", "sevre"}, {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().exit_code, kExitUsage);
}

TEST(Commands, EnvNamesWhereADaemonOfTheseSettingsIsReached) {
  const std::string exports = printed({"env"}, {{"PENSTOCK_LISTEN", "0.0.0.0:5566"},
                                                {"PENSTOCK_AUTH", "none"},
                                                {"PENSTOCK_REGION", "eu-west-1"},
                                                {"PENSTOCK_ACCOUNT", "000000000042"}});
  for (const char* line : {"export AWS_ENDPOINT_URL='http://127.0.0.1:5566'\n",
                           "export AWS_ENDPOINT_URL_SQS='http://127.0.0.1:5566'\n",
                           "export AWS_REGION='eu-west-1'\n", "export AWS_DEFAULT_REGION='eu-west-1'\n",
                           "export AWS_ACCESS_KEY_ID=", "export AWS_SECRET_ACCESS_KEY=", "unset AWS_PROFILE",
                           "http://127.0.0.1:5566/000000000042/NAME"}) {
    EXPECT_TRUE(contains(exports, line)) << line << exports;
  }
  EXPECT_FALSE(read_command_line({"env", "--listen", "127.0.0.1:0"}, {})) << "its port is not known";
}

TEST(Commands, AHealthcheckAsksWhatTheSettingsListenOn) {
  const auto url = [](const std::vector<std::string>& words, const Environment& environment = {}) {
    const auto asked = read_command_line(words, environment);
    EXPECT_TRUE(asked) << asked.error().text;
    return asked ? std::get<AskHealth>(*asked).url.text() : std::string();
  };
  EXPECT_EQ(url({"healthcheck"}), "http://127.0.0.1:4566/health/ready");
  EXPECT_EQ(url({"healthcheck"}, {{"PENSTOCK_LISTEN", "0.0.0.0:80"}, {"PENSTOCK_AUTH", "none"}}),
            "http://127.0.0.1:80/health/ready");
  EXPECT_EQ(url({"healthcheck", "--listen", "[::]:80", "--auth", "none"}), "http://[::1]:80/health/ready");
  EXPECT_EQ(url({"healthcheck", "--url", "http://queues:1/health/live"}), "http://queues:1/health/live");
  EXPECT_EQ(url({"healthcheck", "--url", "https://queues"}), "https://queues:443/health/ready");
  EXPECT_FALSE(read_command_line({"healthcheck", "--url", "ftp://queues"}, {}));
}

TEST(Commands, WhatIsAskedOfTheAdminSideGoesWhereTheSettingsOrAUrlHaveIt) {
  const auto asks = [](const std::vector<std::string>& words) {
    const auto asked = read_command_line(words, {});
    EXPECT_TRUE(asked) << asked.error().text;
    return asked ? std::get<ExportResources>(*asked).url : DaemonUrl{};
  };
  EXPECT_EQ(asks({"export"}).text(), "http://127.0.0.1:4567/resources");
  const std::vector<std::string> by_tls{"export",             "--admin-listen", "off", "--admin-tls-listen", "127.0.0.1:1",
                                        "--tls-self-signed", "--data",         "d"};
  EXPECT_EQ(asks(by_tls).text(), "https://127.0.0.1:1/resources");
  EXPECT_EQ(asks(by_tls).trust.pinned_file, "d/tls-certificate.pem");
  const DaemonUrl told = asks({"export", "--url", "https://broker.example:4569", "--ca-file", "ca.pem",
                               "--client-certificate", "c.pem", "--client-key", "k.pem"});
  EXPECT_EQ(told.text(), "https://broker.example:4569/resources");
  EXPECT_EQ(told.trust.ca_file, "ca.pem");
  EXPECT_EQ(told.trust.certificate_file, "c.pem");
  EXPECT_EQ(told.trust.key_file, "k.pem");
  EXPECT_EQ(told.trust.pinned_file, "");
  EXPECT_FALSE(read_command_line({"export", "--client-certificate", "c.pem"}, {})) << "without its key";
  EXPECT_FALSE(read_command_line({"export", "--url", "https://a/b"}, {}));
}

// The committed page; `penstock configuration > docs/configuration.md` renews it.
TEST(Commands, TheDocumentationIsWhatConfigurationPrints) {
  std::ifstream file(PENSTOCK_SOURCE_DIR "/docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, printed({"configuration"}));
}

}  // namespace
}  // namespace penstock
