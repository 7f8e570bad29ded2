// Mathematical functions that no instruction computes.
#include <cmath>

#include "runtime/abi/functions.h"

extern "C" {

double snow_math_pow(SnowActor*, double x, double y) { return std::pow(x, y); }
double snow_math_exp(SnowActor*, double x) { return std::exp(x); }
double snow_math_log(SnowActor*, double x) { return std::log(x); }
double snow_math_log2(SnowActor*, double x) { return std::log2(x); }
double snow_math_log10(SnowActor*, double x) { return std::log10(x); }
double snow_math_sin(SnowActor*, double x) { return std::sin(x); }
double snow_math_cos(SnowActor*, double x) { return std::cos(x); }
double snow_math_tan(SnowActor*, double x) { return std::tan(x); }
double snow_math_asin(SnowActor*, double x) { return std::asin(x); }
double snow_math_acos(SnowActor*, double x) { return std::acos(x); }
double snow_math_atan(SnowActor*, double x) { return std::atan(x); }
double snow_math_atan2(SnowActor*, double y, double x) { return std::atan2(y, x); }
double snow_math_sinh(SnowActor*, double x) { return std::sinh(x); }
double snow_math_cosh(SnowActor*, double x) { return std::cosh(x); }
double snow_math_tanh(SnowActor*, double x) { return std::tanh(x); }
double snow_math_hypot(SnowActor*, double x, double y) { return std::hypot(x, y); }
double snow_math_cbrt(SnowActor*, double x) { return std::cbrt(x); }
double snow_math_floor(SnowActor*, double x) { return std::floor(x); }
double snow_math_ceil(SnowActor*, double x) { return std::ceil(x); }
double snow_math_round(SnowActor*, double x) { return std::round(x); }

}  // extern "C"
