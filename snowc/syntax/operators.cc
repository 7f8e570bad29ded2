#include "snowc/syntax/operators.h"

namespace snow::syntax_internal {

using ast::BinaryOp;
using enum TokenKind;

int BinaryLevel(TokenKind kind) {
  switch (kind) {
    case kStar:
    case kSlash:
    case kPercent:
      return 9;
    case kPlus:
    case kMinus:
      return 8;
    case kLessGreater:
    case kPlusPlus:
      return 7;
    case kDotDot:
      return 6;
    case kLess:
    case kLessEqual:
    case kGreater:
      return 5;
    case kEqualEqual:
    case kNotEqual:
      return 4;
    case kAnd:
    case kAmpAmp:
      return 3;
    case kOr:
    case kBarBar:
      return 2;
    case kPipeTo:
    case kPipeNTo:
      return kPipeLevel;
    default:
      return 0;
  }
}

std::optional<BinaryOp> BinaryOpOf(TokenKind kind) {
  switch (kind) {
    case kStar:
      return BinaryOp::kMultiply;
    case kSlash:
      return BinaryOp::kDivide;
    case kPercent:
      return BinaryOp::kModulo;
    case kPlus:
      return BinaryOp::kAdd;
    case kMinus:
      return BinaryOp::kSubtract;
    case kLessGreater:
      return BinaryOp::kJoin;
    case kPlusPlus:
      return BinaryOp::kConcat;
    case kDotDot:
      return BinaryOp::kRange;
    case kLess:
      return BinaryOp::kLess;
    case kLessEqual:
      return BinaryOp::kLessEqual;
    case kGreater:
      return BinaryOp::kGreater;
    case kEqualEqual:
      return BinaryOp::kEqual;
    case kNotEqual:
      return BinaryOp::kNotEqual;
    case kAnd:
    case kAmpAmp:
      return BinaryOp::kAnd;
    case kOr:
    case kBarBar:
      return BinaryOp::kOr;
    default:
      return std::nullopt;
  }
}

}  // namespace snow::syntax_internal
