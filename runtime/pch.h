// The precompiled header of the runtime: the schema, which most rooms include, and what costs most
// of the standard library.
#pragma once
#include "runtime/schema/program.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>
