#include "snowc/codegen/test_machine.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

namespace snow::codegen {

struct TestMachine::Jit {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  ucontext_t outside;
  ucontext_t inside;
  uint64_t (*enter)(SnowActor*, void*);
  void* closure;
  uint64_t result;
  bool panicked;
};

// The functions of the runtime that tests need.
struct TestRuntime {
  static TestMachine& Of(SnowActor* actor) { return *reinterpret_cast<TestMachine*>(actor); }

  static void* Alloc(SnowActor* actor, void* descriptor, int64_t words, int64_t tag) {
    TestMachine& machine = Of(actor);
    ++machine.slow_allocations_;
    auto& object = machine.large_.emplace_back(new uint64_t[words + 1]);
    object[0] = reinterpret_cast<uint64_t>(descriptor) | static_cast<uint64_t>(tag) << 48;
    return object.get();
  }

  static void Yield(SnowActor* actor) {
    ++Of(actor).yields_;
    actor->reductions = 4000;
  }

  static void PanicArithmetic(SnowActor* actor, int64_t kind, int64_t a, int64_t b, void* site) {
    TestMachine& machine = Of(actor);
    auto* place = static_cast<const SnowSite*>(site);
    machine.panic_ = {static_cast<SnowArithmetic>(kind),
                      a,
                      b,
                      place->file,
                      place->function,
                      place->line,
                      place->column};
    machine.jit_->panicked = true;
    setcontext(&machine.jit_->outside);
  }

  static void Send(SnowActor* actor, int64_t pid, void* type, void* words) {
    auto* payload = static_cast<const uint64_t*>(words);
    auto* info = static_cast<const SnowTypeInfo*>(type);
    Of(actor).sent_.push_back(pid);
    Of(actor).sent_.insert(Of(actor).sent_.end(), payload, payload + info->words);
  }

  static SnowPair CatchMessage(SnowActor*) { return {7, 9}; }

  static bool StringEqual(SnowActor*, uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1) {
    return a0 == b0 && a1 == b1;
  }

  // Runs on the small stack.
  static void Main(unsigned low, unsigned high) {
    auto* actor = reinterpret_cast<SnowActor*>(uint64_t{high} << 32 | low);
    TestMachine::Jit& jit = *Of(actor).jit_;
    jit.result = jit.enter(actor, jit.closure);
    setcontext(&jit.outside);
  }
};

namespace {

constexpr size_t kStackBytes = 64 << 10;

[[noreturn]] void Fail(llvm::Error error) {
  std::fprintf(stderr, "TestMachine: %s\n", llvm::toString(std::move(error)).c_str());
  std::abort();
}

}  // namespace

TestMachine::TestMachine(const Objects& objects) : jit_(std::make_unique<Jit>()), heap_(512) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) Fail(jit.takeError());
  jit_->jit = std::move(*jit);

  llvm::orc::SymbolMap symbols;
  auto define = [&](const char* name, auto* function) {
    symbols[jit_->jit->mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                                                 llvm::JITSymbolFlags::Exported};
  };
  define("snow_alloc", &TestRuntime::Alloc);
  define("snow_yield", &TestRuntime::Yield);
  define("snow_panic_arithmetic", &TestRuntime::PanicArithmetic);
  define("snow_send", &TestRuntime::Send);
  define("snow_catch_message", &TestRuntime::CatchMessage);
  define("snow_string_equal", &TestRuntime::StringEqual);
  define("memmove", static_cast<void* (*)(void*, const void*, size_t)>(&memmove));
  llvm::orc::JITDylib& library = jit_->jit->getMainJITDylib();
  if (auto error = library.define(llvm::orc::absoluteSymbols(std::move(symbols)))) {
    Fail(std::move(error));
  }
  for (const Object& object : objects.objects) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(object.bytes, object.name);
    if (auto error = jit_->jit->addObjectFile(std::move(buffer))) Fail(std::move(error));
  }
  actor_.alloc_next = reinterpret_cast<uint8_t*>(heap_.data());
  actor_.alloc_limit = reinterpret_cast<uint8_t*>(heap_.data() + heap_.size());
  actor_.reductions = 4000;
}

TestMachine::~TestMachine() = default;

void* TestMachine::Find(const std::string& symbol) {
  auto address = jit_->jit->lookup(symbol);
  if (!address) Fail(address.takeError());
  return address->toPtr<void*>();
}

std::optional<uint64_t> TestMachine::Run(const void* closure, bool start) {
  jit_->enter =
      reinterpret_cast<uint64_t (*)(SnowActor*, void*)>(Find(start ? "snow_start" : "snow_invoke"));
  jit_->closure = const_cast<void*>(closure);
  jit_->panicked = false;
  void* stack =
      mmap(nullptr, kStackBytes * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  // The lower half is out of bounds: too deep a stack is a crash, not a silent success.
  mprotect(stack, kStackBytes, PROT_NONE);
  getcontext(&jit_->inside);
  jit_->inside.uc_stack.ss_sp = static_cast<char*>(stack) + kStackBytes;
  jit_->inside.uc_stack.ss_size = kStackBytes;
  jit_->inside.uc_link = nullptr;
  auto address = reinterpret_cast<uint64_t>(&actor_);
  makecontext(&jit_->inside, reinterpret_cast<void (*)()>(&TestRuntime::Main), 2,
              static_cast<unsigned>(address), static_cast<unsigned>(address >> 32));
  swapcontext(&jit_->outside, &jit_->inside);
  munmap(stack, kStackBytes * 2);
  if (jit_->panicked) return std::nullopt;
  return jit_->result;
}

}  // namespace snow::codegen
