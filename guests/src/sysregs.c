// Reads every system register that EL1 can read on a Cortex-A53, A57 or A72, three times, and prints them and their digest.
// Counters use virtual time, so the output of two runs is the same; each counter must increase from read to read.
#include "guest.h"

// A register is read by its encoding, so that any assembler accepts it. Rt is zero before: a read without effect leaves it zero.
#define REGISTER(name, op0, op1, crn, crm, op2)                                                           \
    static uint64_t read_##name(void) {                                                                   \
        uint64_t value = 0;                                                                               \
        __asm__ volatile("mrs %0, S" #op0 "_" #op1 "_C" #crn "_C" #crm "_" #op2 : "+r"(value)::"memory"); \
        return value;                                                                                     \
    }
#include "sysregs.def"
#undef REGISTER

typedef struct {
    const char *name;
    uint64_t (*read)(void);
} register_t;

static const register_t registers[] = {
#define REGISTER(name, op0, op1, crn, crm, op2) {#name, read_##name},
#include "sysregs.def"
#undef REGISTER
};

enum { COUNT = sizeof registers / sizeof registers[0], READS = 3 };

static void start_cycle_counter(void) {
    uint64_t control;
    __asm__ volatile("mrs %0, pmcr_el0" : "=r"(control));
    __asm__ volatile("msr pmcr_el0, %0" ::"r"(control | 1));
    __asm__ volatile("msr pmcntenset_el0, %0\nisb" ::"r"(1ul << 31));
}

static bool is_counter(uint64_t (*read)(void)) {
    return read == read_cntvct_el0 || read == read_cntpct_el0;
}

void main(void) {
    static uint64_t values[READS];
    uint64_t digest = MIX_START;
    bool stuck = false;
    start_cycle_counter();
    for (unsigned i = 0; i < COUNT; i++) {
        for (int n = 0; n < READS; n++) {
            values[n] = registers[i].read();
            digest = mix(digest, values[n]);
        }
        print(registers[i].name);
        for (int n = 0; n < READS; n++) {
            put_char(' ');
            print_hex(values[n]);
        }
        put_char('\n');
        stuck |= is_counter(registers[i].read) && (values[0] >= values[1] || values[1] >= values[2]);
    }
    print_line("%d registers, digest %x", COUNT, digest);
    if (stuck) {
        print("a counter did not go on\n");
    }
    exit_guest(stuck ? 1 : 0);
}
