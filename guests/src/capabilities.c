// Queries the decisions for calls, then makes the calls: the decision and the result must agree.
#include "guest.h"

enum { SMC = 0, HVC = 1 };
enum { DENIED = 0, RESIDENT = 1, FORWARDED = 2 };
#if defined(__aarch64__)
enum { CAPABILITY_QUERY = 0xc6001001, STATE = 0 };
#elif defined(__thumb__)
enum { CAPABILITY_QUERY = 0x86001001, STATE = 2 };
#else
enum { CAPABILITY_QUERY = 0x86001001, STATE = 1 };
#endif

static int32_t ask(unsigned conduit, unsigned immediate, uint32_t function) {
    uint64_t call = conduit | (uint64_t)immediate << 16;
#if defined(__aarch64__)
    call |= (uint64_t)STATE << 32;
#endif
    return (int32_t)hvc(CAPABILITY_QUERY, call, function, STATE);
}

static void answer(const char *call, int32_t fate) {
    print(call);
    print(fate == DENIED      ? ": denied\n"
          : fate == RESIDENT  ? ": answered in place\n"
          : fate == FORWARDED ? ": forwarded\n"
                              : ": no answer\n");
}

// Whether the decision for a harmless call agrees with its result.
static bool holds(const char *name, unsigned conduit, uint32_t function, uint64_t argument) {
    int32_t fate = ask(conduit, 0, function);
    int32_t result = (int32_t)(conduit == HVC ? hvc(function, argument, 0, 0) : smc(function, argument, 0, 0));
    answer(name, fate);
    return (fate == DENIED) == (result == -1);
}

void main(void) {
    bool all = holds("HVC SMCCC_VERSION", HVC, 0x80000000, 0);
    all &= holds("HVC PSCI_VERSION", HVC, PSCI_VERSION, 0);
    all &= holds("SMC PSCI_VERSION", SMC, PSCI_VERSION, 0);
    // There is no such CPU: PSCI returns its own error.
    all &= holds("HVC PSCI_CPU_ON", HVC, PSCI_CPU_ON, 0xff);
    all &= holds("HVC 0x8500ffff", HVC, 0x8500ffff, 0);
    answer("HVC #0x4a48", ask(HVC, 0x4a48, 0));
    answer("SMC #0x4a48", ask(SMC, 0x4a48, 0));
    print(all ? "and so it was\n" : "and it was otherwise\n");
    exit_guest(all ? 0 : 1);
}
