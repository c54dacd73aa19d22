// All ops of the nn dialect, by feature.
include "compiler/dialect/NnElementwise.td"
include "compiler/dialect/NnReduce.td"
include "compiler/dialect/NnShape.td"
include "compiler/dialect/NnContract.td"
include "compiler/dialect/NnRandom.td"
include "compiler/dialect/NnAutodiff.td"
