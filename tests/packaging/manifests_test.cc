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
