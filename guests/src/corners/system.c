// Generic timers, identification registers, and the firmware's PSCI.
#include "corner.h"

enum { ENABLE = 1, IMASK = 2, ISTATUS = 4, FAR_AWAY = 0x40000000 };

#define TIMER(T, INTID)                                                                  \
    static void look_at_##T(void) {                                                      \
        const char *name = #T;                                                           \
        WRITE(T##_ctl_el0, 0);                                                           \
        show_in(name, "off", READ(T##_ctl_el0));                                         \
        WRITE(T##_ctl_el0, 0xffffffff);                                                  \
        WRITE(T##_tval_el0, FAR_AWAY);                                                   \
        show_in(name, "future", READ(T##_ctl_el0));                                      \
        WRITE(T##_ctl_el0, ENABLE);                                                      \
        show_in(name, "future-unmasked", READ(T##_ctl_el0));                             \
        show_in(name, "future-pending", pending(INTID));                                 \
        show_in(name, "tval-counts-down", READ(T##_tval_el0) < FAR_AWAY);                \
        show_in(name, "cval-is-ahead",                                                   \
                READ(T##_cval_el0) - counter() <= FAR_AWAY);                             \
        WRITE(T##_tval_el0, -1);                                                         \
        show_in(name, "past", READ(T##_ctl_el0));                                        \
        show_in(name, "past-pending", pending(INTID));                                   \
        show_in(name, "past-tval-is-negative", READ(T##_tval_el0) >> 31);                \
        WRITE(T##_ctl_el0, ENABLE | IMASK);                                              \
        show_in(name, "past-masked", READ(T##_ctl_el0));                                 \
        show_in(name, "past-masked-pending", pending(INTID));                            \
        WRITE(T##_ctl_el0, 0);                                                           \
        show_in(name, "past-off", READ(T##_ctl_el0) & 3);                                \
        show_in(name, "past-off-pending", pending(INTID));                               \
        WRITE(T##_ctl_el0, ENABLE);                                                      \
        WRITE(T##_tval_el0, 0x80000000);                                                 \
        show_in(name, "most-negative", READ(T##_ctl_el0));                               \
        WRITE(T##_tval_el0, 0x7fffffff);                                                 \
        show_in(name, "most-positive", READ(T##_ctl_el0));                               \
        WRITE(T##_tval_el0, 0x1ffffffff);                                                \
        show_in(name, "tval-of-32-bits", READ(T##_ctl_el0));                             \
        WRITE(T##_cval_el0, 0);                                                          \
        show_in(name, "cval-0", READ(T##_ctl_el0));                                      \
        show_in(name, "cval-0-read", READ(T##_cval_el0));                                \
        WRITE(T##_cval_el0, 0xffffffffffffffff);                                         \
        show_in(name, "cval-last", READ(T##_ctl_el0));                                   \
        show_in(name, "cval-last-read", READ(T##_cval_el0));                             \
        show_in(name, "cval-last-pending", pending(INTID));                              \
        /* The interrupt arrives, its level stays until the condition ends. */           \
        corners[0].count = 0;                                                            \
        corners[0].mode = MASK;                                                          \
        gicd(0x100, 1u << INTID);                                                        \
        WRITE(T##_tval_el0, 1000);                                                       \
        __asm__ volatile("wfi" ::: "memory");                                            \
        show_in(name, "wfi-masked", corners[0].count);                                   \
        show_in(name, "wfi-status", READ(T##_ctl_el0));                                  \
        __asm__ volatile("msr daifclr, #2\nnop\nmsr daifset, #2" ::: "memory");          \
        show_in(name, "irq", corners[0].count);                                          \
        show_in(name, "iar", *(volatile uint32_t *)0x0801000c);                          \
        show_in(name, "pending-while-active", pending(INTID));                           \
        WRITE(T##_ctl_el0, 0);                                                           \
        show_in(name, "not-pending", pending(INTID));                                    \
        *(volatile uint32_t *)0x08010010 = INTID;                                        \
        show_in(name, "iar-after", *(volatile uint32_t *)0x0801000c);                    \
        corners[0].mode = LEAVE;                                                         \
    }

static void gicd(unsigned at, uint32_t value) {
    *(volatile uint32_t *)(uintptr_t)(0x08000000 + at) = value;
}

static uint32_t pending(unsigned intid) {
    BARRIER();
    return *(volatile uint32_t *)0x08000200 >> intid & 1;
}

static uint64_t counter(void) {
    BARRIER();
    return READ(cntpct_el0);
}

TIMER(cntv, 27)
TIMER(cntp, 30)

static void look_at_counters(void) {
    show("cntfrq", READ(cntfrq_el0));
    uint64_t virtual = READ(cntvct_el0);
    uint64_t physical = counter();
    show("counters.offset", physical - virtual < FAR_AWAY);
    uint64_t last = counter();
    bool rises = true;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = counter();
        rises = rises && now >= last;
        last = now;
    }
    show("counters.rise", rises);
}

// Encodings op0 3, op1 0, CRn 0, CRm 1 to 7 that are reserved in Armv8.0 read as zero.
#define RESERVED(m, n)                              \
    show("reserved.c" #m "." #n, READ(s3_0_c0_c##m##_##n));

#define FIELD(reg, name, shift) show(#reg "." name, READ(reg) >> (shift) & 0xf);

static void look_at_identity(void) {
    RESERVED(3, 7)
    RESERVED(4, 2) RESERVED(4, 3) RESERVED(4, 6) RESERVED(4, 7)
    RESERVED(5, 2) RESERVED(5, 3) RESERVED(5, 6) RESERVED(5, 7)
    RESERVED(6, 2) RESERVED(6, 3) RESERVED(6, 4) RESERVED(6, 5) RESERVED(6, 6) RESERVED(6, 7)
    RESERVED(7, 3) RESERVED(7, 4) RESERVED(7, 5) RESERVED(7, 6) RESERVED(7, 7)
    FIELD(id_aa64pfr0_el1, "el0", 0)
    FIELD(id_aa64pfr0_el1, "el1", 4)
    FIELD(id_aa64pfr0_el1, "fp", 16)
    FIELD(id_aa64pfr0_el1, "advsimd", 20)
    FIELD(id_aa64mmfr0_el1, "parange", 0)
    FIELD(id_aa64mmfr0_el1, "asidbits", 4)
    FIELD(id_aa64mmfr0_el1, "bigend", 8)
    FIELD(id_aa64mmfr0_el1, "tgran16", 20)
    FIELD(id_aa64mmfr0_el1, "tgran64", 24)
    FIELD(id_aa64mmfr0_el1, "tgran4", 28)
    FIELD(id_aa64isar0_el1, "atomic", 20)
    FIELD(id_aa64dfr0_el1, "debugver", 0)
    show("id_aa64mmfr1_el1", READ(id_aa64mmfr1_el1));
    show("id_aa64isar1_el1", READ(id_aa64isar1_el1));
    show("midr.implementer", READ(midr_el1) >> 24);
    show("mpidr.res1", READ(mpidr_el1) >> 31 & 1);
    show("mpidr.affinity", READ(mpidr_el1) & 0xff00ffffff);
    show("ctr.res1", READ(ctr_el0) >> 31 & 1);
    show("ctr.iline", READ(ctr_el0) & 0xf);
    show("ctr.dline", READ(ctr_el0) >> 16 & 0xf);
    show("dczid", READ(dczid_el0));
    show("currentel", READ(currentel));
    show("spsel", READ(spsel));
}

// Registers of EL1 keep what is written: one pattern each.
#define KEEPS(reg, pattern)                  \
    {                                        \
        uint64_t before = READ(reg);         \
        WRITE(reg, pattern);                 \
        show("keeps." #reg, READ(reg));      \
        WRITE(reg, before);                  \
    }

static void look_at_registers(void) {
    KEEPS(tpidr_el0, 0x5555aaaa5555aaaa)
    KEEPS(tpidrro_el0, 0xaaaa5555aaaa5555)
    KEEPS(tpidr_el1, 0x123456789abcdef0)
    KEEPS(contextidr_el1, 0x89abcdef)
    KEEPS(par_el1, 0x1)
    KEEPS(afsr0_el1, 0x0)
    KEEPS(afsr1_el1, 0x0)
    KEEPS(amair_el1, 0x0)
    KEEPS(far_el1, 0xfedcba9876543210)
    KEEPS(esr_el1, 0xfe000000)
    KEEPS(elr_el1, 0xffff000012345678)
    KEEPS(spsr_el1, 0xf00003c5)
    KEEPS(sp_el0, 0x1234567812345670)
    KEEPS(mair_el1, 0xff440c0400ff4404)
    KEEPS(ttbr0_el1, 0xffff000040100000)
    KEEPS(ttbr1_el1, 0x1234000040200000)
    KEEPS(vbar_el1, 0xffff000040100800)
    KEEPS(cntkctl_el1, 0x303)
    KEEPS(cpacr_el1, 0x100000)
    KEEPS(csselr_el1, 0x2)
    KEEPS(fpcr, 0x07c00000)
    KEEPS(fpsr, 0x0800009f)
    KEEPS(nzcv, 0xa0000000)
    KEEPS(daif, 0x3c0)
    KEEPS(tcr_el1, 0x510)
}

static void look_at_firmware(void) {
    static const struct {
        const char *name;
        uint32_t function;
    } functions[] = {
        {"psci_version", 0x84000000},       {"cpu_suspend", 0xc4000001},   {"cpu_off", 0x84000002},
        {"cpu_on", 0xc4000003},             {"affinity_info", 0xc4000004}, {"system_off", 0x84000008},
        {"system_reset", 0x84000009},       {"psci_features", 0x8400000a}, {"nothing", 0x8400003f},
        {"psci_version-of-smc64", 0xc4000000},
    };
    show("psci.at-least-1.0", hvc(PSCI_VERSION, 0, 0, 0) >= 0x10000);
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
        int32_t features = (int32_t)hvc(0x8400000a, functions[i].function, 0, 0);
        show_in("psci.features", functions[i].name, features >= 0);
    }
    show("psci.unknown", (uint32_t)hvc(0x8400003f, 0, 0, 0));
    show("psci.affinity-of-this", (uint32_t)hvc(PSCI_AFFINITY_INFO, 0, 0, 0));
    show("psci.affinity-of-nobody", (uint32_t)hvc(PSCI_AFFINITY_INFO, 0x0f0f0f, 0, 0));
    show("psci.cpu_on-of-this", (uint32_t)hvc(PSCI_CPU_ON, 0, 0x40080000, 0));
    show("psci.cpu_on-of-nobody", (uint32_t)hvc(PSCI_CPU_ON, 0x0f0f0f, 0x40080000, 0));
    show("smccc.unknown-fast-call", (uint32_t)hvc(0x82001234, 0, 0, 0));
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    gicd(0, 1);
    *(volatile uint32_t *)0x08010004 = 0xff;
    *(volatile uint32_t *)0x08010000 = 1;
    look_at_counters();
    look_at_cntv();
    look_at_cntp();
    look_at_identity();
    look_at_registers();
    look_at_firmware();
    show("end", 0);
}
