// For the guests that look at corners of a GICv3 (IHI 0069): its registers, and what it signals to the CPU.
#ifndef GICV3_H
#define GICV3_H

#include "corner.h"

enum {
    GICD = 0x08000000,
    GICR = 0x080a0000,  // for each CPU, the frames RD_base and SGI_base
    FRAME = 0x10000,
    CTLR = 0x0000,
    TYPER = 0x0004,
    IIDR = 0x0008,
    IGROUPR = 0x0080,
    ISENABLER = 0x0100,
    ICENABLER = 0x0180,
    ISPENDR = 0x0200,
    ICPENDR = 0x0280,
    ISACTIVER = 0x0300,
    ICACTIVER = 0x0380,
    IPRIORITYR = 0x0400,
    ITARGETSR = 0x0800,
    ICFGR = 0x0c00,
    IGRPMODR = 0x0d00,
    NSACR = 0x0e00,
    SGIR = 0x0f00,
    CPENDSGIR = 0x0f10,
    SPENDSGIR = 0x0f20,
    IROUTER = 0x6000,
    PIDR2 = 0xffe8,
    R_TYPER = 0x0008,
    R_WAKER = 0x0014,
};

#define ICC_PMR S3_0_C4_C6_0
#define ICC_IAR0 S3_0_C12_C8_0
#define ICC_EOIR0 S3_0_C12_C8_1
#define ICC_HPPIR0 S3_0_C12_C8_2
#define ICC_BPR0 S3_0_C12_C8_3
#define ICC_AP0R0 S3_0_C12_C8_4
#define ICC_AP1R0 S3_0_C12_C9_0
#define ICC_DIR S3_0_C12_C11_1
#define ICC_RPR S3_0_C12_C11_3
#define ICC_SGI1R S3_0_C12_C11_5
#define ICC_ASGI1R S3_0_C12_C11_6
#define ICC_SGI0R S3_0_C12_C11_7
#define ICC_IAR1 S3_0_C12_C12_0
#define ICC_EOIR1 S3_0_C12_C12_1
#define ICC_HPPIR1 S3_0_C12_C12_2
#define ICC_BPR1 S3_0_C12_C12_3
#define ICC_CTLR S3_0_C12_C12_4
#define ICC_SRE S3_0_C12_C12_5
#define ICC_IGRPEN0 S3_0_C12_C12_6
#define ICC_IGRPEN1 S3_0_C12_C12_7

// READ and WRITE with one of these names.
#define GET(reg) READ(reg)
#define SET(reg, value) WRITE(reg, value)

// ICC_CTLR_EL1.
enum { CBPR = 1, EOI_MODE = 2 };

// GICD_IROUTER.Interrupt_Routing_Mode.
#define ANY (1ull << 31)

static inline unsigned this_cpu(void) {
    return READ(mpidr_el1) & 0xff;
}

static inline uint32_t load(uintptr_t at) {
    return *(volatile uint32_t *)at;
}

static inline void store(uintptr_t at, uint32_t value) {
    *(volatile uint32_t *)at = value;
    BARRIER();
}

static inline uint8_t load_byte(uintptr_t at) {
    return *(volatile uint8_t *)at;
}

static inline void store_byte(uintptr_t at, uint8_t value) {
    *(volatile uint8_t *)at = value;
    BARRIER();
}

static inline uint64_t load_double(uintptr_t at) {
    return *(volatile uint64_t *)at;
}

static inline void store_double(uintptr_t at, uint64_t value) {
    *(volatile uint64_t *)at = value;
    BARRIER();
}

static inline uintptr_t redistributor(unsigned cpu) {
    return GICR + cpu * 2 * FRAME;
}

// The frame with the registers of an interrupt: of the Distributor, or of this CPU's Redistributor.
static inline uintptr_t frame(unsigned intid) {
    return intid < 32 ? redistributor(this_cpu()) + FRAME : GICD;
}

static inline uint32_t bit_of(unsigned registers, unsigned intid) {
    return load(frame(intid) + registers + intid / 32 * 4) >> intid % 32 & 1;
}

static inline void set_bit(unsigned registers, unsigned intid) {
    store(frame(intid) + registers + intid / 32 * 4, 1u << intid % 32);
}

static inline void set_group(unsigned intid, unsigned group) {
    uintptr_t at = frame(intid) + IGROUPR + intid / 32 * 4;
    store(at, (load(at) & ~(1u << intid % 32)) | group << intid % 32);
}

static inline void set_priority(unsigned intid, uint8_t priority) {
    store_byte(frame(intid) + IPRIORITYR + intid, priority);
}

static inline void set_route(unsigned intid, uint64_t route) {
    store_double(GICD + IROUTER + 8 * intid, route);
}

// The vector that the CPU takes when it is unmasked: 0x280 for an IRQ, 0x300 for a FIQ, 0 for none. The handler masks
// both again.
static inline uint64_t signal(void) {
    corner_t *corner = &corners[this_cpu()];
    corner->count = 0;
    corner->mode = MASK;
    __asm__ volatile("msr daifclr, #3\nnop\nmsr daifset, #3" ::: "memory");
    corner->mode = LEAVE;
    return corner->count == 0 ? 0 : corner->vector;
}

static inline uint64_t iar(unsigned group) {
    return group == 0 ? GET(ICC_IAR0) : GET(ICC_IAR1);
}

static inline uint64_t hppir(unsigned group) {
    return group == 0 ? GET(ICC_HPPIR0) : GET(ICC_HPPIR1);
}

static inline void set_eoir(unsigned group, uint64_t intid) {
    if (group == 0) {
        SET(ICC_EOIR0, intid);
    } else {
        SET(ICC_EOIR1, intid);
    }
}

static inline void forget_bits(uintptr_t registers) {
    store(registers + ICENABLER, 0xffffffff);
    store(registers + ICPENDR, 0xffffffff);
    store(registers + ICACTIVER, 0xffffffff);
    store(registers + IGROUPR, 0xffffffff);
}

// This CPU's interface: everything is signalled, and each priority preempts a lower one.
static inline void open_interface(void) {
    SET(ICC_SRE, 7);
    SET(ICC_CTLR, 0);
    SET(ICC_PMR, 0xff);
    SET(ICC_BPR0, 0);
    SET(ICC_BPR1, 0);
    SET(ICC_IGRPEN0, 1);
    SET(ICC_IGRPEN1, 1);
}

// Nothing is enabled, pending or active. All interrupts are in Group 1, level-sensitive, go to CPU 0 and have priority
// 0xa0.
static inline void forget(void) {
    store(redistributor(this_cpu()) + R_WAKER, 0);
    forget_bits(frame(0));
    store(frame(0) + ICFGR + 4, 0);
    for (unsigned i = 0; i < 32; i += 4) {
        store(frame(0) + IPRIORITYR + i, 0xa0a0a0a0);
    }
    for (unsigned i = 1; i < 9; i++) {
        forget_bits(GICD + 4 * i);
        store(GICD + ICFGR + 8 * i, 0);
        store(GICD + ICFGR + 8 * i + 4, 0);
    }
    for (unsigned i = 32; i < 288; i++) {
        set_route(i, 0);
        set_priority(i, 0xa0);
    }
    store(GICD + CTLR, 3);
    open_interface();
}

#endif
