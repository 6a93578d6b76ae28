#include "supervisor/simulate/script/lines.hpp"
#include "supervisor/simulate/telling.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace supervisor::simulating {

namespace {

std::string timed(nanoseconds at, const std::string& line) {
  return "  " + clock(at) + "  " + line + "\n";
}

void write_timeline(std::ostream& out, const telling& x) {
  if (x.moments_in_front() == 0)
    return;
  const auto write_one
    = [&](const moment& one) { out << timed(one.at, line_of(x.summary(), one)); };
  out << "timeline\n";
  x.each_moment_in_front(write_one);
  if (x.moments_left_out() > 0)
    out << "  ... " << x.moments_left_out() << " more, shown with --timeline\n";
  x.each_moment_behind(write_one);
  out << '\n';
}

/// "3 by intensity, 1 by policy".
std::string counts_of(const simulation& all, std::uint64_t rule_count::*which) {
  std::string text;
  for (const auto& x : all.rules)
    if (x.*which > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(x.*which) + " by " + x.rule;
  return text.empty() ? "nothing" : text;
}

std::string restarts_of(const simulation& all) {
  if (all.restarts == 0)
    return "none";
  return std::to_string(all.restarts) + ", at worst " + std::to_string(all.worst.restarts)
         + " in a minute, from " + clock(all.worst.from) + " on";
}

std::string row_of(std::string_view name, const std::string& what) {
  return "  " + std::string{name} + std::string(13 - name.size(), ' ') + what + "\n";
}

constexpr std::size_t most_listed = 20;

std::string paths_of(const simulation& all, const std::vector<std::uint32_t>& some) {
  const auto shown = std::min(some.size(), most_listed);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "" : ", ") + std::string{all.path_of(some[i])};
  return shown == some.size()
           ? text
           : text + " and " + std::to_string(some.size() - shown) + " more, told by -o json";
}

std::string summary_of(const simulation& all) {
  auto text = "summary\n" + row_of("outcome", line_of(all)) + row_of("restarts", restarts_of(all))
              + row_of("refused", counts_of(all, &rule_count::refused))
              + row_of("postponed", counts_of(all, &rule_count::postponed));
  if (!all.left_behind.empty())
    text += row_of("left behind", paths_of(all, all.left_behind));
  return text + row_of("seed", std::to_string(all.seed));
}

// -- children ------------------------------------------------------------------------------------------

using cells = std::array<std::string, 5>;

bool is_worth_a_row(const child_story& x) {
  return x.restarts > 0 || x.missed > 0 || x.longest_outage > nanoseconds{0} || x.is_down;
}

cells cells_of(const child_story& x) {
  return {x.path, std::to_string(x.restarts), std::to_string(x.missed),
          x.longest_outage > nanoseconds{0} ? to_string(x.longest_outage) : "none",
          x.is_down ? "down" : ""};
}

std::string aligned(const cells& row, const std::array<std::size_t, 5>& widths) {
  auto text = "  " + row[0] + std::string(widths[0] - row[0].size(), ' ');
  for (std::size_t i = 1; i + 1 < row.size(); ++i)
    text += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
  return text + (row.back().empty() ? "" : "  " + row.back()) + "\n";
}

std::string table_of(const std::vector<cells>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows)
    text += aligned(row, widths);
  return text;
}

std::string children_of(const simulation& all) {
  std::vector<cells> rows{{"child", "restarts", "missed crashes", "longest outage", ""}};
  for (const auto& x : all.children)
    if (is_worth_a_row(x))
      rows.push_back(cells_of(x));
  const auto others = all.children.size() + 1 - rows.size();
  auto text = rows.size() > 1 ? "\n" + table_of(rows) : "\n";
  if (others > 0)
    text += "  " + std::to_string(others) + (others == 1 ? " child was" : " children were")
            + " never down\n";
  return text;
}

// -- refusals and give-ups -----------------------------------------------------------------------------

template <class T>
std::string listed(const simulation& all, const std::string& title, const std::vector<T>& some,
                   std::uint64_t count) {
  if (some.empty())
    return "";
  const auto shown = std::min(some.size(), most_listed);
  auto text = "\n" + title + "\n";
  for (std::size_t i = 0; i < shown; ++i)
    text += timed(some[i].at, line_of(all, some[i]));
  if (count > shown)
    text += "  ... " + std::to_string(count - shown) + " more, told by -o json\n";
  return text;
}

} // namespace

void write_text(std::ostream& out, const telling& x) {
  const auto& all = x.summary();
  write_timeline(out, x);
  out << summary_of(all) << children_of(all) << listed(all, "refused", all.refusals, all.refused)
      << listed(all, "gave up", all.give_ups, all.gave_up);
}

} // namespace supervisor::simulating
