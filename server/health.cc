#include "server/health.h"

#include "server/version.h"

namespace penstock {
namespace {

ApiResponse json(int status, std::string body) {
  ApiResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

// As they are named by those who wait for one of them.
std::string services(bool ready) {
  const std::string state = ready ? R"("running")" : R"("starting")";
  return R"({"sns":)" + state + R"(,"sqs":)" + state + R"(,"sts":)" + state + "}";
}

std::string status_body(std::string_view status, bool ready) {
  return R"({"status":")" + std::string(status) + R"(","services":)" + services(ready) + R"(,"version":")" +
         std::string(version()) + R"("})";
}

}  // namespace

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::optional<ApiResponse> answer_health(const ApiRequest& request, bool ready) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = path_of(request.target);
  if (path == "/health/live") return json(200, status_body("live", ready));
  if (path == "/health" || path == "/health/ready") {
    return json(ready ? 200 : 503, status_body(ready ? "ready" : "starting", ready));
  }
  if (path == "/_localstack/health") {
    return json(ready ? 200 : 503,
                R"({"services":)" + services(ready) + R"(,"version":")" + std::string(version()) + R"("})");
  }
  const std::string_view declared = ready ? "true" : "false";
  if (path == "/_localstack/init/ready") {
    return json(200, R"({"completed":)" + std::string(declared) + R"(,"scripts":[]})");
  }
  // There are no scripts of other stages, so none that are still to run.
  for (const std::string_view stage :
       {"/_localstack/init/boot", "/_localstack/init/start", "/_localstack/init/shutdown"}) {
    if (path == stage) {
      return json(200, stage.ends_with("shutdown") ? R"({"completed":false,"scripts":[]})"
                                                   : R"({"completed":true,"scripts":[]})");
    }
  }
  if (path == "/_localstack/init") {
    return json(200, R"({"completed":{"BOOT":true,"START":true,"READY":)" + std::string(declared) +
                         R"(,"SHUTDOWN":false},"scripts":[]})");
  }
  return std::nullopt;
}

}  // namespace penstock
