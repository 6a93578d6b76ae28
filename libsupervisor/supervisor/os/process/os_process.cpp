#include "supervisor/os/process/os_process.hpp"

#include "supervisor/os/process/guardian.hpp"

#include <utility>

namespace supervisor {

os_process::os_process(const host_ref& on, process_order order, process_callbacks callbacks)
  : host_(on) {
  auto it = std::make_shared<guardian>(on, std::move(order), std::move(callbacks));
  guardian_ = it;
  host_.post([it = std::move(it)] { it->start(); });
}

os_process::~os_process() { drop(); }

os_process::os_process(os_process&&) noexcept = default;

os_process& os_process::operator=(os_process&& other) noexcept {
  if (this == &other)
    return *this;
  drop();
  host_ = std::move(other.host_);
  guardian_ = std::move(other.guardian_);
  return *this;
}

void os_process::signal(int number) {
  if (auto it = guardian_.lock())
    host_.post([it = std::move(it), number] { it->signal(number); });
}

void os_process::stop(int number) {
  if (auto it = guardian_.lock())
    host_.post([it = std::move(it), number] { it->stop(number); });
}

void os_process::kill() {
  if (auto it = guardian_.lock())
    host_.post([it = std::move(it)] { it->kill(); });
}

void os_process::kill_in_haste() {
  if (auto it = guardian_.lock())
    host_.post([it = std::move(it)] { it->kill_in_haste(); });
}

void os_process::pause_output() { pause(true); }

void os_process::resume_output() { pause(false); }

void os_process::pause(bool paused) {
  auto it = guardian_.lock();
  if (!it)
    return;
  it->pause(paused); // at once, even between two lines
  host_.post([it = std::move(it)] { it->watch_output(); });
}

void os_process::drop() {
  auto it = guardian_.lock();
  guardian_.reset();
  if (!it)
    return;
  it->hush();
  host_.post([it = std::move(it)] {
    it->forget();
    it->kill();
  });
}

} // namespace supervisor
