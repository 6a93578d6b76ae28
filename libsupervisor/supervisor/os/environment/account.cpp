#include "supervisor/os/environment/account.hpp"

#include "supervisor/os/process/words.hpp"

#include <cerrno>
#include <charconv>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace supervisor {

namespace {

constexpr std::size_t max_entry_bytes = 1 << 20;

struct user_entry {
  std::string name{};
  uid_t user{};
  gid_t group{};
  std::string home{};
  std::string shell{};
};

std::optional<unsigned> number_in(const std::string& text) {
  unsigned number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == static_cast<unsigned>(-1))
    return std::nullopt;
  return number;
}

/// Calls one of the get...r functions with as much room as it wants.
template <class Entry, class Get>
std::optional<Entry> look_up(Get get, std::vector<char>& room) {
  Entry entry{};
  Entry* found = nullptr;
  room.resize(1024);
  while (get(&entry, room, &found) == ERANGE && room.size() < max_entry_bytes)
    room.resize(room.size() * 2);
  return found != nullptr ? std::optional{entry} : std::nullopt;
}

std::optional<user_entry> find_user(const std::string& text) {
  std::vector<char> room;
  const auto number = number_in(text);
  const auto found = look_up<passwd>(
    [&](passwd* entry, std::vector<char>& into, passwd** result) {
      return number ? getpwuid_r(*number, entry, into.data(), into.size(), result)
                    : getpwnam_r(text.c_str(), entry, into.data(), into.size(), result);
    },
    room);
  if (!found)
    return std::nullopt;
  return user_entry{found->pw_name, found->pw_uid, found->pw_gid, found->pw_dir, found->pw_shell};
}

std::optional<gid_t> find_group(const std::string& text) {
  if (const auto number = number_in(text))
    return *number;
  std::vector<char> room;
  const auto found = look_up<group>(
    [&](group* entry, std::vector<char>& into, group** result) {
      return getgrnam_r(text.c_str(), entry, into.data(), into.size(), result);
    },
    room);
  return found ? std::optional{found->gr_gid} : std::nullopt;
}

std::vector<gid_t> groups_of(const std::string& user, gid_t first) {
  int count = 32;
  std::vector<gid_t> all(static_cast<std::size_t>(count));
  while (getgrouplist(user.c_str(), first, all.data(), &count) < 0) {
    const auto wanted = static_cast<std::size_t>(count);
    all.resize(wanted > all.size() ? wanted : all.size() * 2);
    count = static_cast<int>(all.size());
  }
  all.resize(static_cast<std::size_t>(count));
  return all;
}

expected<account> with_group(const process_spec& spec, account so_far) {
  if (spec.group.empty())
    return so_far;
  so_far.group = find_group(spec.group);
  if (!so_far.group)
    return fault{"/process/group", "there is no group " + quoted(spec.group)};
  if (so_far.groups.empty())
    so_far.groups = {*so_far.group};
  return so_far;
}

/// A number that has no entry is a user nevertheless, but its group has to be told.
expected<account> without_entry(const process_spec& spec) {
  const auto number = number_in(spec.user);
  if (!number)
    return fault{"/process/user", "there is no user " + quoted(spec.user)};
  if (spec.group.empty())
    return fault{"/process/group",
                 "is needed, since user " + spec.user + " has no entry that names its group"};
  return with_group(spec, {.user = *number, .name = spec.user, .home = "/", .shell = "/bin/sh"});
}

/// What is so already needs no rights.
account changes(account wanted) {
  if (geteuid() == 0)
    return wanted;
  if (wanted.user == geteuid())
    wanted.user.reset();
  if (wanted.group == getegid())
    wanted.group.reset();
  return wanted;
}

} // namespace

std::vector<std::string> variables_of_user(const account& x) {
  if (x.name.empty())
    return {};
  return {"HOME=" + x.home, "USER=" + x.name, "LOGNAME=" + x.name, "SHELL=" + x.shell};
}

expected<account> account_of(const process_spec& spec) {
  account wanted;
  if (!spec.user.empty()) {
    const auto user = find_user(spec.user);
    if (!user)
      return without_entry(spec);
    wanted.user = user->user;
    wanted.name = user->name;
    wanted.home = user->home.empty() ? "/" : user->home;
    wanted.shell = user->shell.empty() ? "/bin/sh" : user->shell;
    wanted.group = spec.group.empty() ? user->group : find_group(spec.group);
    wanted.groups = groups_of(user->name, wanted.group.value_or(user->group));
  }
  auto whole = with_group(spec, std::move(wanted));
  if (!whole)
    return whole;
  return changes(*std::move(whole));
}

} // namespace supervisor
