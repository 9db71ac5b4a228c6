// Firmware calls for vCPUs and the machine, and operations on shared memory.
#include "guest.h"

static const uint64_t EXIT = 0x86001000u | WIDTH;

extern void secondary_start(void);

static void (*entries[MAX_CPUS])(unsigned cpu);

// The machine's numbering: Aff0 counts from 0 to 15, then Aff1.
static uint64_t affinity(unsigned cpu) {
    return (cpu / 16) << 8 | cpu % 16;
}

void run_secondary(unsigned cpu) {
    entries[cpu](cpu);
    hvc(PSCI_CPU_OFF, 0, 0, 0);
}

int64_t cpu_state(unsigned cpu) {
    return (int64_t)(int32_t)hvc(PSCI_AFFINITY_INFO, affinity(cpu), 0, 0);
}

unsigned count_cpus(void) {
    unsigned count = 1;
    while (count < MAX_CPUS && cpu_state(count) >= 0) {
        count++;
    }
    return count;
}

void start_cpu(unsigned cpu, void (*entry)(unsigned cpu)) {
    entries[cpu] = entry;
    int64_t status = (int64_t)(int32_t)hvc(PSCI_CPU_ON, affinity(cpu), (uintptr_t)secondary_start, cpu);
    if (status != 0) {
        print_line("CPU_ON of vCPU %d: error -%d", cpu, (uint64_t)-status);
        exit_guest(1);
    }
}

void start_others(void (*entry)(unsigned cpu)) {
    unsigned count = count_cpus();
    for (unsigned cpu = 1; cpu < count; cpu++) {
        start_cpu(cpu, entry);
    }
}

void wait_for_others(void) {
    unsigned count = count_cpus();
    for (unsigned cpu = 1; cpu < count; cpu++) {
        while (cpu_state(cpu) != AFFINITY_OFF) {
        }
    }
}

void exit_guest(uint64_t status) {
    hvc(EXIT, status, 0, 0);
    print_line("there is no EXIT here; the status is %d", status, 0);
    power_off();
}

void power_off(void) {
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;) {
    }
}

void reset_machine(void) {
    hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
    for (;;) {
    }
}

void spin_lock(spin_lock_t *lock) {
    uint32_t held;
    uint32_t failed;
#ifdef __aarch64__
    __asm__ volatile(
        "1: ldaxr   %w0, %2\n"
        "   cbnz    %w0, 1b\n"
        "   stxr    %w1, %w3, %2\n"
        "   cbnz    %w1, 1b\n"
        : "=&r"(held), "=&r"(failed), "+Q"(lock->held)
        : "r"(1)
        : "memory");
#else
    __asm__ volatile(
        "1: ldrex   %0, %2\n"
        "   cmp     %0, #0\n"
        "   bne     1b\n"
        "   strex   %1, %3, %2\n"
        "   cmp     %1, #0\n"
        "   bne     1b\n"
        "   dmb\n"
        : "=&r"(held), "=&r"(failed), "+Q"(lock->held)
        : "r"(1)
        : "memory", "cc");
#endif
}

void spin_unlock(spin_lock_t *lock) {
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

void atomic_add(uint64_t *cell, uint64_t value) {
    uint64_t sum;
    uint32_t failed;
#ifdef __aarch64__
    __asm__ volatile(
        "1: ldxr    %0, %2\n"
        "   add     %0, %0, %3\n"
        "   stlxr   %w1, %0, %2\n"
        "   cbnz    %w1, 1b\n"
        : "=&r"(sum), "=&r"(failed), "+Q"(*cell)
        : "r"(value)
        : "memory");
#else
    __asm__ volatile(
        "1: ldrexd  %Q0, %R0, %2\n"
        "   adds    %Q0, %Q0, %Q3\n"
        "   adc     %R0, %R0, %R3\n"
        "   strexd  %1, %Q0, %R0, %2\n"
        "   cmp     %1, #0\n"
        "   bne     1b\n"
        : "=&r"(sum), "=&r"(failed), "+Q"(*cell)
        : "r"(value)
        : "memory", "cc");
#endif
}
