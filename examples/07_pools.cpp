// A library whose shelves collapse a thousand times under its readers: children chosen by a key, and
// what becomes of every single request. Then clerks, who come and go.
#include <supervisor/supervisor.hpp>

#include <atomic>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

namespace sup = supervisor;
using namespace std::chrono_literals;

constexpr int wanted_crashes = 1000;
constexpr std::size_t shelves = 4;

/// What all lives of all shelves write down.
struct ledger {
  std::atomic<int> crashes = 0, out_of_order = 0;
  std::map<std::string, std::atomic<int>> last; ///< request, by book
};

/// Says who it is. Every eighth request for a book is too much for it.
caf::behavior shelf(caf::event_based_actor*, const sup::child& me,
                    const std::shared_ptr<ledger>& all) {
  return {
    [=](const std::string& book, int number) {
      if (all->last.at(book).exchange(number) >= number)
        ++all->out_of_order;
      if (number % 8 == book.back() % 8) {
        ++all->crashes;
        throw std::runtime_error{"the shelf collapses under " + book};
      }
      return me.id();
    },
  };
}

/// Knows who looks after a book.
caf::behavior desk(caf::event_based_actor* self, const sup::partitions<>& all) {
  return {
    [=](const std::string& book, int number) {
      return self->delegate(*all.of(book), book, number);
    },
  };
}

caf::behavior clerk(caf::event_based_actor*, const std::string& greeting, const std::string& name) {
  return {[=](const std::string& reader) { return greeting + ", " + reader + ", I am " + name; }};
}

sup::supervisor_spec library(const std::shared_ptr<ledger>& all) {
  const sup::child_spec one{
    .id = "shelf", .start = sup::worker(shelf, all), .backoff = {.first = 0ns, .longest = 1ms}};
  return {
    .children = {
      {.id = "shelves", .start = sup::partitioned(one, shelves, {.restarts = sup::unlimited})},
      {.id = "desk", .start = sup::worker(desk, sup::partitions_ref("shelves/shelf", shelves))},
      {.id = "clerks",
       .start = sup::pool({.id = "clerk", .start = sup::worker_with<std::string>(clerk, "hello")})},
    }};
}

/// What became of somebody's requests.
struct account {
  int requests = 0, replies = 0;
  std::map<std::string, int> errors;                       ///< by name
  std::map<std::string, std::set<std::string>> found_in{}; ///< shelves, by book
};

std::string name_of(const caf::error& why) {
  if (const auto ours = sup::compat::code_of<sup::failure>(why))
    return to_string(*ours);
  const auto of_caf = sup::compat::code_of<caf::sec>(why);
  return of_caf ? to_string(*of_caf) : "nameless: " + sup::words(why);
}

/// Asks for all books at once, again and again, until there were enough crashes.
account read(caf::actor_system& system, const ledger& all, const std::vector<std::string>& books,
             const std::function<caf::actor(const std::string& book)>& whom) {
  account mine;
  caf::scoped_actor self{system};
  for (int number = 1; all.crashes < wanted_crashes; ++number) {
    std::vector<decltype(self->request(caf::actor{}, 1min, std::string{}, 0))> asked;
    for (const auto& book : books)
      asked.push_back(self->request(whom(book), 1min, book, number));
    for (std::size_t i = 0; i < books.size(); ++i, ++mine.requests)
      std::move(asked[i]).receive(
        [&](const std::string& where) {
          ++mine.replies;
          mine.found_in[books[i]].insert(where);
        },
        [&](const caf::error& why) { ++mine.errors[name_of(why)]; });
  }
  return mine;
}

void add(account& sum, const account& x) {
  sum.requests += x.requests;
  sum.replies += x.replies;
  for (const auto& [name, count] : x.errors)
    sum.errors[name] += count;
  for (const auto& [book, places] : x.found_in)
    sum.found_in[book].insert(places.begin(), places.end());
}

/// Four readers with eight books each: two know the shelves, two ask at the desk.
account read_all(const sup::tree& tree, ledger& all) {
  std::vector<std::vector<std::string>> lists(4);
  for (int i = 0; i < 32; ++i) {
    lists[i % lists.size()].push_back("book " + std::to_string(i));
    all.last["book " + std::to_string(i)] = 0;
  }
  std::vector<std::future<account>> readers;
  for (std::size_t i = 0; i < lists.size(); ++i)
    readers.push_back(std::async(std::launch::async, [&, i] {
      const auto known = *tree.partitions("shelves");
      const auto at_desk = tree.ref("desk");
      return read(tree.system(), all, lists[i],
                  [&](const std::string& book) { return i < 2 ? *known.of(book) : *at_desk; });
    }));
  account sum;
  for (auto& x : readers)
    add(sum, x.get());
  return sum;
}

bool balances(const account& sum, const ledger& all) {
  auto accounted = sum.replies;
  std::cout << all.crashes << " crashes, " << sum.requests << " requests: " << sum.replies
            << " replies";
  for (const auto& [name, count] : sum.errors) {
    std::cout << ", " << count << ' ' << name;
    const auto is_named = name != "request_timeout" && !name.starts_with("nameless");
    accounted += is_named ? count : 0;
  }
  auto astray = 0;
  for (const auto& [book, places] : sum.found_in)
    astray += places.size() != 1;
  std::cout << "\n"
            << sum.found_in.size() << " books, " << astray << " on more than one shelf, "
            << all.out_of_order << " requests out of order\n";
  return accounted == sum.requests && sum.found_in.size() == 32 && astray == 0
         && all.out_of_order == 0 && all.crashes >= wanted_crashes;
}

bool meet_clerks(const sup::tree& tree) {
  caf::scoped_actor self{tree.system()};
  auto met = 0;
  for (const std::string name : {"anna", "bert", "carl"}) {
    const auto hired = tree.start_member("clerks", name);
    if (!hired || !hired->ok())
      return false;
    self->request(*tree.ref(hired->path), 10s, std::string{"reader"})
      .receive(
        [&](const std::string& said) {
          ++met;
          std::cout << hired->path << ": " << said << '\n';
        },
        [](const caf::error& why) { std::cout << sup::words(why) << '\n'; });
  }
  const auto left = tree.terminate_child("clerks/clerk-2", {"library", "goes home"});
  const auto count = tree.count_children("clerks");
  if (!left || !count)
    return false;
  std::cout << to_string(*left) << '\n' << count->active << " clerks are left\n";
  return met == 3 && count->active == 2;
}

int main() {
  const auto all = std::make_shared<ledger>(); // outlives the actor system
  caf::actor_system_config config;
  caf::actor_system system{config};
  sup::start_options quiet{.observer = {}};
  const auto tree = sup::start(system, library(all), quiet);
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }
  tree->started();
  const auto sum = read_all(*tree, *all);
  const auto is_good = balances(sum, *all);
  std::cout << (is_good ? "the account balances\n" : "the account does not balance\n");
  return meet_clerks(*tree) && is_good ? 0 : 1;
}
