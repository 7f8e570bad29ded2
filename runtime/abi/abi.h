// What generated code and the runtime agree on, declared once: layouts of values, and (through
// abi.def) every runtime function that generated code or the library may call.
//
// Plain C++ without dependencies: both the compiler and the runtime include it.
//
// ## Values as words
// Every Snow value is a sequence of 8-byte words ("scalars"), the same in registers, in heap
// objects, in collections and in messages:
//
//   Int, Pid, Handle   1 word
//   Float              1 word (IEEE bits; a double in registers)
//   Bool               1 word (0 or 1; an i1 in registers)
//   ()                 no word
//   String, Bytes, Atom  2 words, see below
//   List<T>            2 words: Buffer pointer (or 0), offset | length << 32
//   tuple, struct      the words of the fields in order of declaration, if they are at most 8;
//                      otherwise 1 word: a pointer to an object with those words
//   function value     1 word: a pointer to a closure object: word 0 of its payload is the code
//   sum type           by the first rule that fits:
//      no variant has fields: 1 word, the tag
//      recursive (it contains itself by value), or over 8 words: 1 word, "boxed": for a variant
//        without fields the tag itself (an immediate below 65536), otherwise a pointer to an object
//        of that variant's fields whose header has the tag in its upper 16 bits
//      otherwise, by value: the tag; then as many scalar words as the variant with most of them
//        needs; then pointer words likewise; then string pairs likewise. A variant fills the words
//        of each class in order of its fields; the others are 0.
//   The tag is the index of the variant in order of declaration.
//
// ## Strings (String, Bytes, Atom)
// Two words. Up to 15 bytes: the bytes lie in the 16 bytes of the words themselves, the last byte
// is the length (0 to 15), unused bytes are 0. Longer: word 0 points to a kBytes object; word 1 is
// bit 63 set | offset << 32 (31 bits) | length (32 bits), in bytes. Equal short strings are equal
// words. A string of up to 15 bytes is always in the short form (so that equality can rely on it).
//
// ## Objects
// A header word, then payload words. The header is the address of a SnowDescriptor | tag << 48.
// While a collection runs the collector uses header bit 0 for its own purposes; bit 1 is
// kSnowBufferYoung. A descriptor is aligned to 8 bytes.
#ifndef RUNTIME_ABI_ABI_H_
#define RUNTIME_ABI_ABI_H_

#include <cstddef>
#include <cstdint>

extern "C" {

enum SnowWordKind : uint8_t {
  kSnowScalar = 0,   // not traced (also the second word of a string)
  kSnowPointer = 1,  // 0, an immediate below 65536, static data, or an object of the actor's heap
  kSnowString = 2,   // first word of a string pair: a pointer if bit 63 of the next word is set
};

enum SnowObjectKind : uint32_t {
  kSnowFixed = 0,    // `words` payload words of the given kinds
  kSnowBuffer = 1,   // elements of `words` words each: see SnowBufferHead
  kSnowBytes = 2,    // raw bytes: see SnowBytesHead
  kSnowRuntime = 3,  // the runtime's own; generated code never looks inside
};

struct SnowDescriptor {
  uint32_t kind;  // SnowObjectKind
  uint32_t words;
  const char* name;      // for dumps: "Tree.Node"
  const uint8_t* kinds;  // SnowWordKind by word
};

// A Buffer<T>: the storage behind lists and tables. Elements start right behind this head. Those in
// [start, fill) are alive (traced, copied); the rest is uninitialised.
// A header with the bit kSnowBufferYoung needs no snow_buffer_remember.
struct SnowBufferHead {
  uint64_t header;
  uint32_t start;
  uint32_t fill;
  uint32_t capacity;  // in elements
  uint32_t flags;     // the library's own
};

// The storage behind long strings. Bytes in [0, fill) are taken; a string that ends at fill can be
// extended in place by its owner.
struct SnowBytesHead {
  uint64_t header;
  uint32_t fill;
  uint32_t capacity;
};

// The part of an actor that generated code touches. The runtime's own state follows it.
struct SnowActor {
  uint8_t* alloc_next;   // bump allocation: next free byte…
  uint8_t* alloc_limit;  // …and the end of the block
  int64_t reductions;    // left in this time slice; snow_yield is called when it falls below 0
  void* base_frame;      // address of the return address of the actor's outermost Snow frame
  uint64_t pid;
};

// What a message carries to say its type.
struct SnowTypeInfo {
  uint64_t hash;  // of the type's full name; equal hashes mean equal types
  uint32_t words;
  uint32_t flags;
  const char* name;      // as the user writes it
  const uint8_t* kinds;  // SnowWordKind by word
  // Generated code, Snow convention: (payload) → String. Null unless some actor takes any message.
  void* display;
  void* debug;
};

// A message as receive sees it.
struct SnowMessage {
  SnowMessage* next;
  const SnowTypeInfo* type;
  uint64_t payload[1];  // type->words words
};

// Where a panic happened.
struct SnowSite {
  const char* file;
  const char* function;
  uint32_t line;
  uint32_t column;
};

// One generated function, for backtraces.
struct SnowFunctionInfo {
  const void* code;
  const char* name;
  const char* file;
  uint32_t line;
  uint32_t size;  // of the code, in bytes
};

// Two words in registers (x86-64: rax, rdx).
struct SnowPair {
  uint64_t first;
  uint64_t second;
};

// --- Made by the compiler in every program -----------------------------------------------------

// Calls a closure without parameters from C++: returns its first result word (undefined if it has
// none).
uint64_t snow_invoke(SnowActor* actor, void* closure);
// The same, as the outermost Snow frame of the actor's stack: notes it in base_frame, so that a
// `receive` in tail position there can give the stack back.
uint64_t snow_start(SnowActor* actor, void* closure);
// Calls SnowTypeInfo::display or debug with the words at `payload`.
SnowPair snow_invoke_text(SnowActor* actor, void* code, const uint64_t* payload);
// A static closure: runs main, returns the exit code (Int).
extern const uint64_t snow_main_closure[];
// The table of the generated functions, from begin up to but not including end, sorted by `code`
// (the linker does that). Both are null in a program without any.
extern const SnowFunctionInfo snow_functions_begin[] __asm__("__start_snow_functions")
    __attribute__((weak));
extern const SnowFunctionInfo snow_functions_end[] __asm__("__stop_snow_functions")
    __attribute__((weak));

}  // extern "C"

// The type of notices (the library's sum type Signal) has this hash. Payload words, by the rule for
// sum types: tag, two scalars, reason, string pair:
//   0 Exit(pid, reason)       scalar 0 = pid
//   1 Down(ref, pid, reason)  scalar 0 = ref, scalar 1 = pid
//   2 NodeUp(name), 3 NodeDown(name)   string pair
// ExitReason is recursive, hence boxed: Normal 0, Shutdown 1, Killed 2, Error(String) 3,
// Linked(Pid, ExitReason) 4, Noproc 5, Noconnection 6, Custom(String) 7.
inline constexpr uint64_t kSnowSignalHash = 1;
inline constexpr uint32_t kSnowSignalWords = 6;

inline constexpr uint64_t kSnowStringLong = uint64_t{1} << 63;
inline constexpr int kSnowTagShift = 48;
inline constexpr uint64_t kSnowBufferYoung = 2;
inline constexpr uint64_t kSnowImmediateLimit = 65536;
inline constexpr uint32_t kSnowMaxValueWords = 8;

enum class SnowArithmetic : int64_t { kAdd, kSub, kMul, kDiv, kMod, kNeg };

#endif  // RUNTIME_ABI_ABI_H_
