#include "snowpkg/archive/tar.h"

#include <cstdio>
#include <cstring>
#include <optional>

#include "snowpkg/base/text.h"

namespace snow::pkg {
namespace {

constexpr size_t kBlock = 512;

// A field of the ustar header.
struct Field {
  size_t offset;
  size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr Field kType{156, 1};
constexpr Field kMagic{257, 8};
constexpr Field kDeviceMajor{329, 8};
constexpr Field kDeviceMinor{337, 8};
constexpr Field kPrefix{345, 155};

constexpr std::string_view kUstar(
    "ustar\0"
    "00",
    8);

Error Bad(const std::string& reason) {
  return Error(ErrorKind::kArchive, "the archive is not sound: " + reason);
}

std::string_view Get(std::string_view header, Field field) {
  return header.substr(field.offset, field.size);
}

// Up to the first NUL.
std::string_view GetText(std::string_view header, Field field) {
  std::string_view text = Get(header, field);
  return text.substr(0, text.find('\0'));
}

// Octal digits, ended by the field's end, a space or NUL; leading spaces allowed.
std::optional<uint64_t> GetNumber(std::string_view header, Field field) {
  std::string_view text = Get(header, field);
  while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  uint64_t number = 0;
  size_t digits = 0;
  for (char c : text) {
    if (c == ' ' || c == '\0') break;
    if (c < '0' || c > '7') return std::nullopt;
    number = number * 8 + static_cast<uint64_t>(c - '0');  // at most 12 digits: no overflow
    digits += 1;
  }
  if (digits == 0) return std::nullopt;
  return number;
}

// The sum of all bytes, the checksum's own field counted as spaces.
uint64_t SumOf(std::string_view header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    sum += own ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

void PutText(std::string* header, Field field, std::string_view text) {
  std::memcpy(header->data() + field.offset, text.data(), text.size());
}

void PutNumber(std::string* header, Field field, uint64_t number) {
  char text[16];
  std::snprintf(text, sizeof(text), "%0*llo", static_cast<int>(field.size - 1),
                static_cast<unsigned long long>(number));
  PutText(header, field, text);
}

bool PutPath(std::string* header, std::string_view path) {
  if (path.size() <= kName.size) {
    PutText(header, kName, path);
    return true;
  }
  for (size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    std::string_view name = path.substr(slash + 1);
    if (slash > kPrefix.size) return false;
    if (name.size() > kName.size) continue;
    PutText(header, kPrefix, path.substr(0, slash));
    PutText(header, kName, name);
    return true;
  }
  return false;
}

bool IsZero(std::string_view block) {
  return block.find_first_not_of('\0') == std::string_view::npos;
}

std::string_view KindOf(char type) {
  switch (type) {
    case '1':
      return "a hard link";
    case '2':
      return "a symbolic link";
    case '3':
    case '4':
      return "a device";
    case '5':
      return "a folder";
    case '6':
      return "a pipe";
    default:
      return "an entry of an unknown kind";
  }
}

}  // namespace

uint64_t TarSize(uint64_t file_size) { return kBlock + (file_size + kBlock - 1) / kBlock * kBlock; }

Result<std::string> WriteTar(const std::vector<ArchiveFile>& files) {
  std::string tar;
  for (const ArchiveFile& file : files) {
    std::string header(kBlock, '\0');
    if (!PutPath(&header, file.path)) {
      return Error(ErrorKind::kArchive, "the path `" + Excerpt(file.path) +
                                            "` is too long for an archive (100 bytes for the name, "
                                            "155 for its folder)");
    }
    PutNumber(&header, kMode, 0644);
    PutNumber(&header, kUid, 0);
    PutNumber(&header, kGid, 0);
    PutNumber(&header, kSize, file.bytes.size());
    PutNumber(&header, kTime, 0);
    PutText(&header, kType, "0");
    PutText(&header, kMagic, kUstar);
    PutNumber(&header, kDeviceMajor, 0);
    PutNumber(&header, kDeviceMinor, 0);
    // Six digits, NUL, space, as every tar writes it.
    PutNumber(&header, {kChecksum.offset, kChecksum.size - 1}, SumOf(header));
    header[kChecksum.offset + kChecksum.size - 1] = ' ';
    tar += header;
    tar += file.bytes;
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock, '\0');
  }
  tar.append(2 * kBlock, '\0');
  return tar;
}

Result<std::vector<ArchiveFile>> ReadTar(std::string_view tar, size_t max_files) {
  std::vector<ArchiveFile> files;
  size_t at = 0;
  while (true) {
    if (tar.size() - at < kBlock) return Bad("the tar file is cut off");
    std::string_view header = tar.substr(at, kBlock);
    if (IsZero(header)) break;
    at += kBlock;
    std::optional<uint64_t> sum = GetNumber(header, kChecksum);
    if (!sum || *sum != SumOf(header)) return Bad("a tar header has a wrong checksum");
    if (Get(header, kMagic) != kUstar) return Bad("its tar entries are not of the form ustar");
    std::string path(GetText(header, kPrefix));
    if (!path.empty()) path += '/';
    path += GetText(header, kName);
    char type = header[kType.offset];
    if (type != '0' && type != '\0') {
      return Bad("`" + Excerpt(path) + "` is " + std::string(KindOf(type)) +
                 "; packages hold plain files only");
    }
    std::optional<uint64_t> size = GetNumber(header, kSize);
    if (!size || TarSize(*size) - kBlock > tar.size() - at) {
      return Bad("`" + Excerpt(path) + "` is longer than the archive");
    }
    if (files.size() == max_files) {
      return Bad("it has more than " + std::to_string(max_files) + " files");
    }
    files.push_back({std::move(path), std::string(tar.substr(at, *size))});
    at += TarSize(*size) - kBlock;
  }
  if (tar.size() - at < 2 * kBlock || !IsZero(tar.substr(at))) {
    return Bad("the tar file does not end as it must");
  }
  return files;
}

}  // namespace snow::pkg
