#include "choices.hpp"
#include "must.hpp"
#include "printable.hpp"

#include <supervisor/report/control.hpp>
#include <supervisor/simulate/script/read_line.hpp>
#include <supervisor/simulate/simulate.hpp>
#include <supervisor/spec/setting_words.hpp>
#include <supervisor/spec/tcp_address.hpp>
#include <supervisor/text/duration.hpp>
#include <supervisor/text/size.hpp>

#include <algorithm>
#include <csignal>
#include <regex>

// Whatever turns a line of text into something to do: scripts, signals, addresses, times, ids.

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

declared_child_spec child(std::string id) {
  return {.id = std::move(id), .start = {.factory = "f"}, .readiness = readiness::on_report};
}

declared_spec village() {
  declared_spec shop{.children = {child("till"), child("stock")}};
  declared_child_spec below{.id = "shop"};
  below.start.nested = std::make_shared<const declared_spec>(std::move(shop));
  return {.children = {child("a"), child("b"), std::move(below)}};
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

void check_faults(const faults& all, std::string_view text) {
  must(!all.empty(), "a text that is refused has faults");
  std::uint32_t line = 1;
  for (const auto& x : all) {
    must(!x.what.empty() && !x.where.empty(), "a fault has a place and a text");
    must(is_printable(x.what) && is_printable(x.where), "a fault can be shown");
    must(x.line >= line && x.line <= count_lines(text), "faults come in the order of the lines");
    line = x.line;
  }
}

void check_script(const std::string& text) {
  const auto tree = village();
  const auto read = read_script(text, tree);
  if (!read)
    return check_faults(read.error(), text);
  must(validate(*read, tree).empty(), "a script that was read makes sense");
  must(read->cues.size() <= count_lines(text), "a line has no more than one cue");
  const simulation_options little{.how_long = 1min, .kept = 3, .most_happenings = 3000};
  const auto first = simulate(tree, *read, little);
  must(to_json(first) == to_json(simulate(tree, *read, little)), "simulations can be repeated");
  must(!to_string(first).empty(), "a simulation says what came of it");
}

void check_line(const std::string& line) {
  cue x;
  const auto wrong = simulating::read_line(line, x);
  must(is_printable(wrong), "a complaint can be shown");
  if (!wrong.empty())
    return;
  must(!x.child.empty(), "a line that was read is about a child");
  must(line.find(x.child) != line.npos, "a child is called as the line says");
  must(line.find(simulating::verb(x.what)) != line.npos, "a cue does what the line says");
}

void check_signal(const std::string& name) {
  const auto number = signal_number(name);
  must(number >= 0 && number <= SIGRTMAX, "signals have small numbers");
  must(number != SIGKILL && number != SIGSTOP, "nobody can answer to these");
  if (number != 0)
    must(signal_number(signal_name(number)) == number, "the name of a signal is one");
}

std::string text_of(const tcp_address& x) {
  const auto is_number = x.host.find(':') != x.host.npos;
  return (is_number ? "[" + x.host + "]" : x.host) + ":" + std::to_string(x.port);
}

void check_address(const std::string& text) {
  const auto x = tcp_address_of(text);
  if (!x)
    return;
  must(!x->host.empty() && x->port > 0, "an address has a host and a port");
  must(text.find(x->host) != text.npos, "a host is called as the text says");
  must(tcp_address_of(text_of(*x)) == x, "an address reads as it is written");
}

void check_duration(const std::string& text) {
  const auto x = duration_from(text);
  if (text.size() <= 40) { // std::regex recurses
    static const std::regex form{std::string{duration_pattern}};
    const auto has_form = std::regex_match(text, form);
    const auto too_long = !x && x.error().front().what.find("too long") != std::string::npos;
    must(has_form || !x, "a duration has the form of the pattern");
    must(x || too_long || !has_form, "what has the form of the pattern is a duration");
  }
  if (!x)
    return must(x.error().size() == 1 && is_printable(x.error().front().what),
                "what is no duration has one fault");
  must(*x >= 0ns && *x < nanoseconds::max(), "a duration can be counted");
  const auto again = duration_from(detail::words(*x));
  must(again && *again == *x, "a duration reads as it is written: " + detail::words(*x));
}

void check_size(const std::string& text) {
  const auto x = size_from(text);
  if (!x)
    return must(x.error().size() == 1 && is_printable(x.error().front().what),
                "what is no size has one fault");
  const auto again = size_from(std::to_string(*x) + "B");
  must(again && *again == *x, "a size is a number of bytes");
}

void check_words(const std::string& text) {
  const auto guess = did_you_mean(text, {"crash", "start", "stop"});
  must(guess.empty() || is_printable(guess), "a guess can be shown");
  must(check(audit{text, text}).size() == 2 * check(audit{"me", text}).size(),
       "who wants something has to say as much as why");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{bytes, bytes + size};
  check_script(text);
  check_line(text.substr(0, text.find('\n')));
  check_signal(text);
  check_address(text);
  check_duration(text);
  check_size(text);
  check_words(text);
  return 0;
}
