// Includes all ops of the nn dialect, by feature.
include "compiler/dialect/nn/NnElementwise.td"
include "compiler/dialect/nn/NnReduce.td"
include "compiler/dialect/nn/NnShape.td"
include "compiler/dialect/nn/NnContract.td"
include "compiler/dialect/nn/NnRandom.td"
include "compiler/dialect/nn/NnAutodiff.td"
include "compiler/dialect/nn/NnLoop.td"
