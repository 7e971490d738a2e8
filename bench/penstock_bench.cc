// penstock-bench: what the daemon does, and what load does to any endpoint that speaks SQS.
//
//   penstock-bench send|receive-delete|cycle|batch --url http://host:port
//       load for an endpoint that runs already (endpoint_load.h)
//   penstock-bench front|commit|verify|wake|fanout|depth|groups|soak --penstock PATH
//       a daemon of their own (benchmarks.h); the status is 1 if something that can be counted is wrong
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

#include "bench/benchmarks.h"
#include "bench/endpoint_load.h"

namespace penstock {
namespace {

constexpr int kUsageStatus = 2;

const char* const kUsage =
    "usage: penstock-bench send|receive-delete|cycle|batch --url http://HOST:PORT\n"
    "         [--protocol json|query] [--connections N] [--size BYTES] [--duration S] [--warm-up S]\n"
    "         [--rate R]        R requests a second, whatever comes back; latency counts from when each was "
    "due\n"
    "         [--messages N]    that receive-delete begins with\n"
    "         [--region NAME] [--access-key ID] [--pid PID of the server, for its CPU] [--json]\n"
    "       penstock-bench front|commit|verify|wake|fanout|depth|groups|soak --penstock PATH [--echo PATH] [--directory DIR]\n"
    "         [--connections N] [--rounds N] [--seconds S] [--messages N] [--delay S] [--rate R]\n"
    "         [--resident-max MB]\n";

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

void read_url(const std::string& url, EndpointLoadOptions& options) {
  const std::string scheme = "http://";
  if (url.rfind(scheme, 0) != 0) throw UsageError("--url must begin with http://");
  std::string authority = url.substr(scheme.size());
  authority = authority.substr(0, authority.find('/'));
  options.caller.authority = authority;
  std::size_t colon = authority.rfind(':');
  if (colon != std::string::npos && authority.find(']', colon) != std::string::npos)
    colon = std::string::npos;
  options.plan.port = 80;
  if (colon != std::string::npos) {
    options.plan.port = number<std::uint16_t>("--url", authority.substr(colon + 1), 1, 65535);
    authority = authority.substr(0, colon);
  }
  if (authority.size() > 2 && authority.front() == '[') authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) throw UsageError("--url names no host");
  options.plan.host = authority;
}

int load(LoadKind kind, int argc, char** argv) {
  EndpointLoadOptions options;
  options.kind = kind;
  options.plan.connections = 64;
  options.plan.strict = false;
  std::string url;
  double seconds = 10;
  double warm_up = 2;
  bool json = false;
  const Flags flags{
      {"--url", text_flag(url)},
      {"--protocol", {[&](const std::string& flag, const std::string& value) {
         if (value != "json" && value != "query") throw UsageError(flag + " must be json or query");
         options.protocol = value == "json" ? SqsDialect::Protocol::kJson : SqsDialect::Protocol::kQuery;
       }}},
      {"--connections", number_flag<std::size_t>(options.plan.connections, 1, 60'000)},
      {"--size", number_flag<std::size_t>(options.body_bytes, 1, 1 << 20)},
      {"--duration", number_flag(seconds, 0.1, 86'400.0)},
      {"--warm-up", number_flag(warm_up, 0.0, 3'600.0)},
      {"--rate", number_flag(options.plan.rate, 0.0, 10e6)},
      {"--messages", number_flag<std::uint64_t>(options.messages, 1, 1'000'000'000)},
      {"--region", text_flag(options.caller.region)},
      {"--access-key", text_flag(options.caller.access_key_id)},
      {"--pid", {[&](const std::string& flag, const std::string& value) {
         options.server = number<pid_t>(flag, value, 1, 1 << 30);
       }}},
      {"--json", {[&](const std::string&, const std::string&) { json = true; }, false}},
  };
  read_flags(argc, argv, flags);
  if (url.empty()) throw UsageError("--url is missing");
  read_url(url, options);
  options.plan.time = std::chrono::duration<double>(seconds);
  options.plan.warm_up = std::chrono::duration<double>(warm_up);
  const EndpointLoadResult result = run_endpoint_load(options);
  std::fputs((json ? as_json(options, result) : as_text(options, result)).c_str(), stdout);
  return result.load.failures + result.load.broken + result.refused_batches == 0 ? 0 : 1;
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
  };
  read_flags(argc, argv, flags);
  if (options.penstock.empty()) throw UsageError("--penstock is missing");
  if (wants_echo && options.echo.empty()) throw UsageError("--echo is missing");
  return run(options) ? 0 : 1;
}

int run(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "send") return load(LoadKind::kSend, argc, argv);
  if (what == "receive-delete") return load(LoadKind::kReceiveDelete, argc, argv);
  if (what == "cycle") return load(LoadKind::kCycle, argc, argv);
  if (what == "batch") return load(LoadKind::kBatch, argc, argv);
  if (what == "front") return benchmark(front, true, argc, argv);
  if (what == "commit") return benchmark(commit, false, argc, argv);
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
