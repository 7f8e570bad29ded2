#include "snowpkg/base/error.h"

namespace snow::pkg {

std::string Place::ToString() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Error Error::At(Place place) && {
  place_ = std::move(place);
  return std::move(*this);
}

Error Error::Help(std::string help) && {
  help_ = std::move(help);
  return std::move(*this);
}

Error Error::Because(std::string outer) && {
  chain_.insert(chain_.begin(), std::move(outer));
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text;
  if (!place_.file.empty()) text += place_.ToString() + ": ";
  text += chain_.front();
  for (size_t i = 1; i < chain_.size(); ++i) text += "\n  caused by: " + chain_[i];
  if (!help_.empty()) text += "\n  help: " + help_;
  return text;
}

}  // namespace snow::pkg
