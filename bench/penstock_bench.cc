// penstock-bench: what the daemon does, and what load does to any endpoint that speaks SQS.
//
//   penstock-bench KIND[,KIND...] --url http://host:port [--url ...]
//       load for endpoints that run already (endpoint_load.h)
//   penstock-bench standard|compare|front|commit|threads|verify|wake|fanout|depth|groups|soak --penstock PATH
//       a daemon of their own (benchmarks.h); the status is 1 if something that can be counted is wrong
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/endpoint_load.h"

namespace penstock {
namespace {

constexpr int kUsageStatus = 2;

const char* const kUsage =
    "usage: penstock-bench KIND[,KIND...] --url http[s]://HOST:PORT [--url ...]\n"
    "         KIND: send, batch, receive-delete, cycle, fifo, publish, long-poll, backlog or mixed\n"
    "         [--protocol json|query] [--connections N] [--size BYTES] [--rounds N] [--duration S] "
    "[--warm-up S]\n"
    "         [--rate R]        R requests a second, whatever comes back; latency counts from when each was "
    "due\n"
    "         [--messages N]    that receive-delete and backlog begin with\n"
    "         [--queues N]      of the topic of publish\n"
    "         [--region NAME] [--access-key ID]\n"
    "         [--ca FILE]       whose certificates are believed; the system's authorities unless told\n"
    "         [--sign]          by Signature Version 4, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
    "(and\n"
    "                           AWS_SESSION_TOKEN) of the environment\n"
    "         [--pid PID]       of the server, for its CPU and memory; one for each --url, in their order\n"
    "         [--json] [--json-file FILE] [--html FILE] [--before FILE]\n"
    "       penstock-bench standard|compare|front|commit|threads|verify|wake|fanout|depth|groups|soak\n"
    "         --penstock PATH\n"
    "         [--echo PATH] [--directory DIR] [--connections N] [--rounds N] [--seconds S] [--messages N]\n"
    "         [--delay S] [--rate R] [--groups N] [--resident-max MB]\n"
    "         [--redis PATH] [--beanstalkd PATH] [--nginx PATH] [--rabbitmq PATH] [--node PATH --emulator "
    "SCRIPT]\n"
    "         [--json-file FILE] [--html FILE] [--before FILE]\n"
    "Files of --json-file and --html are the results; --before is a --json-file of an earlier run.\n";

// Thrown for words that cannot be understood; the text says which.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Number>
Number number(const std::string& flag, const std::string& text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    throw UsageError(flag + " " + text + " is not in its range");
  }
  return value;
}

// Flags in any order. Each is handed its value, or nothing if it takes none.
struct Flag {
  std::function<void(const std::string& flag, const std::string& value)> take;
  bool has_value = true;
};
using Flags = std::map<std::string, Flag>;

void read_flags(int argc, char** argv, const Flags& flags) {
  for (int i = 2; i < argc; ++i) {
    const std::string name = argv[i];
    const auto flag = flags.find(name);
    if (flag == flags.end()) throw UsageError(name + " is not known");
    if (!flag->second.has_value) {
      flag->second.take(name, {});
    } else if (i + 1 < argc) {
      flag->second.take(name, argv[++i]);
    } else {
      throw UsageError(name + " wants a value");
    }
  }
}

template <class Number>
Flag number_flag(Number& into, Number least, Number most) {
  return {[&into, least, most](const std::string& flag, const std::string& value) {
    into = number<Number>(flag, value, least, most);
  }};
}

Flag text_flag(std::string& into) {
  return {[&into](const std::string&, const std::string& value) { into = value; }};
}

Endpoint read_url(const std::string& url, const std::string& authorities) {
  const std::string plain = "http://", by_tls = "https://";
  const bool tls = url.rfind(by_tls, 0) == 0;
  if (!tls && url.rfind(plain, 0) != 0) throw UsageError("--url must begin with http:// or https://");
  Endpoint endpoint;
  endpoint.port = tls ? 443 : 80;
  if (tls) endpoint.tls = std::make_shared<const TlsTrust>(authorities);
  std::string authority = url.substr(tls ? by_tls.size() : plain.size());
  authority = authority.substr(0, authority.find('/'));
  endpoint.caller.authority = authority;
  std::size_t colon = authority.rfind(':');
  if (colon != std::string::npos && authority.find(']', colon) != std::string::npos)
    colon = std::string::npos;
  if (colon != std::string::npos) {
    endpoint.port = number<std::uint16_t>("--url", authority.substr(colon + 1), 1, 65535);
    authority = authority.substr(0, colon);
  }
  if (authority.size() > 2 && authority.front() == '[') authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) throw UsageError("--url names no host");
  endpoint.host = authority;
  return endpoint;
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Empty unless all of the words between commas are kinds of load.
std::vector<LoadKind> read_kinds(const std::string& what) {
  std::vector<LoadKind> kinds;
  for (std::size_t at = 0; at <= what.size();) {
    const std::size_t comma = std::min(what.find(',', at), what.size());
    const std::optional<LoadKind> kind = load_kind(what.substr(at, comma - at));
    if (!kind) return {};
    kinds.push_back(*kind);
    at = comma + 1;
  }
  return kinds;
}

int load(std::vector<LoadKind> kinds, int argc, char** argv) {
  EndpointLoadOptions options;
  options.kinds = std::move(kinds);
  options.plan.connections = 64;
  options.plan.strict = false;
  Caller caller;
  std::vector<std::string> urls;
  std::string authorities;
  std::vector<pid_t> servers;
  double seconds = 10;
  double warm_up = 2;
  bool json = false;
  bool sign = false;
  ReportFiles files;
  const Flags flags{
      {"--url", {[&](const std::string&, const std::string& value) { urls.push_back(value); }}},
      {"--protocol", {[&](const std::string& flag, const std::string& value) {
         if (value != "json" && value != "query") throw UsageError(flag + " must be json or query");
         options.protocol = value == "json" ? SqsDialect::Protocol::kJson : SqsDialect::Protocol::kQuery;
       }}},
      {"--connections", number_flag<std::size_t>(options.plan.connections, 1, 60'000)},
      {"--size", number_flag<std::size_t>(options.body_bytes, 1, 1 << 20)},
      {"--rounds", number_flag<std::size_t>(options.rounds, 1, 1'000)},
      {"--duration", number_flag(seconds, 0.1, 86'400.0)},
      {"--warm-up", number_flag(warm_up, 0.0, 3'600.0)},
      {"--rate", number_flag(options.plan.rate, 0.0, 10e6)},
      {"--messages", number_flag<std::uint64_t>(options.messages, 1, 1'000'000'000)},
      {"--queues", number_flag<std::size_t>(options.queues, 1, 10'000)},
      {"--region", text_flag(caller.region)},
      {"--access-key", text_flag(caller.access_key_id)},
      {"--ca", text_flag(authorities)},
      {"--sign", {[&](const std::string&, const std::string&) { sign = true; }, false}},
      {"--pid", {[&](const std::string& flag, const std::string& value) {
         servers.push_back(number<pid_t>(flag, value, 1, 1 << 30));
       }}},
      {"--json", {[&](const std::string&, const std::string&) { json = true; }, false}},
      {"--json-file", text_flag(files.json)},
      {"--html", text_flag(files.html)},
      {"--before", text_flag(files.before)},
  };
  read_flags(argc, argv, flags);
  for (const std::string& url : urls) options.endpoints.push_back(read_url(url, authorities));
  if (options.endpoints.empty()) throw UsageError("--url is missing");
  if (servers.size() > options.endpoints.size()) throw UsageError("there are more --pid than --url");
  if (sign) {
    caller.access_key_id = environment("AWS_ACCESS_KEY_ID");
    caller.secret_access_key = environment("AWS_SECRET_ACCESS_KEY");
    caller.session_token = environment("AWS_SESSION_TOKEN");
    if (caller.access_key_id.empty() || caller.secret_access_key.empty())
      throw UsageError("--sign wants AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  }
  for (std::size_t at = 0; at < options.endpoints.size(); ++at) {
    Endpoint& endpoint = options.endpoints[at];
    caller.authority = endpoint.caller.authority;
    endpoint.caller = caller;
    if (at < servers.size()) endpoint.server = servers[at];
  }
  options.plan.time = std::chrono::duration<double>(seconds);
  options.plan.warm_up = std::chrono::duration<double>(warm_up);
  Report report = run_endpoint_load(options);
  publish(report, files, json);
  return std::all_of(report.subjects.begin(), report.subjects.end(),
                     [](const Subject& subject) { return subject.wrong.empty(); })
             ? 0
             : 1;
}

int benchmark(bool (*run)(const BenchmarkOptions&), bool wants_echo, int argc, char** argv) {
  BenchmarkOptions options;
  const Flags flags{
      {"--penstock", text_flag(options.penstock)},
      {"--echo", text_flag(options.echo)},
      {"--directory", text_flag(options.directory)},
      {"--connections", number_flag<std::size_t>(options.connections, 1, 60'000)},
      {"--rounds", number_flag<std::size_t>(options.rounds, 1, 1'000)},
      {"--seconds", number_flag(options.seconds, 0.1, 86'400.0)},
      {"--messages", number_flag<std::uint64_t>(options.messages, 10, 1'000'000'000)},
      {"--delay", number_flag<std::uint64_t>(options.delay, 0, 900)},
      {"--groups", number_flag<std::size_t>(options.groups, 64, 10'000'000)},
      {"--rate", number_flag(options.rate, 0.0, 10e6)},
      {"--resident-max", number_flag<std::size_t>(options.resident_mb_max, 1, 1 << 20)},
      {"--json-file", text_flag(options.report.json)},
      {"--html", text_flag(options.report.html)},
      {"--before", text_flag(options.report.before)},
      {"--redis", text_flag(options.redis)},
      {"--beanstalkd", text_flag(options.beanstalkd)},
      {"--nginx", text_flag(options.nginx)},
      {"--rabbitmq", text_flag(options.rabbitmq)},
      {"--node", text_flag(options.node)},
      {"--emulator", text_flag(options.emulator)},
  };
  read_flags(argc, argv, flags);
  if (options.penstock.empty()) throw UsageError("--penstock is missing");
  if (wants_echo && options.echo.empty()) throw UsageError("--echo is missing");
  return run(options) ? 0 : 1;
}

int run(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (std::vector<LoadKind> kinds = read_kinds(what); !kinds.empty())
    return load(std::move(kinds), argc, argv);
  if (what == "standard") return benchmark(standard, true, argc, argv);
  if (what == "compare") return benchmark(compare, true, argc, argv);
  if (what == "front") return benchmark(front, true, argc, argv);
  if (what == "commit") return benchmark(commit, false, argc, argv);
  if (what == "threads") return benchmark(threads, false, argc, argv);
  if (what == "verify") return benchmark(verify, false, argc, argv);
  if (what == "wake") return benchmark(wake, false, argc, argv);
  if (what == "fanout") return benchmark(fanout, false, argc, argv);
  if (what == "depth") return benchmark(depth, false, argc, argv);
  if (what == "groups") return benchmark(groups, false, argc, argv);
  if (what == "soak") return benchmark(soak, false, argc, argv);
  throw UsageError(what.empty() ? "what is to be measured?" : what + " is not known");
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) {
  try {
    return penstock::run(argc, argv);
  } catch (const penstock::UsageError& error) {
    std::fprintf(stderr, "penstock-bench: %s\n%s", error.what(), penstock::kUsage);
    return penstock::kUsageStatus;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "penstock-bench: %s\n", error.what());
    return 1;
  }
}
