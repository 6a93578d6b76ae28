#include "shop.hpp"

#include "demo_arguments.hpp"
#include "shop_importer.hpp"

#include "supervisor/actors/error.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

namespace supervisor {

namespace shop {

namespace {

using promise = caf::typed_response_promise<bool>;

// -- ledger ------------------------------------------------------------------------------------------

struct booking {
  book::entry what{};
  promise answer{};
};

/// Writes bookings down in batches, and answers when they are written: true, or false if the order
/// was in the book already. That happens to orders whose worker crashes before it can pass on the
/// answer: they are sent again.
caf::behavior ledger(caf::event_based_actor* self, const std::shared_ptr<book>& kept,
                     nanoseconds write_every) {
  const auto batch = std::make_shared<std::vector<booking>>();
  return {
    [=](std::int64_t order, const std::string& item, std::int64_t cents) {
      if (batch->empty())
        compat::send_after(self, write_every, caf::actor{self}, std::string{"write"});
      batch->push_back({{order, item, cents}, self->make_response_promise<bool>()});
      return batch->back().answer;
    },
    [=](const std::string&) {
      for (auto& [what, answer] : std::exchange(*batch, {}))
        answer.deliver(kept->write(std::move(what)));
    },
  };
}

// -- prices ------------------------------------------------------------------------------------------

struct known_price {
  std::int64_t cents = 0;
  time_point until{};
};

/// Keeps prices for a while: "what does tea cost?" is answered with 0 if it does not know.
caf::behavior cache(caf::event_based_actor* self, nanoseconds keep) {
  const auto prices = std::make_shared<std::map<std::string, known_price>>();
  return {
    [=](const std::string& item) -> std::int64_t {
      const auto known = prices->find(item);
      return known == prices->end() || known->second.until < self->clock().now()
               ? 0
               : known->second.cents;
    },
    [=](const std::string& item, std::int64_t cents) {
      (*prices)[item] = {cents, self->clock().now() + keep};
    },
  };
}

/// Knows every price, but not for long.
caf::behavior pricing(caf::event_based_actor*, std::uint32_t crash_every) {
  return {
    [crash_every, asked = 0u](const std::string& item) mutable -> std::int64_t {
      if (++asked == crash_every)
        throw std::runtime_error{"lost the price list at question " + std::to_string(asked)};
      return 100 + 25 * static_cast<std::int64_t>(item.size());
    },
  };
}

// -- workers -----------------------------------------------------------------------------------------

struct order {
  std::int64_t id = 0;
  std::string item{};
  std::int64_t quantity = 0;
};

/// Throws at poison, as code does that was written for good orders only.
order order_in(const std::string& line) {
  const auto said = nlohmann::json::parse(line);
  const auto poison = [&](const std::string& what) {
    return std::runtime_error{"poison order " + said["id"].dump() + ": " + what};
  };
  if (!said["quantity"].is_number_integer())
    throw poison("quantity is no number");
  if (said["quantity"] < 1)
    throw poison("quantity is " + said["quantity"].dump());
  if (said["item"] == "???")
    throw poison("nobody sells " + said["item"].dump());
  return {said["id"], said["item"], said["quantity"]};
}

/// What a worker does when it gets no answer: it says that this was not the order's fault.
auto pass_on(promise answer, const char* who) {
  return [who, answer](const caf::error& why) mutable {
    answer.deliver(make_failure(failure::external_dependency,
                                "no answer from " + std::string{who} + ": " + words(why)));
  };
}

/// Takes one line of the file and answers when the order is booked. Has several orders at once,
/// which die with it when it crashes.
class order_worker : public caf::event_based_actor {
public:
  order_worker(caf::actor_config& config, supervised_ref<> ledger, supervised_ref<> cache,
               supervised_ref<> pricing)
    : event_based_actor(config), ledger_(std::move(ledger)), cache_(std::move(cache)),
      pricing_(std::move(pricing)) {}

  caf::behavior make_behavior() override {
    return {[this](const std::string& line) {
      const auto wanted = order_in(line);
      const auto answer = make_response_promise<bool>();
      ask_cache(wanted, answer);
      return answer;
    }};
  }

private:
  // Without time-outs: those asked are supervised, so an answer comes when they crash, too; and
  // CAF 0.17 would keep a dead worker until the last of its time-outs.

  void ask_cache(const order& wanted, promise answer) {
    compat::request(this, *cache_, caf::infinite, wanted.item)
      .then(
        [this, wanted, answer](std::int64_t cents) {
          if (cents > 0)
            enter(wanted, cents, answer);
          else
            ask_pricing(wanted, answer);
        },
        pass_on(answer, "cache"));
  }

  void ask_pricing(const order& wanted, promise answer) {
    compat::request(this, *pricing_, caf::infinite, wanted.item)
      .then(
        [this, wanted, answer](std::int64_t cents) {
          compat::anon_send(*cache_, wanted.item, cents);
          enter(wanted, cents, answer);
        },
        pass_on(answer, "pricing"));
  }

  void enter(const order& wanted, std::int64_t cents, promise answer) {
    compat::request(this, *ledger_, caf::infinite, wanted.id, wanted.item, cents * wanted.quantity)
      .then([answer](bool is_new) mutable { answer.deliver(is_new); }, pass_on(answer, "ledger"));
  }

  const supervised_ref<> ledger_;
  const supervised_ref<> cache_;
  const supervised_ref<> pricing_;
};

// -- importer ----------------------------------------------------------------------------------------

struct import_job {
  std::string file{};
  std::vector<std::string> workers{};
  std::shared_ptr<import_progress> done{};
  program in{};
};

constexpr std::size_t most_workers = 8;

/// Each worker is an argument of its own, because only arguments arrive as refs.
template <class... Refs>
launcher start_importer(const import_job& job, Refs... refs) {
  if constexpr (sizeof...(Refs) < most_workers)
    if (sizeof...(Refs) < job.workers.size())
      return start_importer(job, refs..., ref(job.workers[sizeof...(Refs)]));
  const auto run
    = [job](const child& me, std::conditional_t<true, supervised_ref<>, Refs>... workers) {
        importer{me, job.file, {workers...}, *job.done}.run();
        if (job.done->complete)
          job.in.shut_down("importer", "all orders are done");
      };
  return blocking_worker(run, refs...);
}

// -- factories ---------------------------------------------------------------------------------------

expected<launcher> make_ledger(std::string_view args, bookshelf& shelf) {
  demo_arguments given{args};
  const auto write_every = given.duration("write_every");
  if (auto wrong = given.wrong(); !wrong.empty())
    return wrong;
  // The book belongs to no life of the ledger, but to all of them: it survives a crash, as a file
  // would. Only the one life that is up touches it, and the reckoning when there is none any more.
  const auto kept = std::make_shared<book>();
  shelf.push_back(kept);
  return worker(ledger, kept, write_every);
}

expected<launcher> make_cache(std::string_view args) {
  demo_arguments given{args};
  const auto keep = given.duration("keep");
  if (auto wrong = given.wrong(); !wrong.empty())
    return wrong;
  return worker(cache, keep);
}

expected<launcher> make_pricing(std::string_view args) {
  demo_arguments given{args};
  const auto crash_every = given.count("crash_every");
  if (auto wrong = given.wrong(); !wrong.empty())
    return wrong;
  return worker(pricing, crash_every);
}

expected<launcher> make_order_worker(std::string_view args) {
  demo_arguments given{args};
  const auto ledger = ref(given.text("ledger"));
  const auto cache = ref(given.text("cache"));
  const auto pricing = ref(given.text("pricing"));
  if (auto wrong = given.wrong(); !wrong.empty())
    return wrong;
  // An order had better go to another worker than wait for this one.
  return worker<order_worker>(ledger, cache, pricing).while_down(fail_fast);
}

expected<launcher> make_importer(std::string_view args, program& in,
                                 const std::shared_ptr<const bookshelf>& shelf) {
  demo_arguments given{args};
  const auto file = std::filesystem::path{in.folder} / given.text("file");
  import_job job{.file = file.string(), .workers = given.texts("workers")};
  auto wrong = given.wrong();
  if (wrong.empty() && !std::filesystem::is_regular_file(file))
    wrong.push_back({"/file", "there is no file " + job.file});
  if (job.workers.size() > most_workers)
    wrong.push_back({"/workers", "are more than " + std::to_string(most_workers)});
  if (!wrong.empty())
    return wrong;
  // As with the book: an importer that crashes goes on where it was, and sends what it has no
  // answer for again.
  job.done = std::make_shared<import_progress>();
  job.in = in;
  in.at_end([done = job.done, shelf](std::ostream& out) { return reckon(out, *done, *shelf); });
  return start_importer(job);
}

} // namespace

} // namespace shop

void add_shop(catalog& known) {
  const auto shelf = std::make_shared<shop::bookshelf>();
  known.add("demo.ledger", "books orders, each once; writes them down \"write_every\" so often",
            [shelf](std::string_view args, program&) { return shop::make_ledger(args, *shelf); });
  known.add("demo.cache", "remembers prices, and will \"keep\" each for so long",
            [](std::string_view args, program&) { return shop::make_cache(args); });
  known.add("demo.pricing", "knows the prices, and will \"crash_every\" so many questions",
            [](std::string_view args, program&) { return shop::make_pricing(args); });
  known.add("demo.order_worker",
            "has orders priced and booked: by \"ledger\", \"cache\", \"pricing\"",
            [](std::string_view args, program&) { return shop::make_order_worker(args); });
  known.add(
    "demo.importer", "reads orders from a \"file\" and gives them to \"workers\"",
    [shelf](std::string_view args, program& in) { return shop::make_importer(args, in, shelf); });
}

} // namespace supervisor
