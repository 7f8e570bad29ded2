// For tests: makes small modules of IR.
#ifndef SNOWC_CODEGEN_TEST_MODULE_H_
#define SNOWC_CODEGEN_TEST_MODULE_H_

#include <functional>
#include <string>
#include <vector>

#include "snowc/ir/builder.h"
#include "snowc/ir/ir.h"

namespace snow::codegen {

class TestModule {
 public:
  TestModule() { module.files = {"main.snow", "list.snow"}; }

  // A function without a body, so that functions can call each other.
  ir::FunctionId Declare(const std::string& symbol, std::vector<ir::Scalar> params,
                         std::vector<ir::Scalar> results, uint32_t file = 0) {
    ir::Function& function = module.functions.emplace_back();
    function.symbol = symbol;
    function.debug_name = "Main." + symbol;
    function.loc = {file, static_cast<uint32_t>(10 * module.functions.size()), 3};
    function.params = std::move(params);
    function.results = std::move(results);
    return ir::FunctionId(module.functions.size() - 1);
  }

  // `body` gets the values of the parameters.
  void Define(ir::FunctionId id,
              const std::function<void(ir::Builder&, std::vector<ir::ValueId>)>& body) {
    ir::Function& function = module.functions[id.value];
    ir::Builder b(&function);
    b.SetLocation({function.loc.file, function.loc.line + 1, 5});
    for (size_t i = 0; i < function.params.size(); ++i) {
      function.param_slots.push_back(b.NewSlot(function.params[i], "p" + std::to_string(i)));
    }
    std::vector<ir::ValueId> values;
    for (ir::SlotId slot : function.param_slots) values.push_back(b.Get(slot));
    body(b, values);
    b.Finish();
  }

  // A static closure, found by `name`, of a function (closure) → I64.
  ir::DataId Closure(const std::string& name, ir::FunctionId code) {
    module.functions[code.value].address_taken = true;
    ir::Data& data = module.data.emplace_back();
    data.name = name;
    data.is_exported = true;
    data.words = {{}, {.kind = ir::DataWord::Kind::kFunction, .function = code}};
    return ir::DataId(module.data.size() - 1);
  }

  // A closure whose function is made here.
  ir::DataId Main(const std::string& name, const std::function<void(ir::Builder&)>& body) {
    ir::FunctionId id = Declare(name + "_code", {ir::Scalar::kPtr}, {ir::Scalar::kI64});
    Define(id, [&](ir::Builder& b, std::vector<ir::ValueId>) { body(b); });
    return Closure(name, id);
  }

  ir::DataId Descriptor(const std::string& name, uint32_t words) {
    ir::Data& data = module.data.emplace_back();
    data.name = name;
    data.words = {{.bits = kSnowFixed | uint64_t{words} << 32}, {}, {}};
    return ir::DataId(module.data.size() - 1);
  }

  ir::Module module;
};

}  // namespace snow::codegen

#endif  // SNOWC_CODEGEN_TEST_MODULE_H_
