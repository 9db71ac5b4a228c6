// Functions for every guest: console, firmware calls, locks, other vCPUs, end of the run.
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_CPUS 64

// Console (PL011 at 0x0900_0000, polled). If several vCPUs print, they need a lock.
void put_char(char c);
bool has_char(void);
char get_char(void);
void print(const char *text);
void print_decimal(uint64_t value);
void print_hex(uint64_t value);
// Prints a text with one or two numbers: %d decimal, %x hexadecimal with 16 digits.
void print_line(const char *format, uint64_t first, uint64_t second);

// Firmware calls. The conduit is #0.
uint64_t hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);
uint64_t smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

// PSCI (DEN0022). A call with addresses has the caller's width.
#ifdef __aarch64__
#define WIDTH 0x40000000
#else
#define WIDTH 0
#endif
enum {
    PSCI_VERSION = 0x84000000,
    PSCI_CPU_OFF = 0x84000002,
    PSCI_CPU_ON = 0x84000003 | WIDTH,
    PSCI_AFFINITY_INFO = 0x84000004 | WIDTH,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
};
enum { AFFINITY_ON = 0, AFFINITY_OFF = 1, AFFINITY_ON_PENDING = 2 };

// Ends the run with a status by the vendor call EXIT. If there is no such call, prints the status and powers off.
_Noreturn void exit_guest(uint64_t status);
_Noreturn void power_off(void);
_Noreturn void reset_machine(void);

// Other vCPUs, numbered from 0, the boot vCPU. Their number is found by asking the firmware about each.
unsigned count_cpus(void);
// Starts all other vCPUs in `entry`; each turns itself off when `entry` returns.
void start_others(void (*entry)(unsigned cpu));
// Starts one vCPU.
void start_cpu(unsigned cpu, void (*entry)(unsigned cpu));
int64_t cpu_state(unsigned cpu);
// Waits until all other vCPUs are off, by asking the firmware repeatedly.
void wait_for_others(void);

// A lock with LDXR and STXR, or LDREX and STREX.
typedef struct {
    uint32_t held;
} spin_lock_t;
void spin_lock(spin_lock_t *lock);
void spin_unlock(spin_lock_t *lock);
// Atomic addition with the same instructions.
void atomic_add(uint64_t *cell, uint64_t value);

// The value of MPIDR_EL1 or MPIDR.
static inline uint64_t read_mpidr(void) {
#ifdef __aarch64__
    uint64_t mpidr;
    __asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
#else
    uint32_t mpidr;
    __asm__ volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
#endif
    return mpidr;
}

static inline uint64_t load_acquire(const uint64_t *cell) {
    return __atomic_load_n(cell, __ATOMIC_ACQUIRE);
}

static inline void store_release(uint64_t *cell, uint64_t value) {
    __atomic_store_n(cell, value, __ATOMIC_RELEASE);
}

#ifdef __aarch64__
// Cache maintenance after code was stored in one cache line: all vCPUs execute the new code from here on.
static inline void publish_code(const void *at) {
    __asm__ volatile(
        "dc     cvau, %0\n"
        "dsb    ish\n"
        "ic     ivau, %0\n"
        "dsb    ish\n"
        "isb\n"
        :
        : "r"(at)
        : "memory");
}
#endif

// A digest of numbers in their order (FNV-1a over whole words).
static inline uint64_t mix(uint64_t digest, uint64_t value) {
    return (digest ^ value) * 0x100000001b3;
}
#define MIX_START 0xcbf29ce484222325

#endif
