// Tests of gradients of contractions: the forms that programs use, then random ones.
#include "test/unit/transforms/GradientCheck.h"
#include "llvm/ADT/StringExtras.h"
#include <random>

namespace nnc::test {

static std::string tensor(const std::string &dims) {
  return "tensor<" + dims + (dims.empty() ? "f64>" : "xf64>");
}

static void contraction(const std::string &a, const std::string &b, const std::string &y,
                        const std::string &loops, const std::string &mapA, const std::string &mapB,
                        const std::string &mapY, const std::string &sizes, int order = 2) {
  auto map = [&](const std::string &results) {
    return "affine_map<(" + loops + ") -> (" + results + ")>";
  };
  checkGradients("(%a: " + tensor(a) + ", %b: " + tensor(b) + ") -> " + tensor(y) +
                     " { %y = nn.contract %a, %b {maps = [" + map(mapA) + ", " + map(mapB) + ", " +
                     map(mapY) + "], sizes = array<i64: " + sizes + ">} : (" + tensor(a) + ", " +
                     tensor(b) + ") -> " + tensor(y) + " return %y : " + tensor(y) + " }",
                 {}, order, 2);
}

TEST(DifferentiateContract, matmul) {
  contraction("?x3", "3x4", "?x4", "n,k,j", "n,k", "k,j", "n,j", "-1,3,4", 3);
}
TEST(DifferentiateContract, leftTransposed) {
  contraction("3x2", "3x4", "2x4", "i,k,j", "k,i", "k,j", "i,j", "2,3,4");
}
TEST(DifferentiateContract, rightTransposed) {
  contraction("?x3", "4x3", "?x4", "n,k,j", "n,k", "j,k", "n,j", "-1,3,4");
}
TEST(DifferentiateContract, bothTransposed) {
  contraction("3x2", "4x3", "2x4", "i,k,j", "k,i", "j,k", "i,j", "2,3,4");
}
TEST(DifferentiateContract, batched) {
  contraction("?x2x3", "?x3x4", "?x2x4", "n,i,k,j", "n,i,k", "n,k,j", "n,i,j", "-1,2,3,4");
}
TEST(DifferentiateContract, outer) {
  contraction("?x2", "?x3", "?x2x3", "n,i,j", "n,i", "n,j", "n,i,j", "-1,2,3");
}
TEST(DifferentiateContract, dot) { contraction("5", "5", "", "k", "k", "k", "", "5"); }
TEST(DifferentiateContract, overTheBatch) {
  contraction("?x2", "?x3", "2x3", "n,i,j", "n,i", "n,j", "i,j", "-1,2,3");
}

static void conv(int64_t size, int64_t kernel, int64_t stride, int64_t dilation) {
  int64_t out = (size - (kernel - 1) * dilation - 1) / stride + 1;
  auto s = [](int64_t v) { return std::to_string(v); };
  std::string h = s(stride) + "*p+" + s(dilation) + "*r",
              w = s(stride) + "*q+" + s(dilation) + "*s";
  contraction("?x2x" + s(size) + "x" + s(size), "3x2x" + s(kernel) + "x" + s(kernel),
              "?x3x" + s(out) + "x" + s(out), "n,o,p,q,c,r,s", "n,c," + h + "," + w, "o,c,r,s",
              "n,o,p,q", "-1,3," + s(out) + "," + s(out) + ",2," + s(kernel) + "," + s(kernel));
}
TEST(DifferentiateContract, conv2d) { conv(4, 3, 1, 1); }
TEST(DifferentiateContract, conv2dStride2) { conv(5, 3, 2, 1); }
TEST(DifferentiateContract, conv2dStride2WithRemainder) { conv(6, 3, 2, 1); }
TEST(DifferentiateContract, conv2dDilated) { conv(5, 2, 1, 3); }
TEST(DifferentiateContract, conv2dStride3Dilated) { conv(7, 2, 3, 2); }
TEST(DifferentiateContract, conv2dStrideBeyondKernel) { conv(7, 2, 3, 1); }
TEST(DifferentiateContract, conv2dGrouped) {
  contraction("?x2x2x4", "2x3x2x3", "?x2x3x2", "n,g,o,p,c,r", "n,g,c,p+r", "g,o,c,r", "n,g,o,p",
              "-1,2,3,2,2,3");
}
TEST(DifferentiateContract, convTransposedRoles) { // the window's second dim is in the result
  contraction("?x2x8", "3x2x3", "?x3x2", "n,o,p,c,r", "n,c,2*r+3*p", "o,c,r", "n,o,p",
              "-1,3,2,2,3");
}
TEST(DifferentiateContract,
     locallyConnected) { // Both dims of the window are in the other operand: needs fold.
  contraction("?x5", "3x3", "?x3", "n,p,r", "n,p+r", "p,r", "n,p", "-1,3,3");
}
TEST(DifferentiateContract, windowsKept) { // Both dims of the window are in the result.
  contraction("?x7", "?x2", "?x3x3x2", "n,p,r,j", "n,2*p+r", "n,j", "n,p,r,j", "-1,3,3,2");
}

// Random forms: each loop dim is given to two or three of a, b and the result; some of a's dims
// become windows.
TEST(DifferentiateContract, random) {
  std::mt19937 random(11);
  auto pick = [&](int n) { return int(random() % n); };
  for (int trial = 0; trial < 40; ++trial) {
    int dims = 2 + pick(4);
    std::vector<std::string> loops, sizes, inA, inB, inY, shapeA, shapeB, shapeY;
    std::vector<int> pending; // Dims of a that wait for a partner to form a window.
    for (int d = 0; d < dims; ++d) {
      std::string name = "d" + std::to_string(d);
      bool batch = d == 0 && pick(2);
      int extent = 1 + pick(3), where = pick(4); // a+b, a+y, b+y, all
      std::string size = batch ? "?" : std::to_string(extent);
      loops.push_back(name);
      sizes.push_back(batch ? "-1" : size);
      if (where != 2) {
        if (!batch && pick(2)) {
          pending.push_back(d);
        } else {
          inA.push_back(name);
          shapeA.push_back(size);
        }
      }
      if (where != 1) {
        inB.push_back(name);
        shapeB.push_back(size);
      }
      if (where != 0) {
        inY.push_back(name);
        shapeY.push_back(size);
      }
    }
    for (; pending.size() >= 2; pending.resize(pending.size() - 2)) {
      int p = pending.back(), q = pending[pending.size() - 2], s = 1 + pick(3), t = 1 + pick(3);
      int extent = s * (std::stoi(sizes[p]) - 1) + t * (std::stoi(sizes[q]) - 1) + 1 + pick(2);
      inA.push_back(std::to_string(s) + "*" + loops[p] + "+" + std::to_string(t) + "*" + loops[q]);
      shapeA.push_back(std::to_string(extent));
    }
    for (int p : pending) {
      inA.push_back(loops[p]);
      shapeA.push_back(sizes[p]);
    }
    contraction(llvm::join(shapeA, "x"), llvm::join(shapeB, "x"), llvm::join(shapeY, "x"),
                llvm::join(loops, ","), llvm::join(inA, ","), llvm::join(inB, ","),
                llvm::join(inY, ","), llvm::join(sizes, ","));
  }
}

} // namespace nnc::test
