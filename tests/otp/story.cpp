#include "story.hpp"

namespace otp {

namespace {

constexpr std::string_view words_of_attempts[] = {"ok", "error", "ignore"};
constexpr std::string_view words_of_manners[] = {"obeys", "fails", "ignores"};

std::string list(const auto& all, auto&& word) {
  std::string text;
  for (const auto& x : all)
    text += (text.empty() ? "" : ",") + word(x);
  return "[" + text + "]";
}

std::string quoted(std::string_view x) { return "\"" + std::string{x} + "\""; }

std::string term_of(const seat& x) {
  const auto head
    = quoted(x.id) + "," + std::string{label(x.when)} + "," + (x.significant ? "true" : "false");
  if (x.is_supervisor)
    return "{sup," + head + "," + std::string{label(x.strategy)} + "," + std::to_string(x.restarts)
           + "," + std::string{label(x.ends)} + ","
           + list(x.below,
                  [&](const seat& below) {
                    return is_pool(x) ? "{template," + term_of(below) + "}" : term_of(below);
                  })
           + "}";
  const auto patience = x.patience_ms == 0 ? "brutal_kill" : std::to_string(x.patience_ms);
  return "{leaf," + head + "," + patience + ","
         + std::string{words_of_manners[static_cast<int>(x.stops)]} + ","
         + list(x.starts,
                [](attempt a) { return std::string{words_of_attempts[static_cast<int>(a)]}; })
         + "}";
}

std::string term_of(const step& x) {
  switch (x.what) {
    case act::die:
      return "{die,"
             + list(x.victims,
                    [](const victim& v) {
                      return "{" + quoted(v.path) + "," + std::string{label(v.how)} + "}";
                    })
             + (x.meanwhile.empty() ? "" : "," + term_of(x.meanwhile.front())) + "}";
    case act::start:
      return "{start," + quoted(x.path) + ","
             + (x.is_member ? "{member," + quoted(x.added.id) + "}" : term_of(x.added)) + "}";
    case act::stop:
      return "stop";
    case act::terminate:
    case act::restart:
    case act::remove:
      return "{" + std::string{label(x.what)} + "," + quoted(x.path) + "}";
  }
  return {};
}

std::string lines_of(const seat& x, const std::string& before) {
  auto text = before
              + term_of(seat{x.id,
                             x.when,
                             x.significant,
                             x.is_supervisor,
                             x.patience_ms,
                             x.stops,
                             x.starts,
                             x.strategy,
                             x.restarts,
                             x.ends,
                             {}})
              + "\n";
  for (const auto& below : x.below)
    text += lines_of(below, before + "  ");
  return text;
}

} // namespace

std::string term_of(const story& x) {
  return "{story," + std::to_string(x.seed) + "," + term_of(x.root) + ","
         + list(x.steps, [](const step& s) { return term_of(s); }) + "}";
}

std::string text_of(const story& x) {
  auto text = "seed " + std::to_string(x.seed) + "\n" + lines_of(x.root, "  ");
  for (std::size_t i = 0; i < x.steps.size(); ++i)
    text += "  step " + std::to_string(i + 1) + ": " + term_of(x.steps[i]) + "\n";
  return text;
}

void for_each_step(const story& x, const std::function<void(const step&)>& visit) {
  for (const auto& s : x.steps) {
    visit(s);
    for (const auto& command : s.meanwhile)
      visit(command);
  }
}

std::string_view label(death x) noexcept {
  constexpr std::string_view words[] = {"normal", "shutdown", "shutdown_because", "crash", "kill"};
  return words[static_cast<int>(x)];
}

std::string_view label(act x) noexcept {
  constexpr std::string_view words[] = {"die", "terminate", "restart", "remove", "start", "stop"};
  return words[static_cast<int>(x)];
}

} // namespace otp
