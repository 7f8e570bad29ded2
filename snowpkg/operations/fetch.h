#ifndef SNOW_SNOWPKG_OPERATIONS_FETCH_H_
#define SNOW_SNOWPKG_OPERATIONS_FETCH_H_

#include "snowpkg/api.h"
#include "snowpkg/lockfile/lockfile.h"
#include "snowpkg/operations/session.h"

namespace snow::pkg {

// Brings every package of a lockfile that the store lacks into it. Of a registry's package it is
// proved first that the log holds the version with the lockfile's checksum, and checked afterwards
// that the archive's own snow.toml says what the index says.
Result<FetchReport> FetchLocked(Session& session, const Lockfile& lock);

// Reads every stored file of the lockfile's packages and compares it with its hash.
Status VerifyStored(Session& session, const Lockfile& lock);

}  // namespace snow::pkg

#endif  // SNOW_SNOWPKG_OPERATIONS_FETCH_H_
