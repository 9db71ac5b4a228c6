// Exceptions with the MMU off: from EL0, EL1t and EL1h, what they leave in registers, and where they go.
#include "corner.h"

// Code that causes one exception, at its first instruction or at its second. x0 is an argument.
__asm__(
    ".macro SNIPPET name, text:vararg\n"
    ".balign 16\n"
    ".global do_\\name\n"
    "do_\\name:\n"
    "\\text\n"
    "svc #0xdead\n"
    ".endm\n"
    ".text\n"
    "SNIPPET svc, svc #0x1234\n"
    "SNIPPET svc0, svc #0\n"
    "SNIPPET svcmax, svc #0xffff\n"
    "SNIPPET brk, brk #0xabc\n"
    "SNIPPET udf, .inst 0x00000000\n"
    "SNIPPET udfmax, .inst 0x0000ffff\n"
    "SNIPPET hlt, hlt #0\n"
    "SNIPPET hvc, hvc #0\n"
    "SNIPPET smc, smc #0\n"
    "SNIPPET eret, eret\n"
    "SNIPPET mrsctlr, mrs x0, sctlr_el1\n"
    "SNIPPET mrsel2, mrs x0, hcr_el2\n"
    "SNIPPET mrsel3, mrs x0, scr_el3\n"
    "SNIPPET unallocated, mrs x0, s3_3_c15_c15_7\n"
    "SNIPPET msrreadonly, msr s3_0_c0_c0_0, x0\n"
    "SNIPPET spsel, msr spsel, #1\n"
    "SNIPPET load, ldr x0, [x0]\n"
    "SNIPPET load4, ldr w0, [x0]\n"
    "SNIPPET load2, ldrh w0, [x0]\n"
    "SNIPPET store, str x0, [x0]\n"
    "SNIPPET store4, str w0, [x0]\n"
    "SNIPPET pair, ldp x1, x2, [x0]\n"
    "SNIPPET exclusive, ldxr x1, [x0]\n"
    "SNIPPET acquire, ldar x1, [x0]\n"
    "SNIPPET release, stlr x1, [x0]\n"
    "SNIPPET branch, br x0\n"
    "SNIPPET fp, fadd d0, d0, d0\n"
    "SNIPPET simd, add v0.16b, v0.16b, v0.16b\n"
    "SNIPPET daifset, msr daifset, #2\n"
    "SNIPPET daifclr, msr daifclr, #15\n"
    "SNIPPET daif, mrs x0, daif\n"
    "SNIPPET msrdaif, msr daif, x3\n"
    "SNIPPET wfi, wfi\n"
    "SNIPPET wfe, wfe\n"
    "SNIPPET zva, dc zva, x0\n"
    "SNIPPET ctr, mrs x5, ctr_el0\n"
    "SNIPPET cvau, dc cvau, x0\n"
    "SNIPPET civac, dc civac, x0\n"
    "SNIPPET cvac, dc cvac, x0\n"
    "SNIPPET ivau, ic ivau, x0\n"
    "SNIPPET ivac, dc ivac, x0\n"
    "SNIPPET cntpct, mrs x7, cntpct_el0\n"
    "SNIPPET cntvct, mrs x7, cntvct_el0\n"
    "SNIPPET cntvctl, mrs x7, cntv_ctl_el0\n"
    "SNIPPET cntptval, msr cntp_tval_el0, x8\n"
    "SNIPPET cntfrq, mrs x9, cntfrq_el0\n"
    "SNIPPET misaligned, mov x9, sp\nadd sp, x9, #8\nldr x1, [sp]\n"
    ".balign 16\n");

#define PROBES(PROBE)         \
    PROBE(svc, 0, 0)          \
    PROBE(svc0, 0, 0)         \
    PROBE(svcmax, 0, 0)       \
    PROBE(brk, 0, 0)          \
    PROBE(udf, 0, 0)          \
    PROBE(udfmax, 0, 0)       \
    PROBE(hlt, 0, 0)          \
    PROBE(mrsel2, 0, 0)       \
    PROBE(mrsel3, 0, 0)       \
    PROBE(unallocated, 0, 0)  \
    PROBE(msrreadonly, 0, 0)  \
    PROBE(load, SCTLR_A, 1)   \
    PROBE(load4, SCTLR_A, 2)  \
    PROBE(load2, SCTLR_A, 1)  \
    PROBE(store, SCTLR_A, 4)  \
    PROBE(store4, SCTLR_A, 1) \
    PROBE(pair, SCTLR_A, 4)   \
    PROBE(exclusive, 0, 4)    \
    PROBE(acquire, 0, 1)      \
    PROBE(release, 0, 2)      \
    PROBE(branch, 0, 2)       \
    PROBE(fp, NO_FP, 0)       \
    PROBE(simd, NO_FP, 0)     \
    PROBE(misaligned, SCTLR_SA, 0)

// Only EL0 takes an exception.
#define USER_PROBES(PROBE)    \
    PROBE(hvc, 0, 0)          \
    PROBE(smc, 0, 0)          \
    PROBE(eret, 0, 0)         \
    PROBE(mrsctlr, 0, 0)      \
    PROBE(spsel, 0, 0)        \
    PROBE(daifset, 0, 0)      \
    PROBE(daifclr, 0, 0)      \
    PROBE(daif, 0, 0)         \
    PROBE(msrdaif, 0, 0)      \
    PROBE(wfi, 0, 0)          \
    PROBE(wfe, 0, 0)          \
    PROBE(zva, 0, 0)          \
    PROBE(ctr, 0, 0)          \
    PROBE(cvau, 0, 0)         \
    PROBE(civac, 0, 0)        \
    PROBE(cvac, 0, 0)         \
    PROBE(ivau, 0, 0)         \
    PROBE(ivac, 0, 0)         \
    PROBE(cntpct, 0, 0)       \
    PROBE(cntvct, 0, 0)       \
    PROBE(cntvctl, 0, 0)      \
    PROBE(cntptval, 0, 0)     \
    PROBE(cntfrq, 0, 0)

enum { SCTLR_A = 1 << 1, SCTLR_SA = 3 << 3, NO_FP = 1 << 30 };

typedef struct {
    const char *name;
    const char *code;
    uint64_t flags;
    uint64_t offset;
} probe_t;

#define DECLARE(name, flags, offset) extern const char do_##name[];
PROBES(DECLARE)
USER_PROBES(DECLARE)
#define ROW(name, flags, offset) {#name, do_##name, flags, offset},
static const probe_t probes[] = {PROBES(ROW)};
static const probe_t user_probes[] = {USER_PROBES(ROW)};

static const char *const sources[] = {"el0t", "el1t", "el1h"};
static const uint64_t modes[] = {EL0T, EL1T, EL1H};

static uint64_t cell[64] __attribute__((aligned(64)));

static void look(const probe_t *probe, unsigned source) {
    // Each source has other condition flags; all sources mask interrupts.
    static const uint64_t flags[] = {0xa0000000 | MASKED, 0x50000000 | MASKED, 0xf0000000 | MASKED};
    uint64_t argument = ADDRESS(cell) + probe->offset;
    WRITE(cpacr_el1, (probe->flags & NO_FP) != 0 ? 0 : 3 << 20);
    WRITE(sctlr_el1, SCTLR_OFF | (probe->flags & (SCTLR_A | SCTLR_SA)));
    WRITE(far_el1, 0);
    const corner_t *got = corner_enter(ADDRESS(probe->code), flags[source] | modes[source], argument, 0);
    WRITE(sctlr_el1, SCTLR_OFF);
    WRITE(cpacr_el1, 3 << 20);
    print(sources[source]);
    put_char('.');
    show_in(probe->name, "vector", got->vector);
    print(sources[source]);
    put_char('.');
    show_in(probe->name, "esr", got->esr);
    print(sources[source]);
    put_char('.');
    show_in(probe->name, "elr", got->elr - (probe->code == do_branch ? argument : ADDRESS(probe->code)));
    print(sources[source]);
    put_char('.');
    show_in(probe->name, "spsr", got->spsr);
    if (probe->offset != 0) {
        print(sources[source]);
        put_char('.');
        show_in(probe->name, "far", got->far == 0 ? NOT_WRITTEN : got->far - argument);
    }
}

// PSTATE and SP after an exception.
static void look_at_state(unsigned source) {
    uint64_t before = 0;
    __asm__ volatile("mov %0, sp" : "=r"(before));
    const corner_t *got = corner_enter(ADDRESS(do_svc), modes[source], 0, 0);
    show_in(sources[source], "daif", got->daif);
    show_in(sources[source], "spsel", got->spsel);
    show_in(sources[source], "currentel", got->current_el);
    show_in(sources[source], "sp-is-sp_el1", got->sp <= before && before - got->sp < 256);
    show_in(sources[source], "sp_el0-kept", READ(sp_el0) == ADDRESS(cell + 32));
    for (unsigned bit = 6; bit < 10; bit++) {
        got = corner_enter(ADDRESS(do_svc), modes[source] | 1 << bit, 0, 0);
        show_of(sources[source], bit, "spsr-masks", got->spsr);
    }
    for (unsigned bit = 28; bit < 32; bit++) {
        got = corner_enter(ADDRESS(do_svc), modes[source] | MASKED | 1u << bit, 0, 0);
        show_of(sources[source], bit, "spsr-flags", got->spsr);
    }
}

// An exception return to a state that does not exist sets PSTATE.IL, and stays at EL1.
static void look_at_illegal_returns(void) {
    static const struct {
        const char *name;
        uint64_t spsr;
    } returns[] = {
        {"el2h", 0x9}, {"el2t", 0x8}, {"el3h", 0xd}, {"el3t", 0xc}, {"el0h", 0x1}, {"m2", 0x2},
        {"m3", 0x3},   {"m6", 0x6},   {"m7", 0x7},   {"hyp", 0x1a}, {"mon", 0x16}, {"svc", 0x13}, {"irq", 0x12}, {"aarch32-el1-sys", 0x1f},
    };
    for (unsigned i = 0; i < sizeof returns / sizeof *returns; i++) {
        const corner_t *got = corner_enter(ADDRESS(do_svc), 0x60000000 | MASKED | returns[i].spsr, 0, 0);
        print("illegal.");
        show_in(returns[i].name, "vector", got->vector);
        print("illegal.");
        show_in(returns[i].name, "esr", got->esr);
        print("illegal.");
        show_in(returns[i].name, "elr", got->elr - ADDRESS(do_svc));
        print("illegal.");
        show_in(returns[i].name, "spsr", got->spsr);
    }
    for (unsigned source = 0; source < 3; source++) {
        // IL in SPSR_EL1 is restored by a legal return.
        const corner_t *got = corner_enter(ADDRESS(do_svc), 1 << 20 | MASKED | modes[source], 0, 0);
        print("illegal.");
        show_in(sources[source], "vector", got->vector);
        print("illegal.");
        show_in(sources[source], "esr", got->esr);
        print("illegal.");
        show_in(sources[source], "spsr", got->spsr);
    }
}

// What EL0 is allowed to do by SCTLR_EL1 and CNTKCTL_EL1: no exception before the SVC.
static void look_at_permitted(void) {
    static const struct {
        const char *name;
        const char *code;
        uint64_t sctlr;
        uint64_t cntkctl;
    } permitted[] = {
#define PERMIT(name, sctlr, cntkctl) {#name, do_##name, sctlr, cntkctl},
        PERMIT(daif, 1 << 9, 0) PERMIT(daifset, 1 << 9, 0) PERMIT(daifclr, 1 << 9, 0) PERMIT(wfe, 1 << 18, 0)
        PERMIT(ctr, 1 << 15, 0) PERMIT(cvau, 1 << 26, 0) PERMIT(civac, 1 << 26, 0) PERMIT(cvac, 1 << 26, 0)
        PERMIT(ivau, 1 << 26, 0) PERMIT(cntpct, 0, 1) PERMIT(cntvct, 0, 2) PERMIT(cntvctl, 0, 1 << 8)
        PERMIT(cntptval, 0, 1 << 9) PERMIT(cntfrq, 0, 1)
    };
    for (unsigned i = 0; i < sizeof permitted / sizeof *permitted; i++) {
        WRITE(sctlr_el1, SCTLR_OFF | permitted[i].sctlr);
        WRITE(cntkctl_el1, permitted[i].cntkctl);
        const corner_t *got = corner_enter(ADDRESS(permitted[i].code), MASKED, ADDRESS(cell), 0);
        WRITE(sctlr_el1, SCTLR_OFF);
        WRITE(cntkctl_el1, 0);
        print("permitted.");
        show_in(permitted[i].name, "esr", got->esr);
        print("permitted.");
        show_in(permitted[i].name, "spsr", got->spsr);
    }
}

void main(void) {
    WRITE(vbar_el1, corner_vectors);
    WRITE(sp_el0, cell + 32);
    WRITE(cntkctl_el1, 0);
    WRITE(cntp_ctl_el0, 0);
    for (unsigned source = 0; source < 3; source++) {
        for (unsigned i = 0; i < sizeof probes / sizeof *probes; i++) {
            look(&probes[i], source);
            WRITE(sp_el0, cell + 32);
        }
        look_at_state(source);
    }
    for (unsigned i = 0; i < sizeof user_probes / sizeof *user_probes; i++) {
        look(&user_probes[i], 0);
    }
    look_at_illegal_returns();
    look_at_permitted();
    show("end", 0);
}
