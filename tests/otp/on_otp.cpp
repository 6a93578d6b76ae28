#include "on_otp.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace otp {

namespace {

namespace fs = std::filesystem;

/// A folder that is gone when this is.
class scratch {
public:
  scratch() {
    auto name = (fs::temp_directory_path() / "otp-diff-XXXXXX").string();
    if (::mkdtemp(name.data()))
      path_ = name;
  }

  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  ~scratch() {
    std::error_code ignored;
    if (!path_.empty())
      fs::remove_all(path_, ignored);
  }

  fs::path operator/(const char* name) const { return path_ / name; }

private:
  fs::path path_{};
};

std::string quoted(const fs::path& x) { return "'" + x.string() + "'"; }

} // namespace

std::optional<otp_traces> on_otp(std::vector<story> stories) {
  const scratch folder;
  const auto told = folder / "stories", came = folder / "traces";
  std::ofstream out{told};
  for (std::size_t i = 0; i < stories.size(); ++i) {
    stories[i].seed = i; // there may be several of one seed
    out << term_of(stories[i]) << ".\n";
  }
  out.close();
  const auto command = quoted(OTP_DIFF_ERL) + " -noshell -noinput -pa " + quoted(OTP_DIFF_BEAMS)
                       + " -s otp_runner main " + quoted(told) + " " + quoted(came) + " 1>&2";
  if (std::system(command.c_str()) != 0)
    return std::nullopt;
  std::ifstream in{came};
  otp_traces made;
  std::getline(in, made.release);
  made.all = read_traces(in, stories);
  return made;
}

} // namespace otp
