#pragma once

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "support/fake_http.hpp"
#include "support/fixture.hpp"

#include <map>
#include <string>
#include <vector>

namespace flame::test {

// A metadata service that says what was recorded in a file of fixtures/metadata: "== PATH" and
// below it the text. Wants a token, as machines do.
class MetadataTree : public io::Http {
public:
  explicit MetadataTree(const std::string& name)
  {
    std::string path;
    for (const std::string& line : split(fixture("metadata/" + name), '\n')) {
      if (line.starts_with("== ")) {
        path = line.substr(3);
        items[path];
      } else if (!path.empty()) {
        items[path] += (items[path].empty() ? "" : "\n") + line;
      }
    }
    items[path].pop_back(); // the file's own end
  }

  FakeHttp::Answer send(const io::HttpRequest& request) override
  {
    constexpr std::string_view k_base = "http://169.254.169.254/";
    const std::string path = uri_decode(std::string_view(request.url).substr(k_base.size()));
    asked.push_back(request.method + " " + path);
    direct = direct && request.direct;
    if (request.method == "PUT") {
      left_of_token_ = token_life;
      return v1_alone ? FakeHttp::response(404, "<?xml version=\"1.0\"?>")
                      : FakeHttp::response(200, "token-" + std::to_string(++tokens_));
    }
    const bool held =
      header(request, "x-aws-ec2-metadata-token") == "token-" + std::to_string(tokens_);
    if (!v1_alone && (!held || --left_of_token_ < 0)) {
      return FakeHttp::response(401, "<?xml version=\"1.0\"?>");
    }
    const auto item = items.find(path);
    return item == items.end() ? FakeHttp::response(404, "<?xml version=\"1.0\"?>")
                               : FakeHttp::response(200, item->second);
  }

  std::map<std::string, std::string> items = {}; // by path
  std::vector<std::string> asked = {};           // "GET latest/meta-data/mac"
  bool direct = true;                            // all of them
  bool v1_alone = false;
  int token_life = 1000; // requests

private:
  int tokens_ = 0;
  int left_of_token_ = 0;
};

} // namespace flame::test
