#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flame::test {

// A folder of its own, gone with all it holds at the end of the test.
class TempFolder {
public:
  TempFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "flame-ec2-test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(std::string_view name = "") const { return (path_ / name).string(); }
  std::string write(std::string_view name, std::string_view bytes) const
  {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path(name);
  }

private:
  std::filesystem::path path_ = {};
};

} // namespace flame::test
