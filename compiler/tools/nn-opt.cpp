// nn-opt: reads and prints the nn and kern dialects and runs single passes or pipelines on them,
// for tests and debugging.
#include "compiler/pipeline/Pipeline.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  nnc::registerDialects(registry);
  nnc::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "nn-opt: the nn dialect's tool\n", registry));
}
