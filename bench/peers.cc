#include "bench/peers.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

namespace penstock {
namespace {

constexpr auto kStartMax = std::chrono::seconds(60);

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

// One that nobody listens on now.
std::uint16_t free_port() {
  const Socket socket;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("there is no free port");
  }
  return ntohs(address.sin_port);
}

void wait_for(const Peer& peer, const std::string& log) {
  const sockaddr_in address = loopback(peer.port);
  const auto end = std::chrono::steady_clock::now() + kStartMax;
  while (std::chrono::steady_clock::now() < end) {
    const Socket socket;
    if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::ifstream file(log);
  const std::string said{std::istreambuf_iterator<char>(file), {}};
  throw std::runtime_error(peer.name + " takes no connection after a minute; it said: " +
                           said.substr(said.size() > 1000 ? said.size() - 1000 : 0));
}

// With what it says in a file, so that no pipe fills.
std::unique_ptr<ChildProcess> start(const std::string& log, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"/bin/sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return std::make_unique<ChildProcess>(all);
}

std::string debian_version(const std::string& package) {
  std::string version;
  const std::string command = "dpkg-query -W -f='${Version}' " + package + " 2>/dev/null";
  if (FILE* const pipe = popen(command.c_str(), "re"); pipe != nullptr) {
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) version.push_back(static_cast<char>(c));
    pclose(pipe);
  }
  return version.empty() ? "of a version unknown" : version + " (Debian)";
}

Peer begin(const std::string& name, const std::string& version, const std::string& directory) {
  std::filesystem::create_directories(directory);
  Peer peer;
  peer.name = name;
  peer.version = version;
  peer.port = free_port();
  return peer;
}

void settle(Peer& peer, const std::string& log) {
  wait_for(peer, log);
  peer.server = peer.process->id();
}

}  // namespace

Peer start_redis(const std::string& program, const std::string& directory) {
  Peer peer = begin("Redis", debian_version("redis-server"), directory);
  const std::string log = directory + "/log";
  peer.process = start(log, {program, "--port", std::to_string(peer.port), "--bind", "127.0.0.1", "--dir",
                             directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always"});
  settle(peer, log);
  return peer;
}

Peer start_beanstalkd(const std::string& program, const std::string& directory) {
  Peer peer = begin("beanstalkd", debian_version("beanstalkd"), directory);
  const std::string log = directory + "/log", data = directory + "/data";
  std::filesystem::create_directories(data);
  peer.process =
      start(log, {program, "-l", "127.0.0.1", "-p", std::to_string(peer.port), "-b", data, "-f", "0"});
  settle(peer, log);
  return peer;
}

Peer start_nginx(const std::string& program, const std::string& directory) {
  Peer peer = begin("nginx", debian_version("nginx"), directory);
  const std::string log = directory + "/log", configuration = directory + "/nginx.conf";
  std::ofstream(configuration)
      << "daemon off;\nmaster_process off;\nworker_processes 1;\npid " << directory << "/pid;\nerror_log "
      << log << " warn;\nevents { worker_connections 1024; }\nhttp {\n"
      << "  access_log off;\n  keepalive_requests 1000000000;\n  client_body_temp_path " << directory
      << "/body;\n  proxy_temp_path " << directory << "/proxy;\n  fastcgi_temp_path " << directory
      << "/fastcgi;\n  uwsgi_temp_path " << directory << "/uwsgi;\n  scgi_temp_path " << directory
      << "/scgi;\n  server {\n    listen 127.0.0.1:" << peer.port
      << ";\n    location / { return 200 'ok'; }\n    location /kilobyte { return 200 '"
      << std::string(1024, 'x') << "'; }\n  }\n}\n";
  peer.process = start(log, {program, "-e", log, "-c", configuration});
  settle(peer, log);
  return peer;
}

Peer start_rabbitmq(const std::string& program, const std::string& directory) {
  Peer peer = begin("RabbitMQ", debian_version("rabbitmq-server"), directory);
  const std::string log = directory + "/log", configuration = directory + "/rabbitmq.conf",
                    pid = directory + "/pid";
  std::ofstream(configuration) << "listeners.tcp.1 = 127.0.0.1:" << peer.port << "\n";
  std::ofstream(directory + "/plugins") << "[].\n";
  const std::string mapper = std::to_string(free_port()), distribution = std::to_string(free_port());
  // Its nodes would start a mapper that outlives them.
  peer.beside = start(log, {"/usr/bin/env", "epmd", "-port", mapper, "-address", "127.0.0.1"});
  peer.process =
      start(log, {"/usr/bin/env", "HOME=" + directory, "RABBITMQ_NODENAME=bench@localhost",
                  "RABBITMQ_CONFIG_FILE=" + configuration, "RABBITMQ_MNESIA_BASE=" + directory + "/mnesia",
                  "RABBITMQ_LOG_BASE=" + directory + "/logs",
                  "RABBITMQ_ENABLED_PLUGINS_FILE=" + directory + "/plugins", "RABBITMQ_PID_FILE=" + pid,
                  "RABBITMQ_NODE_PORT=" + std::to_string(peer.port), "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
                  "RABBITMQ_DIST_PORT=" + distribution, "ERL_EPMD_PORT=" + mapper,
                  "ERL_EPMD_ADDRESS=127.0.0.1", program});
  settle(peer, log);
  std::ifstream(pid) >> peer.server;
  return peer;
}

Peer start_emulator(const std::string& node, const std::string& script, const std::string& directory) {
  const std::filesystem::path folder = std::filesystem::path(script).parent_path();
  std::ifstream file(folder / "node_modules" / "fauxqs" / "package.json");
  const nlohmann::json said = nlohmann::json::parse(file, nullptr, false);
  const std::string version = said.is_object() ? said.value("version", "") : "";
  Peer peer =
      begin(said.is_object() ? said.value("name", "emulator") : "emulator", version + " (npm)", directory);
  const std::string log = directory + "/log";
  peer.process = start(log, {node, script, std::to_string(peer.port)});
  settle(peer, log);
  return peer;
}

}  // namespace penstock
