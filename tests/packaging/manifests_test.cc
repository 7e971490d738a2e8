// The files by which others run the daemon (workflows, Kubernetes, Compose, the Debian package) are not run
// here. What can be held without them is: they are YAML, and what they ask for is there.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "server/settings.h"

namespace penstock {
namespace {

const std::filesystem::path kSource = PENSTOCK_SOURCE_DIR;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> files_in(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kSource / folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

bool is_variable(const std::string& name) {
  const auto rows = setting_rows();
  return std::any_of(rows.begin(), rows.end(), [&](const SettingRow& row) { return row.variable == name; });
}

YAML::Node stateful_set() {
  for (const YAML::Node& document : YAML::LoadAllFromFile(kSource / "docs/kubernetes/penstock.yaml")) {
    if (document["kind"].as<std::string>() == "StatefulSet") return document;
  }
  ADD_FAILURE() << "no StatefulSet";
  return {};
}

TEST(Manifests, EveryWorkflowIsYamlAndNamesActionsByTheirWholeVersion) {
  const std::regex pinned("[a-z-]+/[a-z-]+@v[0-9]+\\.[0-9]+\\.[0-9]+");
  std::size_t uses = 0;
  for (const auto& file : files_in(".github/workflows")) {
    const YAML::Node workflow = YAML::LoadFile(file);
    EXPECT_TRUE(workflow["on"] && workflow["permissions"]) << file;
    for (const auto& job : workflow["jobs"]) {
      EXPECT_TRUE(job.second["runs-on"]) << file << ": " << job.first;
      if (job.second["needs"]) {
        EXPECT_TRUE(workflow["jobs"][job.second["needs"].as<std::string>()]) << file;
      }
      for (const YAML::Node& step : job.second["steps"]) {
        EXPECT_NE(step["uses"].IsDefined(), step["run"].IsDefined()) << file;
        if (!step["uses"]) continue;
        ++uses;
        EXPECT_TRUE(std::regex_match(step["uses"].as<std::string>(), pinned)) << step["uses"];
      }
    }
  }
  EXPECT_GT(uses, 3U);
}

TEST(Manifests, ATagIsReleasedForBothArchitecturesByTheCommandThatEverybodyHas) {
  const YAML::Node packages = YAML::LoadFile(kSource / ".github/workflows/release.yaml")["jobs"]["packages"];
  std::set<std::string> architectures;
  for (const YAML::Node& one : packages["strategy"]["matrix"]["include"]) {
    architectures.insert(one["architecture"].as<std::string>());
  }
  EXPECT_EQ(architectures, (std::set<std::string>{"amd64", "arm64"}));
  const auto steps = packages["steps"];
  EXPECT_TRUE(std::any_of(steps.begin(), steps.end(), [](const YAML::Node& step) {
    return step["run"] && step["run"].as<std::string>() == "./dev release --check";
  }));
}

TEST(Manifests, KubernetesRunsItWithoutRootOnAReadOnlyRootAndAsksTheHealthPaths) {
  const YAML::Node spec = stateful_set()["spec"];
  EXPECT_EQ(spec["replicas"].as<int>(), 1) << "there is one copy of the data";
  const YAML::Node pod = spec["template"]["spec"];
  EXPECT_TRUE(pod["securityContext"]["runAsNonRoot"].as<bool>());
  EXPECT_GT(pod["terminationGracePeriodSeconds"].as<int>(), 10) << "longer than shutdown-grace";
  const YAML::Node container = pod["containers"][0];
  EXPECT_TRUE(container["securityContext"]["readOnlyRootFilesystem"].as<bool>());
  EXPECT_FALSE(container["securityContext"]["allowPrivilegeEscalation"].as<bool>());
  EXPECT_TRUE(container["resources"]["limits"]["memory"]);
  std::set<std::string> ports;
  for (const YAML::Node& port : container["ports"]) ports.insert(port["name"].as<std::string>());
  for (const char* const probe : {"startupProbe", "livenessProbe", "readinessProbe"}) {
    const YAML::Node asked = container[probe]["httpGet"];
    const std::string path = asked["path"].as<std::string>();
    EXPECT_EQ(path, std::string(probe) == "livenessProbe" ? "/health/live" : "/health/ready") << probe;
    EXPECT_TRUE(ports.contains(asked["port"].as<std::string>())) << probe;
  }
  ASSERT_EQ(container["volumeMounts"].size(), 1U);
  EXPECT_EQ(container["volumeMounts"][0]["name"].as<std::string>(),
            spec["volumeClaimTemplates"][0]["metadata"]["name"].as<std::string>());
}

TEST(Manifests, TheComposeFileIsYamlAndWaitsForTheHealthCheck) {
  const YAML::Node services = YAML::LoadFile(kSource / "docs/compose/penstock.yaml")["services"];
  EXPECT_TRUE(services["penstock"]["read_only"].as<bool>());
  EXPECT_EQ(services["penstock"]["healthcheck"]["test"][2].as<std::string>(), "healthcheck");
  EXPECT_EQ(services["application"]["depends_on"]["penstock"]["condition"].as<std::string>(),
            "service_healthy");
}

// A compose file's key, also of what it merges.
YAML::Node merged(const YAML::Node& node, const std::string& key) {
  if (node[key]) return node[key];
  const YAML::Node base = node["<<"];
  return base ? merged(base, key) : base;
}

std::set<std::string> matches(const std::string& text, const std::regex& what) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at)
    found.insert(at->str(1));
  return found;
}

TEST(Manifests,
     TheComposeFileOfTheApplicationRunsProgramsThatThereAreConfinedAndReachedFromThisMachineAlone) {
  const YAML::Node compose = YAML::LoadFile(kSource / "docker/compose.yaml");
  std::set<std::string> names;
  std::set<std::string> published;
  for (const auto& service : compose["services"]) {
    const std::string name = service.first.as<std::string>();
    const YAML::Node& what = service.second;
    names.insert(name);
    EXPECT_TRUE(merged(what, "read_only").as<bool>()) << name;
    EXPECT_EQ(merged(what, "cap_drop")[0].as<std::string>(), "ALL") << name;
    EXPECT_EQ(merged(what, "security_opt")[0].as<std::string>(), "no-new-privileges:true") << name;
    for (const YAML::Node& port : what["ports"]) {
      const std::string text = port.as<std::string>();
      EXPECT_TRUE(text.starts_with("127.0.0.1:")) << text;
      published.insert(text.substr(text.rfind(':') + 1));
    }
    const YAML::Node volumes = merged(what, "volumes");
    for (const YAML::Node& volume : volumes) {
      const std::string text = volume.as<std::string>();
      EXPECT_TRUE(compose["volumes"][text.substr(0, text.find(':'))].IsDefined()) << text;
      EXPECT_TRUE(text.ends_with(":/data")) << "the volume of both images: " << text;
    }
    if (const YAML::Node build = merged(what, "build")) {
      EXPECT_TRUE(std::filesystem::exists(kSource / build["dockerfile"].as<std::string>())) << name;
    }
    if (merged(what, "image").as<std::string>() == "penstock-app") {
      EXPECT_EQ(what["command"][0].as<std::string>(), "node") << name;
      EXPECT_TRUE(std::filesystem::exists(kSource / "app" / what["command"][1].as<std::string>())) << name;
    }
    for (const auto& other : what["depends_on"]) {
      EXPECT_TRUE(compose["services"][other.first.as<std::string>()]["healthcheck"]) << other.first;
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"outside", "penstock", "provision", "redis", "web", "worker"}));
  // The daemon's by its own settings, the page's by the image's.
  const std::string image = read_file(kSource / "docker/app.Dockerfile");
  EXPECT_NE(image.find("APP_LISTEN=0.0.0.0:4580"), std::string::npos);
  EXPECT_EQ(published, (std::set<std::string>{"4566", "4567", "4580"}));
  const std::string health = compose["services"]["web"]["healthcheck"]["test"][3].as<std::string>();
  EXPECT_NE(health.find("http://127.0.0.1:4580/health'"), std::string::npos) << health;
  EXPECT_NE(read_file(kSource / "app/src/web.js").find("server.get('/health'"), std::string::npos);
}

TEST(Manifests, TheApplicationIsGivenVariablesThatItReadsAndAddressesThatAreServed) {
  const YAML::Node compose = YAML::LoadFile(kSource / "docker/compose.yaml");
  const std::string image = read_file(kSource / "docker/app.Dockerfile");
  std::set<std::string> read =
      matches(read_file(kSource / "app/src/settings.js"), std::regex(R"re(\n  ([A-Z][A-Z_]+): )re"));
  EXPECT_GT(read.size(), 20U);
  // The SDK's own.
  read.insert({"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"});
  for (const std::string& name : matches(image, std::regex(R"re(\b([A-Z_]+)=[^$]\S*)re"))) {
    if (name != "BASE" && name != "DEBIAN_FRONTEND" && name != "HOME") {
      EXPECT_TRUE(read.contains(name)) << name << " in docker/app.Dockerfile";
    }
  }
  // Every address that a program is told: the service, and its port.
  std::set<std::string> served{"penstock:4566", "redis:6379"};
  for (const std::string& port :
       matches(image, std::regex(R"re(OUTSIDE_[A-Z_]*LISTEN=0\.0\.0\.0:(\d+))re"))) {
    served.insert("outside:" + port);
  }
  EXPECT_EQ(served.size(), 4U) << "the stand-ins listen for HTTP and for mails";
  std::size_t addresses = 0;
  for (const char* const name : {"provision", "outside", "web", "worker"}) {
    for (const auto& variable : compose["services"][name]["environment"]) {
      EXPECT_TRUE(read.contains(variable.first.as<std::string>())) << variable.first << " of " << name;
      const std::string value = variable.second.as<std::string>();
      for (const std::string& address : matches(value, std::regex("^[a-z]+://([^/]+)"))) {
        ++addresses;
        EXPECT_TRUE(served.contains(address)) << value << " of " << name;
      }
    }
  }
  EXPECT_GT(addresses, 20U);
}

TEST(Manifests, TheUnitsOfTheApplicationRunProgramsThatThereAreAndWaitLongerThanAHandlerMayTake) {
  for (const auto& [name, seconds] : {std::pair{"penstock-web", 10}, std::pair{"penstock-worker@", 30}}) {
    const std::string unit = read_file(kSource / "app/supervision" / (std::string(name) + ".service"));
    const auto programs = matches(unit, std::regex(R"re(\nExecStart=/usr/bin/env node (\S+)\n)re"));
    ASSERT_EQ(programs.size(), 1U) << name;
    EXPECT_TRUE(std::filesystem::exists(kSource / "app" / *programs.begin())) << name;
    const auto stop = matches(unit, std::regex(R"re(\nTimeoutStopSec=(\d+)\n)re"));
    ASSERT_EQ(stop.size(), 1U) << name;
    EXPECT_GT(std::stoi(*stop.begin()), seconds) << name;
    // A worker that was asked to restart ends with 0.
    EXPECT_NE(unit.find("\nRestart=always\n"), std::string::npos) << name;
  }
}

TEST(Manifests, EveryVariableThatTheyNameIsASetting) {
  std::vector<std::filesystem::path> files{"docs/containers.md",
                                           "docs/image.md",
                                           "docs/kubernetes/penstock.yaml",
                                           "docs/compose/penstock.yaml",
                                           "docker/Dockerfile",
                                           "docker/compose.yaml",
                                           "packaging/pack",
                                           "packaging/debian/penstock.yaml",
                                           ".github/workflows/ci.yaml",
                                           ".github/workflows/service-container.yaml"};
  std::size_t named = 0;
  const std::regex variable("PENSTOCK_[A-Z0-9_]*[A-Z0-9]");
  for (const auto& file : files) {
    const std::string text = read_file(kSource / file);
    for (std::sregex_iterator at(text.begin(), text.end(), variable), end; at != end; ++at) {
      const std::string name = at->str();
      // Of the build, and what Kubernetes would set.
      if (name == "PENSTOCK_DAEMON_ONLY" || name == "PENSTOCK_PORT") continue;
      ++named;
      EXPECT_TRUE(is_variable(name)) << name << " in " << file;
    }
  }
  EXPECT_GT(named, 30U);
}

TEST(Manifests, ThePackagesConfigurationIsTaken) {
  const auto settings =
      read_settings({{"config", {(kSource / "packaging/debian/penstock.yaml").string()}}}, Environment{});
  ASSERT_TRUE(settings) << settings.error().text;
  EXPECT_EQ(settings->data, "/var/lib/penstock");
  EXPECT_TRUE(settings->listen.at(0).loopback());
}

TEST(Manifests, TheUnitDoesNotTryAgainWhatTryingCannotMend) {
  const std::string unit = read_file(kSource / "packaging/debian/penstock.service");
  const std::string wanted = "RestartPreventExitStatus=" + std::to_string(kExitUsage) + " " +
                             std::to_string(kExitNoInput) + " " + std::to_string(kExitConfig);
  EXPECT_NE(unit.find(wanted), std::string::npos) << wanted;
}

TEST(Packaging, EveryScriptIsOneThatItsShellUnderstands) {
  for (const auto& file : files_in("packaging")) {
    if (std::filesystem::is_directory(file)) continue;
    const std::string first = read_file(file).substr(0, 24);
    if (first.starts_with("#!/usr/bin/env bash")) {
      EXPECT_EQ(std::system(("bash -n " + file.string()).c_str()), 0) << file;
    } else if (first.starts_with("#!/usr/bin/env python3")) {
      EXPECT_EQ(
          std::system(
              ("python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' " + file.string()).c_str()),
          0)
          << file;
    }
  }
}

}  // namespace
}  // namespace penstock
