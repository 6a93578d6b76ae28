#pragma once

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <algorithm>
#include <semaphore>
#include <stdexcept>
#include <stop_token>
#include <string>

// Children that tests of commands share, and what came of commands as text.

namespace governed {

namespace sup = supervisor;
using namespace std::chrono_literals;

/// Counts, until it is told to leave.
inline caf::behavior steady(caf::event_based_actor* self) {
  return {[](int n) { return n + 1; }, [self](const std::string&) { self->quit(); }};
}

/// The child ends by itself, and all is well.
inline void leave(sup::test::tree& it, const std::string& path) {
  sup::compat::anon_send(*it.ref(path), std::string{"leave"});
  it.run();
}

/// What a child answers to a number.
inline int ask(sup::test::tree& it, const std::string& path, int n) {
  caf::scoped_actor self{it.system()};
  auto answer = sup::compat::request(self, *it.ref(path), caf::infinite, n);
  it.run();
  int got = 0;
  std::move(answer).receive([&](int x) { got = x; },
                            [&](const caf::error& why) { FAIL(sup::words(why)); });
  return got;
}

/// What a blocking worker does that has nothing to do.
inline void wait_to_stop(const sup::child& me) {
  std::binary_semaphore told{0};
  const std::stop_callback tell{me.stop_token(), [&told] { told.release(); }};
  told.acquire();
}

/// Needs some time to stop.
inline caf::behavior tidy(caf::event_based_actor* self, sup::nanoseconds needs) {
  sup::compat::on_exit_msg(self, [self, needs](const caf::exit_msg&) {
    sup::compat::send_after(self, needs, caf::actor{self}, std::string{"done"});
  });
  return {[self](const std::string&) { self->quit(caf::exit_reason::user_shutdown); },
          [](int n) { return n; }};
}

/// Is ready when it is sent a number.
inline caf::behavior late(caf::event_based_actor*, const sup::child& me) {
  return {[me](int) { me.ready(); }};
}

inline caf::behavior broken(caf::event_based_actor*) { throw std::runtime_error{"no disk"}; }

inline sup::child_spec child(std::string id) {
  return {.id = std::move(id), .start = sup::worker(steady)};
}

inline sup::child_spec tidy_child(std::string id, sup::nanoseconds needs = 300ms) {
  return {.id = std::move(id), .start = sup::worker(tidy, needs)};
}

inline sup::child_spec nested_child(std::string id, sup::supervisor_spec below) {
  return {.id = std::move(id), .start = sup::nested(std::move(below))};
}

/// One line, or the faults.
inline std::string text_of(const sup::expected<sup::control_result>& x) {
  return x ? to_string(*x) : "fault: " + to_string(x.error());
}

/// All of a tree but the time, and the count of what happened.
inline std::string text_of(const sup::supervisor_state& x, const std::string& before = "") {
  auto text = before + (x.path.empty() ? "/" : x.path) + " " + x.config_version + ", "
              + std::to_string(x.recent_restarts) + " restarts, " + std::string{label(x.phase)}
              + "\n";
  for (const auto& c : x.children) {
    text += before + "  " + c.id + ": " + std::string{label(c.state)} + ", "
            + std::string{label(c.operation)} + ", generation " + std::to_string(c.generation)
            + ", attempt " + std::to_string(c.attempt) + ", " + std::to_string(c.restart_count)
            + " restarts, event " + std::to_string(c.last_event) + ", fence "
            + std::string{label(c.fence)} + (c.dynamic ? ", dynamic" : "")
            + (c.forgotten ? ", forgotten" : "") + "\n";
    if (c.below)
      text += text_of(*c.below, before + "    ");
  }
  return text;
}

/// "a ready, b paused"
inline std::string row_of(const std::vector<sup::child_state>& all) {
  std::string text;
  for (const auto& c : all)
    text += (text.empty() ? "" : ", ") + c.id + " " + std::string{label(c.state)};
  return text;
}

inline std::string row_of(const sup::expected<std::vector<sup::child_state>>& all) {
  return all ? row_of(*all) : "fault: " + to_string(all.error());
}

/// [specs, active, supervisors, workers], as OTP's own tests have it.
inline std::string text_of(const sup::expected<sup::child_counts>& x) {
  if (!x)
    return "fault: " + to_string(x.error());
  return "[" + std::to_string(x->specs) + "," + std::to_string(x->active) + ","
         + std::to_string(x->supervisors) + "," + std::to_string(x->workers) + "]";
}

// -- trees that are commanded, and what is told of that --------------------------------------------------

inline sup::supervisor_spec three() { return {.children = {child("a"), child("b"), child("c")}}; }

inline sup::supervisor_spec village() {
  return {.children
          = {child("a"), nested_child("shop", {.children = {child("till"), child("stock")}})}};
}

/// Events of one tree that say something, one a line.
struct record {
  std::vector<std::string> lines{};

  sup::start_options options() {
    auto made = sup::test::tree::quiet();
    made.observer = [this](const sup::tree_event& x) {
      if (x.command_id.empty())
        return;
      auto line = std::string{x.command_id} + " " + std::string{label(x.what.what)};
      if (x.wanted_by)
        line += " by " + x.wanted_by->requested_by + " because " + x.wanted_by->reason;
      lines.push_back(std::move(line));
    };
    return made;
  }

  bool has(const std::string& line) const { return std::ranges::find(lines, line) != lines.end(); }
};

} // namespace governed
