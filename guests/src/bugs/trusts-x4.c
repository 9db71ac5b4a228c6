// Keeps a value in x4 across a firmware call. SMCCC 1.0 (DEN0028 §2.5) lets a call change x4 to x17. EXIT 1 if the value is lost. With FIXED, the
// value is kept elsewhere.
#include "guest.h"

static uint64_t ask_for_state(uint64_t cpu, uint64_t kept) {
    register uint64_t x0 __asm__("x0") = PSCI_AFFINITY_INFO;
    register uint64_t x1 __asm__("x1") = cpu;
    register uint64_t x2 __asm__("x2") = 0;
    register uint64_t x3 __asm__("x3") = 0;
#ifdef FIXED
    __asm__ volatile(
        "hvc #0"
        : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
        :
        : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    return kept;
#else
    register uint64_t x4 __asm__("x4") = kept;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4) : : "memory");
    return x4;
#endif
}

void main(void) {
    for (uint64_t value = 1; value <= 50; value++) {
        uint64_t after = ask_for_state(0, value);
        if (after != value) {
            print_line("%d has become %x", value, after);
            exit_guest(1);
        }
    }
    exit_guest(0);
}
