// The parts of a module that are generated apart from each other: in parallel, and each cached.
#ifndef SNOWC_CODEGEN_PARTITION_H_
#define SNOWC_CODEGEN_PARTITION_H_

#include <string>
#include <vector>

#include "snowc/codegen/convention.h"
#include "snowc/codegen/options.h"
#include "snowc/ir/ir.h"

namespace snow::codegen {

struct Partition {
  std::string name;                       // of the source file whose functions it holds, or "all"
  std::vector<ir::FunctionId> functions;  // defined here
  // Bodies of other partitions that are copied in to be inlined, and not emitted.
  std::vector<ir::FunctionId> imports;
  bool has_glue = false;  // snow_invoke and the like; one partition has it
};

// Every function is defined in exactly one partition. A debug build has one for each source file,
// so that an edit leaves the others as they were; a release build has a single one unless the
// program is large, since what is in one partition can be inlined.
std::vector<Partition> MakePartitions(const ir::Module& module, const Options& options);

// A hash of everything that the object of this partition depends on. Equal keys mean equal objects.
std::string CacheKey(const ir::Module& module, const std::vector<Convention>& conventions,
                     const Partition& partition, bool is_only_partition, const Options& options);

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_PARTITION_H_
