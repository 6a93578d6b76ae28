#include "supervisor/cli/output/tree_view.hpp"

#include "supervisor/text/printable.hpp"
#include "supervisor/text/utf8.hpp"

#include <algorithm>

namespace supervisor {

std::string_view glyph(lifecycle x) noexcept {
  switch (x) {
    case lifecycle::running:
    case lifecycle::ready:
      return "●";
    case lifecycle::starting:
    case lifecycle::shutting_down:
      return "◐";
    case lifecycle::restarting:
      return "↻";
    case lifecycle::failed:
      return "✕";
    case lifecycle::paused:
    case lifecycle::quarantined:
      return "⏸";
    case lifecycle::abandoned:
      return "⛔";
    case lifecycle::stopped:
    case lifecycle::declared:
      return "○";
  }
  return "?";
}

namespace {

constexpr std::size_t most_of_a_name = 40;

std::string_view colour_of(lifecycle x) {
  switch (x) {
    case lifecycle::running:
    case lifecycle::ready:
      return "\x1b[32m";
    case lifecycle::starting:
    case lifecycle::shutting_down:
    case lifecycle::restarting:
      return "\x1b[33m";
    case lifecycle::failed:
    case lifecycle::abandoned:
      return "\x1b[31m";
    case lifecycle::paused:
    case lifecycle::quarantined:
      return "\x1b[35m";
    case lifecycle::stopped:
    case lifecycle::declared:
      return "\x1b[2m";
  }
  return "";
}

bool is_wide(lifecycle x) { return x == lifecycle::abandoned; }

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto next = showing::first_of(text);
    count += showing::columns_of(next.code);
    text.remove_prefix(next.size);
  }
  return count;
}

std::string padded(std::string text, std::size_t to) {
  text.append(to - std::min(to, columns(text)), ' ');
  return text;
}

/// The bytes that take so many columns at most.
std::size_t size_within(std::string_view text, std::size_t most) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto next = showing::first_of(text.substr(size));
    const auto taken = showing::columns_of(next.code);
    if (taken > most)
      break;
    most -= taken;
    size += next.size;
  }
  return size;
}

std::string cut(std::string text, std::size_t to) {
  if (columns(text) <= to)
    return text;
  return to == 0 ? "" : text.substr(0, size_within(text, to - 1)) + "…";
}

/// What somebody else says, in a table: a tab would be as wide as it likes.
std::string shown(const std::string& said, std::size_t most = 80) {
  auto text = showing::printable(said, most);
  std::ranges::replace(text, '\t', ' ');
  return text;
}

std::string name_of(const child_state& x, std::size_t depth) {
  return std::string(2 * depth, ' ') + shown(x.name, most_of_a_name);
}

std::size_t widest_name(const supervisor_state& s, std::size_t depth) {
  std::size_t most = 0;
  for (const auto& child : s.children) {
    most = std::max(most, columns(name_of(child, depth)));
    if (child.below)
      most = std::max(most, widest_name(*child.below, depth + 1));
  }
  return most;
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& x : names)
    text += (text.empty() ? "" : ", ") + x;
  return text;
}

std::string last_exit(const child_state& x) {
  return words(*x.last_exit) + (x.last_words.empty() ? "" : ": " + shown(x.last_words));
}

std::string counted(std::uint32_t restarts) {
  return std::to_string(restarts) + (restarts == 1 ? " restart" : " restarts");
}

std::string counted_requests(std::uint32_t refused) {
  return std::to_string(refused) + (refused == 1 ? " request" : " requests") + " refused";
}

/// The end of a child's line: what is, what comes next, and what was.
std::string story(const child_state& x) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "  ") + part; };
  if (x.pid != 0)
    add("pid " + std::to_string(x.pid));
  if (!x.status_text.empty())
    add('"' + shown(x.status_text) + '"');
  if (x.restart_count > 0)
    add(counted(x.restart_count));
  if (!x.waits_for.empty())
    add("waits for " + list(x.waits_for));
  if (x.held_by == wait_reason::turn)
    add("waits for its turn");
  if (x.held_by == wait_reason::answer)
    add("waits for its policy's answer");
  if (x.held_by == wait_reason::pause || x.held_by == wait_reason::new_decision)
    add("its group is paused");
  if (x.next_start)
    add("next try in " + to_string(*x.next_start));
  for (const auto& remark : x.remarks)
    add("(" + shown(remark) + ")");
  if (x.refused_requests > 0)
    add(counted_requests(x.refused_requests));
  if (x.last_exit)
    add("last: " + last_exit(x));
  return text;
}

std::string root_line(const supervisor_state& s, const view_options& o) {
  auto text = shown(o.title, most_of_a_name) + "  " + std::string{label(s.strategy)};
  if (s.recent_restarts > 0) {
    text += "  " + counted(s.recent_restarts);
    if (s.intensity.restarts != unlimited)
      text += " of " + std::to_string(s.intensity.restarts);
    text += " in " + to_string(s.intensity.period);
  }
  if (s.phase != shutdown_phase::idle)
    text += "  shutdown: " + std::string{label(s.phase)};
  return cut(std::move(text), o.width);
}

class picture {
public:
  picture(const view_options& o, std::size_t names) : options_(o), names_(names) {}

  void add(const supervisor_state& s, std::size_t depth) {
    for (const auto& child : s.children) {
      lines.push_back(line(child, depth));
      if (child.below)
        add(*child.below, depth + 1);
    }
  }

  std::vector<std::string> lines{};

private:
  static constexpr std::size_t widest_state = 13; // shutting_down
  static constexpr std::size_t sign = 3;          // a glyph and what separates it

  std::string line(const child_state& x, std::size_t depth) const {
    const auto name = padded(name_of(x, depth), names_) + "  ";
    const auto room = options_.width - std::min(options_.width, sign);
    const auto rest
      = cut(name + padded(std::string{label(x.state)}, widest_state) + "  " + story(x), room);
    const auto plain = std::string{glyph(x.state)} + (is_wide(x.state) ? " " : "  ");
    return options_.colour ? coloured(x.state, plain, rest, name.size()) : trimmed(plain + rest);
  }

  /// The glyph and the word for the state.
  static std::string coloured(lifecycle state, const std::string& sign_of, const std::string& rest,
                              std::size_t word) {
    const auto paint = std::string{colour_of(state)};
    if (word >= rest.size()
        || rest.compare(word, label(state).size(), label(state)) != 0) // cut off
      return paint + sign_of + "\x1b[0m" + trimmed(rest);
    const auto end = word + label(state).size();
    return paint + sign_of + "\x1b[0m" + rest.substr(0, word) + paint
           + rest.substr(word, end - word) + "\x1b[0m" + trimmed(rest.substr(end));
  }

  static std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  const view_options& options_;
  std::size_t names_;
};

void cut_to_height(std::vector<std::string>& lines, const view_options& o) {
  if (lines.size() <= o.height)
    return;
  const auto left_out = lines.size() - (o.height - std::min<std::size_t>(o.height, 1));
  lines.resize(o.height);
  if (!lines.empty())
    lines.back() = cut("   and " + std::to_string(left_out) + " more", o.width);
}

} // namespace

std::vector<std::string> view(const supervisor_state& s, const view_options& o) {
  picture made{o, widest_name(s, 0)};
  made.lines.push_back(root_line(s, o));
  made.add(s, 0);
  cut_to_height(made.lines, o);
  return std::move(made.lines);
}

} // namespace supervisor
