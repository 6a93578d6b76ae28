#include "shop_importer.hpp"

#include "supervisor/actors/error.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <thread>
#include <utility>

namespace supervisor::shop {

namespace {

using namespace std::chrono_literals;
using fate = order_slip::fate;

constexpr std::size_t orders_per_worker = 4;
constexpr std::uint32_t crashes_per_order = 2;

std::optional<std::int64_t> id_in(const std::string& line) {
  const auto order = nlohmann::json::parse(line, nullptr, false);
  if (!order.is_object() || !order.contains("id") || !order["id"].is_number_integer())
    return std::nullopt;
  return order["id"].get<std::int64_t>();
}

/// The bare name of an error's code.
std::string name_of(const caf::error& why) {
  if (const auto code = compat::code_of<failure>(why))
    return to_string(*code);
  const auto code = compat::code_of<caf::sec>(why);
  const auto name = code ? to_string(*code) : words(why);
  return name.substr(name.rfind(':') + 1);
}

} // namespace

importer::importer(child me, const std::string& file, std::vector<supervised_ref<>> workers,
                   import_progress& done)
  : me_(std::move(me)), file_(file), done_(done), self_((*workers.front()).home_system()) {
  if (!file_)
    throw std::runtime_error{"cannot read " + file};
  for (auto& who : workers)
    workers_.push_back({std::move(who)});
  std::string line;
  for (std::size_t i = 0; i < done_.slips.size(); ++i) {
    std::getline(file_, line);
    if (done_.slips[i].came_of_it == fate::open)
      waiting_.push_back({i});
  }
}

void importer::run() {
  while (!me_.stopping() && !done_.complete) {
    while (send_next()) {
    }
    if (!in_flight_.empty())
      settle_oldest();
    else if (some_wait())
      std::this_thread::sleep_for(10ms); // every worker is down, and will be back
    else
      done_.complete = true;
  }
}

/// False if there is nothing to send, or nobody to send it to.
bool importer::send_next() {
  if (!some_wait())
    return false;
  const auto next = waiting_.front();
  const auto worker = free_worker(next);
  if (!worker)
    return false;
  waiting_.pop_front();
  auto& to = workers_[*worker];
  ++to.load;
  // With a time-out, though every request gets an answer: the one net below all others.
  in_flight_.push_back(
    {next.slip, *worker, compat::request(self_, *to.who, patience, done_.slips[next.slip].line)});
  return true;
}

bool importer::some_wait() {
  if (waiting_.empty())
    read_line();
  return !waiting_.empty();
}

void importer::read_line() {
  std::string line;
  if (!std::getline(file_, line))
    return;
  if (const auto id = id_in(line)) {
    done_.slips.push_back({.id = *id, .line = std::move(line)});
    waiting_.push_back({done_.slips.size() - 1});
  } else {
    done_.slips.push_back({.line = std::move(line), .came_of_it = fate::rejected});
  }
}

std::optional<std::size_t> importer::free_worker(const waiting& next) {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const auto worker = turn_++ % workers_.size();
    if (is_free(worker, next))
      return worker;
  }
  return std::nullopt;
}

bool importer::is_free(std::size_t worker, const waiting& next) const {
  const auto& [who, load] = workers_[worker];
  const auto another = next.avoid != worker || workers_.size() == 1;
  return who.life() != 0 && load < orders_per_worker && another;
}

void importer::settle_oldest() {
  auto oldest = std::move(in_flight_.front());
  in_flight_.pop_front();
  --workers_[oldest.worker].load;
  std::move(oldest.reply)
    .receive(
      [&](bool /* booked now, or by an attempt whose answer was lost */) {
        done_.slips[oldest.slip].came_of_it = fate::booked;
      },
      [&](const caf::error& why) { failed(oldest, why); });
}

/// Who was only queued or in flight when a worker crashed hears another error than `panic`.
void importer::failed(const flight& x, const caf::error& why) {
  if (compat::is(why, failure::panic))
    return crashed(x);
  ++done_.sent_again[name_of(why)];
  std::this_thread::sleep_for(2ms); // if nobody is there, the next error comes at once
  waiting_.push_front({x.slip});
}

void importer::crashed(const flight& x) {
  auto& slip = done_.slips[x.slip];
  ++done_.crashes;
  if (++slip.crashes == crashes_per_order)
    slip.came_of_it = fate::rejected;
  else
    waiting_.push_front({x.slip, x.worker});
}

} // namespace supervisor::shop
