// nn-test-opt: nn-opt with the test dialect.
#include "compiler/pipeline/Pipeline.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "test/loops/Loops.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  nnc::registerDialects(registry);
  registry.insert<nnc::test::TestDialect>();
  nnc::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "nn-test-opt: nn-opt with loops for tests\n", registry));
}
