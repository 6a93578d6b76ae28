#include "house.hpp"

#include "../programs.hpp"

#include <stdexcept>

#include <supervisor/process/process.hpp>

namespace soak {

namespace {

using namespace std::chrono_literals;
using sup::stop_target;

constexpr auto stop_targets = {stop_target::group, stop_target::main, stop_target::all};
constexpr auto for_ever = "100000000"; ///< in seconds

/// Crashes a while after each start.
caf::behavior crasher(caf::event_based_actor* self, int after_ms) {
  sup::compat::send_after(self, std::chrono::milliseconds{after_ms}, caf::actor{self}, 1);
  return {[](int) { throw std::runtime_error{"as it was told"}; }};
}

caf::behavior member(caf::event_based_actor*, int own) {
  return {[own](int n) { return n + own; }};
}

sup::supervisor_spec crashers() {
  sup::supervisor_spec spec{.strategy = sup::strategy::rest_for_one,
                            .intensity = {.restarts = sup::unlimited},
                            .defaults = {.backoff = {.first = 1ms, .longest = 5ms}}};
  for (const auto after_ms : {700, 500, 300, 200, 100})
    spec.children.push_back(
      {.id = "after-" + std::to_string(after_ms), .start = sup::worker(crasher, after_ms)});
  return spec;
}

sup::child_spec program(const std::string& id, sup::process_spec what) {
  return {
    .id = id, .start = sup::process(std::move(what)), .backoff = {.first = 10ms, .longest = 10ms}};
}

sup::child_spec shell(const std::string& id, const std::string& script) {
  return program(id, {.argv = {"/bin/sh", "-c", script}});
}

/// The last one leaves others behind, one of them in a session of its own.
sup::supervisor_spec programs() {
  return {.intensity = {.restarts = sup::unlimited},
          .children
          = {shell("ends", "echo well; sleep 0.3"), shell("fails", "echo badly; sleep 0.5; exit 3"),
             shell("stays", "exec sleep 1000000"),
             shell("leaves", "sleep 1000000 & setsid sleep 1000000 & sleep 0.7")}};
}

sup::child_spec printing(const std::string& id, const std::string& lines_a_second) {
  return program(id, {.argv = {chaos::child_program(), "prints", lines_a_second},
                      .max_lines_waiting = 64}); // so that it waits for a reader who is slow
}

sup::supervisor_spec printers() {
  return {.intensity = {.restarts = sup::unlimited},
          .children = {printing("a", "200"), printing("b", "50"), printing("by-hand", "50")}};
}

/// Beats as it should, through pauses of 2 s.
sup::child_spec beating(const std::string& id) {
  auto x = program(id, {.argv = {chaos::child_program(), "beats", "20", "200", "0"}});
  x.readiness = sup::readiness::on_report;
  x.more.make().health_policy = sup::health_policy{200ms, 5s};
  return x;
}

sup::supervisor_spec watched() {
  return {.intensity = {.restarts = sup::unlimited},
          .children = {beating("a"), beating("b"), beating("by-hand")}};
}

/// It has two with it who do not obey: in a session of their own, with nothing in their environment.
sup::child_spec with_others(const std::string& id, stop_target to, const std::string& folder) {
  auto x
    = program(id, {.argv = {chaos::child_program(), "daemons", "2", for_ever, folder + "/" + id},
                   .stop_to = to});
  x.shutdown = sup::stop_budget{100ms, 5s};
  return x;
}

sup::supervisor_spec companies(const std::string& folder) {
  sup::supervisor_spec spec{.intensity = {.restarts = sup::unlimited}};
  for (const auto x : stop_targets)
    spec.children.push_back(with_others(std::string{label(x)}, x, folder));
  return spec;
}

sup::supervisor_spec wing() {
  return {
    .intensity = {.restarts = sup::unlimited},
    .children
    = {{.id = "a", .start = sup::worker(chaos::echo)},
       {.id = "below",
        .start = sup::nested({.children = {{.id = "b", .start = sup::worker(chaos::echo)}}})}}};
}

} // namespace

sup::supervisor_spec house(const std::string& folder) {
  const sup::child_spec shape{
    .id = "member", .start = sup::worker_with<int>(member), .restart = sup::restart::temporary};
  return {.intensity = {.restarts = sup::unlimited},
          .children = {{.id = "crashers", .start = sup::nested(crashers())},
                       {.id = "programs", .start = sup::nested(programs())},
                       {.id = "printers", .start = sup::nested(printers())},
                       {.id = "watched", .start = sup::nested(watched())},
                       {.id = "companies", .start = sup::nested(companies(folder))},
                       {.id = "wing", .start = sup::nested(wing())},
                       {.id = "pool", .start = sup::pool(shape)},
                       {.id = "served", .start = sup::worker(chaos::echo)},
                       {.id = "steady", .start = sup::worker(chaos::echo)}}};
}

const std::vector<std::string>& restarted_by_hand() {
  static const std::vector<std::string> all{
    "steady",          "wing",           "programs/stays", "printers/by-hand", "watched/by-hand",
    "companies/group", "companies/main", "companies/all"};
  return all;
}

sup::supervisor_spec small(const std::string& folder, std::uint64_t round) {
  sup::supervisor_spec spec{.children = {{.id = "a", .start = sup::worker(chaos::echo)},
                                         {.id = "below", .start = sup::nested(crashers())}}};
  if (round % 10 == 0)
    spec.children.push_back(
      with_others("many", *(stop_targets.begin() + round / 10 % stop_targets.size()), folder));
  return spec;
}

} // namespace soak
