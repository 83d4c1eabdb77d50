#include "boot/user_data_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

struct Url {
  std::string_view place = {};
  std::string_view query = {}; // behind the '?'
};

Url parts_of(std::string_view url)
{
  const std::size_t mark = url.find('?');
  return mark == std::string_view::npos ? Url{url, ""}
                                        : Url{url.substr(0, mark), url.substr(mark + 1)};
}

// What both begin with.
std::string_view common(std::string_view one, std::string_view other)
{
  const auto end = std::ranges::mismatch(one, other).in1;
  return one.substr(0, static_cast<std::size_t>(end - one.begin()));
}

// Up to the last `mark`, with it.
std::string_view cut_behind(std::string_view text, char mark)
{
  return text.substr(0, text.rfind(mark) + 1); // npos + 1 is none of it
}

} // namespace

FileList file_list(const std::vector<FetchFile>& files)
{
  if (files.empty()) {
    return {};
  }
  auto [base, query] = parts_of(files.front().url);
  for (const FetchFile& file : files) {
    const Url url = parts_of(file.url);
    base = common(base, url.place);
    query = common(query, url.query);
  }
  base = cut_behind(base, '/');
  query = cut_behind(query, '=');
  FileList list{.base = std::string(base), .query = std::string(query)};
  for (const FetchFile& file : files) {
    const Url url = parts_of(file.url);
    const std::string_view place = url.place.substr(base.size());
    list.lines += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", file.program ? "x" : "-", file.size,
                              file.etag.empty() ? "-" : file.etag, url.query.substr(query.size()),
                              place == file.path ? "=" : place, file.path);
  }
  return list;
}

} // namespace flame::boot
