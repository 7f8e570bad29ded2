#include "runtime/process/line_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace snow::rt {
namespace {

using Bytes = std::vector<uint8_t>;

void Append(Bytes& to, std::initializer_list<int> bytes) {
  for (int byte : bytes) to.push_back(static_cast<uint8_t>(byte));
}

// A unit with line base -5, line range 14, opcode base 13.
Bytes Unit(const Bytes& program, int version = 4) {
  Bytes header = {1, 1, 1, 0xFB, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0};
  Bytes unit;
  Append(unit, {version, 0, static_cast<int>(header.size()), 0, 0, 0});
  unit.insert(unit.end(), header.begin(), header.end());
  unit.insert(unit.end(), program.begin(), program.end());
  Bytes all;
  Append(all, {static_cast<int>(unit.size()), 0, 0, 0});
  all.insert(all.end(), unit.begin(), unit.end());
  return all;
}

Bytes SetAddress(uint8_t low) { return {0, 9, 2, low, 0, 0, 0, 0, 0, 0, 0}; }

std::string Rows(const Bytes& section) {
  Vector<LineRow> rows;
  ReadLinePrograms(section.data(), section.size(), rows);
  std::string text;
  for (const LineRow& row : rows) {
    text += std::to_string(row.address) + ":" + std::to_string(row.line) + " ";
  }
  return text;
}

TEST(LineTableTest, RunsTheOpcodesThatChangeAddressAndLine) {
  Bytes program = SetAddress(64);
  Append(program, {3, 9, 1});              // line 10, copy
  Append(program, {13 + 5 + 1 + 14 * 4});  // 4 bytes, 1 line on
  Append(program, {2, 0x80, 1, 3, 0x7F});  // 128 bytes on, 1 line back
  Append(program, {5, 7, 4, 2, 6, 1});     // column, file and statement mean nothing here; copy
  Append(program, {8, 9, 1, 1, 1});        // (255 - 13) / 14 = 17 bytes, then 257; copy
  Append(program, {0, 1, 1});              // end
  EXPECT_EQ(Rows(Unit(program)), "64:10 68:11 196:10 470:10 470:0 ");
}

TEST(LineTableTest, CodeOfNoLineBelongsToTheLineBefore) {
  Bytes program = SetAddress(64);
  Append(program, {3, 9, 1, 3, 0x76, 2, 8, 1, 3, 12, 2, 8, 1, 0, 1, 1});
  EXPECT_EQ(Rows(Unit(program)), "64:10 80:12 80:0 ");
}

TEST(LineTableTest, CodeThatTheLinkerDroppedHasNoRows) {
  Bytes program = SetAddress(0);
  Append(program, {1, 2, 8, 1, 0, 1, 1});
  EXPECT_EQ(Rows(Unit(program)), "");
}

TEST(LineTableTest, UnitsOfOtherVersionsArePassedOver) {
  Bytes program = SetAddress(64);
  Append(program, {1, 2, 4, 0, 1, 1});
  Bytes section = Unit(program, 5);
  Bytes second = Unit(program);
  section.insert(section.end(), second.begin(), second.end());
  EXPECT_EQ(Rows(section), "64:1 68:0 ");
}

TEST(LineTableTest, NoBytesAreTooBroken) {
  Bytes program = SetAddress(64);
  Append(program, {3, 9, 1, 60, 0, 200, 9, 0, 0, 2, 0xFF, 0xFF});
  Bytes whole = Unit(program);
  for (size_t size = 0; size <= whole.size(); ++size) {
    Rows(Bytes(whole.begin(), whole.begin() + size));
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    for (int value : {0, 1, 0x7F, 0xFF}) {
      Bytes changed = whole;
      changed[i] = static_cast<uint8_t>(value);
      Rows(changed);
    }
  }
}

TEST(LineTableTest, AnAddressWithoutLinesHasNone) { EXPECT_EQ(LineOfCode(nullptr), 0); }

}  // namespace
}  // namespace snow::rt
