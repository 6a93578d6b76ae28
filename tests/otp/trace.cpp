#include "trace.hpp"

#include <algorithm>
#include <istream>
#include <map>
#include <set>
#include <sstream>

namespace otp {

namespace {

std::string word(const std::string& line, int number) {
  std::istringstream in{line};
  std::string found;
  for (int i = 0; i <= number; ++i)
    in >> found;
  return found;
}

std::string supervisor_of(const std::string& event) {
  const auto path = word(event, 1);
  return path == "/" ? "" : shown(std::string{above(path)});
}

void list_pools(const seat& x, const std::string& path, std::set<std::string>& pools) {
  if (is_pool(x))
    pools.insert(path);
  for (const auto& below : x.below)
    list_pools(below, path + "/" + below.id, pools);
}

std::set<std::string> pools_of(const story& x) {
  std::set<std::string> pools;
  list_pools(x.root, "", pools);
  for_each_step(x, [&pools](const step& s) {
    if (s.what == act::start && s.added.is_supervisor)
      list_pools(s.added, s.path + "/" + s.added.id, pools);
  });
  return pools;
}

/// Those that are not ordered stand behind their supervisor's others, by name.
std::pair<std::string, std::string> place_of(const std::string& event,
                                             const std::set<std::string>& pools) {
  const auto of = supervisor_of(event);
  if (event.starts_with("gone "))
    return {"~", event};
  return {of, pools.contains(of) ? event : ""};
}

} // namespace

trace in_order(trace all, const story& x) {
  const auto pools = pools_of(x);
  for (auto& step : all) {
    std::ranges::stable_sort(step.events, [&](const auto& a, const auto& b) {
      return place_of(a, pools) < place_of(b, pools);
    });
    std::ranges::sort(step.states);
  }
  return all;
}

std::size_t count_events(const trace& all) {
  std::size_t count = 0;
  for (const auto& step : all)
    count += step.events.size();
  return count;
}

bool has_command_between_tries(const trace& all) {
  return std::ranges::any_of(all, [](const outcome& x) {
    return x.result.starts_with("meanwhile ") && x.result != words_of_meanwhile("nobody");
  });
}

std::vector<trace> read_traces(std::istream& in, const std::vector<story>& stories) {
  std::map<std::uint64_t, trace> found;
  std::uint64_t seed = 0;
  trace all;
  outcome step;
  for (std::string line; std::getline(in, line);) {
    const auto rest = line.substr(std::min(line.size(), line.find(' ') + 1));
    if (line.starts_with("story "))
      seed = std::stoull(rest);
    else if (line.starts_with("event "))
      step.events.push_back(rest);
    else if (line.starts_with("state "))
      step.states.push_back(rest);
    else if (line.starts_with("step ")) {
      step.result = rest;
      all.push_back(std::exchange(step, {}));
    } else if (line == "done")
      found[seed] = std::exchange(all, {});
  }
  std::vector<trace> made;
  for (const auto& x : stories)
    made.push_back(in_order(std::move(found[x.seed]), x));
  return made;
}

namespace {

std::vector<std::string> lines_of(const trace& all) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < all.size(); ++i) {
    lines.push_back("-- step " + std::to_string(i) + ": " + all[i].result);
    for (const auto& x : all[i].events)
      lines.push_back(x);
    for (const auto& x : all[i].states)
      lines.push_back("  " + x);
  }
  return lines;
}

} // namespace

std::string side_by_side(const std::vector<std::pair<std::string, trace>>& columns) {
  static constexpr std::size_t width = 32;
  std::vector<std::vector<std::string>> all;
  std::size_t rows = 0;
  std::string text = "  ";
  const auto put = [&text](std::string cell) {
    cell.resize(std::max(width, cell.size() + 1), ' ');
    text += cell;
  };
  for (const auto& [name, x] : columns) {
    all.push_back(lines_of(x));
    rows = std::max(rows, all.back().size());
    put(name);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cell
      = [i](const auto& lines) { return i < lines.size() ? lines[i] : std::string{}; };
    const auto same = std::ranges::all_of(
      all, [&](const auto& lines) { return cell(lines) == cell(all.front()); });
    text += same ? "\n  " : "\n* ";
    for (const auto& lines : all)
      put(cell(lines));
  }
  return text + "\n";
}

} // namespace otp
