// For the guests that look at architectural corners: what an exception left behind, and one line for each value.
#ifndef CORNER_H
#define CORNER_H

#include "guest.h"

// What the handler of the vCPU's last exception found. runtime/corner.S has the same layout.
typedef struct {
    uint64_t vector;  // the offset from VBAR_EL1
    uint64_t esr;
    uint64_t elr;
    uint64_t spsr;
    uint64_t far;
    uint64_t daif;
    uint64_t spsel;
    uint64_t current_el;
    uint64_t sp;
    uint64_t count;
    uint64_t mode;
    uint64_t intid;
    uint64_t kept[13];
    uint64_t unused[7];
} corner_t;

// What the handler does next.
enum {
    LEAVE = 0,        // it returns from corner_enter
    MASK = 1,         // it continues the guest with interrupts masked
    SKIP = 2,         // it continues the guest after the instruction
    ACKNOWLEDGE = 3,  // it acknowledges and ends the interrupt at a GICv2, and continues the guest
};

extern corner_t corners[8];
extern const char corner_vectors[];

// Continues at `pc` with `spsr` until an exception, and returns what it left.
const corner_t *corner_enter(uint64_t pc, uint64_t spsr, uint64_t x0, uint64_t x1);

// What is shown of an address that an exception should have written, and did not.
#define NOT_WRITTEN 0xffffffffffffffff

enum { EL0T = 0x0, EL1T = 0x4, EL1H = 0x5, MASKED = 0x3c0, UNMASKED_IRQ = 0x340 };

// SCTLR_EL1 without MMU, caches and checks: the bits that are RES1 in Armv8.0.
enum { SCTLR_OFF = 0x30d00800 };

#define READ(reg)                                              \
    ({                                                         \
        uint64_t value_;                                       \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_)::"memory"); \
        value_;                                                \
    })
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0\nisb" ::"r"((uint64_t)(value)) : "memory")
#define BARRIER() __asm__ volatile("dsb sy\nisb" ::: "memory")
#define ADDRESS(symbol) ((uint64_t)(uintptr_t)(symbol))

static inline void put_value(uint64_t value) {
    put_char(' ');
    print_hex(value);
    put_char('\n');
}

// Prints "name value".
static inline void show(const char *name, uint64_t value) {
    print(name);
    put_value(value);
}

// Prints "group.name value".
static inline void show_in(const char *group, const char *name, uint64_t value) {
    print(group);
    put_char('.');
    show(name, value);
}

// Prints "group.number.name value".
static inline void show_of(const char *group, uint64_t number, const char *name, uint64_t value) {
    print(group);
    put_char('.');
    print_decimal(number);
    put_char('.');
    show(name, value);
}

#endif
