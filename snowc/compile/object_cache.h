// Where the objects of earlier builds are found: for those who bring a cache.
#ifndef SNOWC_COMPILE_OBJECT_CACHE_H_
#define SNOWC_COMPILE_OBJECT_CACHE_H_

#include "snowc/codegen/object_cache.h"

namespace snow::compile {

using codegen::ObjectCache;

}  // namespace snow::compile

#endif  // SNOWC_COMPILE_OBJECT_CACHE_H_
